# The tables of awards.

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                (
                    "unit",
                    models.TextField(
                        choices=[("person", "个人"), ("household", "家庭")], verbose_name="单位"
                    ),
                ),
                ("start_month", models.DateField(verbose_name="起始月份")),
                ("end_month", models.DateField(blank=True, null=True, verbose_name="最后月份")),
                (
                    "state",
                    models.TextField(
                        choices=[("in_force", "发放中"), ("suspended", "已暂停"), ("ended", "已终止")],
                        default="in_force",
                        verbose_name="状态",
                    ),
                ),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("paid_through", models.DateField(blank=True, null=True, verbose_name="已付至")),
                (
                    "origin",
                    models.TextField(
                        choices=[
                            ("roster", "接管名册"),
                            ("lead", "主动发现后申请"),
                            ("automatic", "免申即享"),
                        ],
                        verbose_name="来源",
                    ),
                ),
                ("granted_on", models.DateField(verbose_name="授予日期")),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="people.household",
                        verbose_name="家庭",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="people.person",
                        verbose_name="领款人",
                    ),
                ),
            ],
            options={
                "verbose_name": "待遇",
            },
        ),
        migrations.CreateModel(
            name="AwardEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.TextField(
                        choices=[
                            ("grant", "授予"),
                            ("adjust", "调整"),
                            ("suspend", "暂停"),
                            ("resume", "恢复"),
                            ("end", "终止"),
                            ("recalculate", "追溯重算"),
                            ("move", "转移管辖"),
                            ("change_payee", "变更领款人"),
                        ],
                        verbose_name="动作",
                    ),
                ),
                ("reason", models.TextField(verbose_name="原因代码")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("month", models.DateField(verbose_name="生效月份")),
                ("on", models.DateField(verbose_name="日期")),
                ("detail", models.JSONField(default=dict, verbose_name="明细")),
                ("actor_label", models.TextField(verbose_name="经办")),
                ("actor_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="岗位")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="记录时间"
                    ),
                ),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("programme", models.TextField(verbose_name="项目")),
                ("person_id", models.BigIntegerField(verbose_name="领款人编号")),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="awards.award"
                    ),
                ),
            ],
            options={
                "verbose_name": "待遇变动记录",
            },
        ),
        migrations.CreateModel(
            name="AwardPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="期间")),
                ("monthly_fen", models.BigIntegerField(verbose_name="月标准（分）")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("programme", models.TextField(verbose_name="项目")),
                ("person_id", models.BigIntegerField(verbose_name="领款人编号")),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="awards.award"
                    ),
                ),
            ],
            options={
                "verbose_name": "发放标准期间",
            },
        ),
        migrations.CreateModel(
            name="Overpayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("amount_fen", models.BigIntegerField(verbose_name="多发金额（分）")),
                ("recovered_fen", models.BigIntegerField(default=0, verbose_name="已追回（分）")),
                ("reason", models.TextField(verbose_name="原因代码")),
                ("found_on", models.DateField(verbose_name="发现日期")),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "待追回"), ("recovered", "已追回"), ("waived", "已免除")],
                        default="open",
                        verbose_name="状态",
                    ),
                ),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("programme", models.TextField(verbose_name="项目")),
                ("person_id", models.BigIntegerField(verbose_name="领款人编号")),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overpayments",
                        to="awards.award",
                    ),
                ),
            ],
            options={
                "verbose_name": "多发待遇",
            },
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["division_code", "programme"], name="awards_award_division"),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["person", "benefit"], name="awards_award_person_benefit"),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["benefit", "state"], name="awards_award_benefit_state"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["person", "household"])), name="awards_award_unit_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["in_force", "suspended", "ended"])),
                name="awards_award_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["roster", "lead", "automatic"])),
                name="awards_award_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit", "person"), ("household__isnull", False), _connector="OR"),
                name="awards_award_household_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ended"), _negated=True), ("end_month__isnull", False), _connector="OR"
                ),
                name="awards_award_ended_has_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("start_month__day", 1),
                    models.Q(("end_month__isnull", True), ("end_month__day", 1), _connector="OR"),
                    models.Q(("paid_through__isnull", True), ("paid_through__day", 1), _connector="OR"),
                ),
                name="awards_award_whole_months",
            ),
        ),
        migrations.AddIndex(
            model_name="awardevent",
            index=models.Index(fields=["award", "id"], name="awards_event_award"),
        ),
        migrations.AddIndex(
            model_name="awardevent",
            index=models.Index(fields=["on", "action"], name="awards_event_on"),
        ),
        migrations.AddIndex(
            model_name="awardperiod",
            index=models.Index(fields=["division_code"], name="awards_period_division"),
        ),
        migrations.AddConstraint(
            model_name="awardperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("monthly_fen__gt", 0)), name="awards_period_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="overpayment",
            index=models.Index(fields=["division_code", "state"], name="awards_overpayment_division"),
        ),
        migrations.AddConstraint(
            model_name="overpayment",
            constraint=models.UniqueConstraint(fields=("award", "month"), name="awards_overpayment_once"),
        ),
        migrations.AddConstraint(
            model_name="overpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_fen__gt", 0),
                    ("recovered_fen__gte", 0),
                    ("recovered_fen__lte", models.F("amount_fen")),
                ),
                name="awards_overpayment_amounts",
            ),
        ),
    ]
