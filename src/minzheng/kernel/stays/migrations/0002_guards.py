"""Who may see a bed and who lies in it: the place's officials, the facility's own posts, the person."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.storage.guards import grant_web


class Migration(migrations.Migration):
    dependencies = [("stays", "0001_initial"), ("facilities", "0002_guards")]

    operations = [
        grant_web("stays_bed", "SELECT, INSERT, UPDATE"),
        grant_web("stays_stay", "SELECT, INSERT, UPDATE"),
        enable_facility_scope("stays_bed", public=True),
        enable_facility_scope("stays_stay", person_column="person_id"),
    ]
