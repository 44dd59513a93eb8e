"""The search by letters within a street takes an index that begins with the street."""

from django.db import migrations

from minzheng.kernel.people.migrations._search_streets import STREETS
from minzheng.kernel.storage.guards import statement


class Migration(migrations.Migration):
    dependencies = [("people", "0061_marriage_events")]

    operations = [statement(*STREETS)]
