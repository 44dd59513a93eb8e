# The tables of reforms.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reform",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("month", models.DateField(verbose_name="月份")),
                ("changes", models.JSONField(default=list, verbose_name="改动")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "等待"),
                            ("running", "进行中"),
                            ("failed", "出错"),
                            ("done", "已完成"),
                        ],
                        default="waiting",
                        verbose_name="状态",
                    ),
                ),
                ("done", models.BigIntegerField(default=0, verbose_name="已完成")),
                ("total", models.BigIntegerField(default=0, verbose_name="总数")),
                ("is_shared", models.BooleanField(default=False, verbose_name="已共享")),
                ("law_identity", models.TextField(blank=True, default="", verbose_name="现行法规标识")),
                ("reform_identity", models.TextField(blank=True, default="", verbose_name="试算法规标识")),
                ("snapshot_identity", models.TextField(blank=True, default="", verbose_name="快照标识")),
                (
                    "findings_sha256",
                    models.TextField(blank=True, default="", verbose_name="试算认定结果校验"),
                ),
                ("error", models.TextField(blank=True, default="", verbose_name="错误")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="提交时间"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.official",
                        verbose_name="经办",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策试算",
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paper", models.CharField(max_length=60, verbose_name="文号")),
                ("paper_title", models.CharField(max_length=120, verbose_name="文件名称")),
                ("paper_on", models.DateField(verbose_name="印发日期")),
                ("effective_on", models.DateField(verbose_name="施行日期")),
                ("files", models.JSONField(verbose_name="参数文件")),
                (
                    "state",
                    models.TextField(
                        choices=[("proposed", "待复核"), ("confirmed", "已复核"), ("rejected", "已退回")],
                        default="proposed",
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="拟稿日期")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="复核日期")),
                ("words", models.TextField(blank=True, default="", verbose_name="复核意见")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.official",
                        verbose_name="复核",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.official",
                        verbose_name="拟稿",
                    ),
                ),
                (
                    "reform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promotions",
                        to="reforms.reform",
                    ),
                ),
            ],
            options={
                "verbose_name": "参数拟稿",
            },
        ),
        migrations.CreateModel(
            name="ReformExample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField(verbose_name="类别")),
                ("household_id", models.BigIntegerField(verbose_name="家庭编号")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("people", models.SmallIntegerField(verbose_name="人数")),
                ("before_fen", models.BigIntegerField(verbose_name="现行（分）")),
                ("after_fen", models.BigIntegerField(verbose_name="试算（分）")),
                (
                    "reform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="examples",
                        to="reforms.reform",
                    ),
                ),
            ],
            options={
                "verbose_name": "试算示例",
            },
        ),
        migrations.CreateModel(
            name="ReformFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.SmallIntegerField(verbose_name="序号")),
                ("dimension", models.TextField(verbose_name="分组")),
                ("key", models.TextField(verbose_name="组")),
                ("is_masked", models.BooleanField(verbose_name="已抑制小数")),
                ("values", models.JSONField(verbose_name="数值")),
                (
                    "reform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="reforms.reform",
                    ),
                ),
            ],
            options={
                "verbose_name": "试算统计",
            },
        ),
        migrations.AddConstraint(
            model_name="reform",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "failed", "done"])),
                name="reforms_reform_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="reform",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="reforms_reform_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("state", "proposed")),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reforms_promotion_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "rejected"), _negated=True),
                fields=("reform",),
                name="reforms_promotion_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="reformexample",
            constraint=models.UniqueConstraint(
                fields=("reform", "household_id"), name="reforms_example_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reformfigure",
            constraint=models.UniqueConstraint(
                fields=("reform", "is_masked", "dimension", "key"), name="reforms_figure_once"
            ),
        ),
    ]
