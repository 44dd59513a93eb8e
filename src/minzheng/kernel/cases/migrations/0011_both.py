"""Brings the two lines of casework's tables together: reviews and helpers, checks and joined applications."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_helpers"), ("cases", "0010_checks")]
    operations = []
