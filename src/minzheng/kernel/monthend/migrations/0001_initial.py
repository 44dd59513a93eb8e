# The tables of monthend.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="MonthRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("attempt", models.IntegerField(verbose_name="次数")),
                (
                    "state",
                    models.TextField(
                        choices=[("running", "进行中"), ("failed", "出错中断"), ("done", "已完成")],
                        default="running",
                        verbose_name="状态",
                    ),
                ),
                ("on", models.DateField(verbose_name="办理日期")),
                ("law_identity", models.TextField(blank=True, default="", verbose_name="法规标识")),
                ("snapshot_identity", models.TextField(blank=True, default="", verbose_name="快照标识")),
                ("findings_sha256", models.TextField(blank=True, default="", verbose_name="认定结果校验")),
                ("counts", models.JSONField(default=dict, verbose_name="计数")),
                ("differences", models.JSONField(default=dict, verbose_name="与上月差异")),
                ("error", models.TextField(blank=True, default="", verbose_name="错误")),
                ("actor_label", models.TextField(verbose_name="经办")),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="开始时间"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "月度核发批次",
                "constraints": [
                    models.UniqueConstraint(fields=("month", "attempt"), name="monthend_run_attempt"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=("month",),
                        name="monthend_run_one_unfinished",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.SmallIntegerField(verbose_name="序号")),
                ("name", models.TextField(verbose_name="步骤")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "等待"),
                            ("running", "进行中"),
                            ("failed", "出错"),
                            ("done", "完成"),
                        ],
                        default="waiting",
                        verbose_name="状态",
                    ),
                ),
                ("done", models.BigIntegerField(default=0, verbose_name="已完成")),
                ("total", models.BigIntegerField(default=0, verbose_name="总数")),
                ("detail", models.JSONField(default=dict, verbose_name="明细")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="monthend.monthrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "月度核发步骤",
                "ordering": ["run", "position"],
                "constraints": [models.UniqueConstraint(fields=("run", "name"), name="monthend_step_once")],
            },
        ),
        migrations.CreateModel(
            name="MonthTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("eligible", models.BigIntegerField(default=0, verbose_name="符合条件")),
                ("eligible_fen", models.BigIntegerField(default=0, verbose_name="应发月标准合计（分）")),
                ("in_force", models.BigIntegerField(default=0, verbose_name="在享")),
                ("in_force_fen", models.BigIntegerField(default=0, verbose_name="在享月标准合计（分）")),
                ("orders", models.BigIntegerField(default=0, verbose_name="支付单")),
                ("ordered_fen", models.BigIntegerField(default=0, verbose_name="支付金额（分）")),
                ("leads", models.BigIntegerField(default=0, verbose_name="待办线索")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="totals",
                        to="monthend.monthrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "月度合计",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "benefit", "division_code"), name="monthend_total_once"
                    )
                ],
            },
        ),
    ]
