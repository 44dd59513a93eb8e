"""Rights on the month's tables. Runs name nobody: all read them, posts write them. A
step's progress is written beside the acting transaction. Totals follow the place."""

from django.db import migrations

from minzheng.kernel.storage.guards import enable_scope, grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("monthend", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("monthend_monthrun", "SELECT, INSERT, UPDATE"),
        grant_web("monthend_monthstep", "SELECT, INSERT, UPDATE"),
        grant_web("monthend_monthtotal", "SELECT, INSERT, UPDATE, DELETE"),
        written_by_posts("monthend_monthrun"),
        enable_scope("monthend_monthtotal", domain_column="programme", figures=True),
    ]
