"""Posts of one facility, assessors and inspectors of facilities have no person's row to see by their place."""

from django.db import migrations

from minzheng.kernel.access.migrations._sql import without_registers
from minzheng.kernel.storage.guards import statement


class Migration(migrations.Migration):
    dependencies = [("access", "0002_guards")]

    operations = [statement(*without_registers("facility_manager", "care_assessor", "inspector"))]
