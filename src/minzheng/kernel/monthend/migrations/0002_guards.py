"""Rights on the month's tables. Runs and steps name nobody and are open to every post; totals follow the place."""

from django.db import migrations

from minzheng.kernel.storage.guards import enable_scope, grant_web


class Migration(migrations.Migration):
    dependencies = [("monthend", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("monthend_monthrun", "SELECT, INSERT, UPDATE"),
        grant_web("monthend_monthstep", "SELECT, INSERT, UPDATE"),
        grant_web("monthend_monthtotal", "SELECT, INSERT, UPDATE, DELETE"),
        enable_scope("monthend_monthtotal", domain_column="programme", figures=True),
    ]
