"""The second clock: since when each row of the registers is known, and what it said before it was changed."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Now

from minzheng.kernel.people.migrations._past import REMEMBER
from minzheng.kernel.people.migrations._sql import hangs_on_person
from minzheng.kernel.storage.guards import append_only, grant_web, owner_role, statement, web_role

KEPT = ("person", "household", "membership", "residence", "hukourecord", "bankaccount")
EPOCH = datetime(1900, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [("people", "0003_attendance")]

    operations = [
        migrations.CreateModel(
            name="Past",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register", models.TextField(db_collation="C")),
                ("row_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("household_id", models.BigIntegerField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField()),
                ("value", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["register", "row_id", "known_until"], name="people_past_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(known_from__lt=models.F("known_until")),
                        name="people_past_was_known",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["person_id"], name="people_past_person"),
                    models.Index(fields=["household_id"], name="people_past_household"),
                    models.Index(fields=["known_until"], name="people_past_until"),
                ],
            },
        ),
        # What is there already counts as always known; what comes from here on bears its own instant.
        *(
            operation
            for model in KEPT
            for operation in (
                migrations.AddField(model, "known_from", models.DateTimeField(db_default=EPOCH)),
                migrations.AlterField(model, "known_from", models.DateTimeField(db_default=Now())),
            )
        ),
        grant_web("people_past", "SELECT"),
        append_only("people_past"),
        statement(*hangs_on_person("people_past", owner_role(), web_role(), or_household=True)),
        statement(*REMEMBER),
    ]
