"""Marks of the households that a change of the register may have changed for the rules; a search that millions keep quick."""

import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.kernel.people.migrations._marks import OWN_ROWS, marking
from minzheng.kernel.people.migrations._search import SEARCH
from minzheng.kernel.storage.guards import grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("people", "0040_two_clocks")]

    operations = [
        migrations.CreateModel(
            name="HouseholdMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("household_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        grant_web("people_householdmark", "SELECT, DELETE"),
        statement(*OWN_ROWS),
        statement(*marking()),
        statement(*SEARCH),
    ]
