"""Attending to somebody from elsewhere: read, never written, ended by the clock."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.kernel.people.migrations._attendance import (
    FUNCTIONS,
    OWN_ROWS,
    never_written,
    seen_while_attended,
)
from minzheng.kernel.storage.guards import grant_web, statement

_HANGING = ("identifier", "personname", "membership", "residence", "hukourecord", "bankaccount", "lifeevent")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post_id", models.BigIntegerField(null=True)),
                ("helper_id", models.BigIntegerField(null=True)),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("identified", "出示证件"),
                            ("member", "共同生活的家庭成员"),
                            ("mandate", "凭委托"),
                        ]
                    ),
                ),
                ("purpose", models.TextField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["post_id"],
                        name="people_attendance_post",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["helper_id"],
                        name="people_attendance_helper",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("helper_id__isnull", True), ("post_id__isnull", False)),
                            models.Q(("helper_id__isnull", False), ("post_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="people_attendance_of_one",
                    )
                ],
            },
        ),
        grant_web("people_attendance", "SELECT"),
        statement(*FUNCTIONS),
        statement(*OWN_ROWS),
        statement(*seen_while_attended()),
        *(statement(*never_written(f"people_{table}")) for table in _HANGING),
        statement(*never_written("people_fact", or_household=True)),
    ]
