"""Rights on what-ifs, who reads which, and what a promotion keeps."""

from django.db import migrations

from minzheng.kernel.reforms.migrations._sql import POLICIES, PROMOTION_KEEPS
from minzheng.kernel.storage.guards import grant_web, statement


class Migration(migrations.Migration):
    dependencies = [
        ("reforms", "0001_initial"),
        ("access", "0002_guards"),
        ("payments", "0002_guards"),
    ]

    operations = [
        grant_web("reforms_reform", "SELECT, INSERT, UPDATE"),
        grant_web("reforms_reformfigure", "SELECT, INSERT, DELETE"),
        grant_web("reforms_reformexample", "SELECT, INSERT, DELETE"),
        grant_web("reforms_promotion", "SELECT, INSERT, UPDATE"),
        statement(*POLICIES),
        statement(*PROMOTION_KEEPS),
    ]
