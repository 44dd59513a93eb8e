"""Organisations are public records: everybody reads them, acting posts write them."""

from django.db import migrations

from minzheng.kernel.storage.guards import grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("organisations_organisation", "SELECT, INSERT, UPDATE"),
        grant_web("organisations_officer", "SELECT, INSERT, UPDATE, DELETE"),
        grant_web("organisations_site", "SELECT, INSERT, UPDATE, DELETE"),
        written_by_posts("organisations_organisation"),
        written_by_posts("organisations_officer"),
        written_by_posts("organisations_site"),
    ]
