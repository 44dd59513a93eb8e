"""A stay fits its bed and its person; who may know what of the people in the beds."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.stays.migrations._sql import FIND, FITS, OCCUPANCY, PEOPLE
from minzheng.kernel.storage.guards import grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("stays", "0003_absences"), ("facilities", "0002_guards")]

    operations = [
        grant_web("stays_absence", "SELECT, INSERT, UPDATE"),
        enable_facility_scope("stays_absence", person_column="person_id"),
        statement(*FITS),
        statement(*OCCUPANCY),
        statement(*PEOPLE),
        statement(*FIND),
    ]
