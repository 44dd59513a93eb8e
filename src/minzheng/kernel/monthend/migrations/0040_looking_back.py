"""What looking back found: months as they had been decided, and as they are now known."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0040_settling"),
        ("monthend", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recalculation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="入账月份")),
                ("on", models.DateField(verbose_name="办理日期")),
                ("known_then", models.DateTimeField(null=True, verbose_name="此前已知至")),
                ("known_now", models.DateTimeField(verbose_name="现已知至")),
                ("people", models.BigIntegerField(default=0, verbose_name="涉及人数")),
                ("counts", models.JSONField(default=dict, verbose_name="计数")),
                ("actor_label", models.TextField(verbose_name="经办")),
            ],
            options={
                "verbose_name": "追溯重算",
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("was_fen", models.BigIntegerField(null=True, verbose_name="原定金额（分）")),
                ("then_fen", models.BigIntegerField(null=True, verbose_name="按当时所知（分）")),
                ("now_fen", models.BigIntegerField(null=True, verbose_name="按现在所知（分）")),
                (
                    "state",
                    models.TextField(
                        choices=[("applied", "已更正"), ("left", "待人工核定")], verbose_name="状态"
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="原因代码")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("programme", models.TextField(verbose_name="项目")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("person_id", models.BigIntegerField(verbose_name="领款人编号")),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="awards.award",
                    ),
                ),
                (
                    "recalculation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="monthend.recalculation",
                    ),
                ),
            ],
            options={
                "verbose_name": "月份更正",
                "indexes": [
                    models.Index(fields=["division_code", "month"], name="monthend_correction_place"),
                    models.Index(fields=["person_id"], name="monthend_correction_person"),
                    models.Index(fields=["award", "month"], name="monthend_correction_award"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recalculation", "award", "month"), name="monthend_correction_once"
                    )
                ],
            },
        ),
        grant_web("monthend_recalculation", "SELECT, INSERT, UPDATE"),
        grant_web("monthend_correction", "SELECT, INSERT"),
        append_only("monthend_correction"),
        written_by_posts("monthend_recalculation"),
        enable_scope("monthend_correction", domain_column="programme", person_column="person_id"),
    ]
