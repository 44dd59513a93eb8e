"""Authorisations and reports of the economic check, sight of a case that was handed on, and what residents may change."""

from django.db import migrations, models

from minzheng.kernel.cases.migrations._checks_sql import (
    ADULTS,
    AUTHORISATION_COLUMNS,
    AUTHORISATION_RULE,
    AUTHORISATIONS,
    BUNDLES,
    CASE_POLICIES,
    DISPUTES,
    EVENTS,
    HAND_ON,
    KEEPS,
    MATERIALS,
    OBJECTIONS,
    offices_write,
    resident_changes_only,
)
from minzheng.kernel.storage.guards import statement


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_helpers"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="origin",
            field=models.TextField(
                choices=[("register", "登记的家庭成员"), ("named", "窗口申报")],
                default="register",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="paper",
            field=models.TextField(blank=True, default="", verbose_name="凭据"),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="purpose",
            field=models.TextField(blank=True, default="", verbose_name="用途"),
        ),
        migrations.AddField(
            model_name="bundle",
            name="submitted_on",
            field=models.DateField(blank=True, null=True, verbose_name="提交日期"),
        ),
        migrations.AddField(
            model_name="case",
            name="former_division",
            field=models.TextField(blank=True, db_collation="C", default="", verbose_name="移出地"),
        ),
        migrations.AddField(
            model_name="dispute",
            name="label",
            field=models.TextField(blank=True, default="", verbose_name="项目名称"),
        ),
        migrations.AddField(
            model_name="dispute",
            name="known_from",
            field=models.TextField(blank=True, db_collation="C", default="", verbose_name="登记项"),
        ),
        migrations.AddField(
            model_name="dispute",
            name="settled_by",
            field=models.TextField(blank=True, default="", verbose_name="处理人"),
        ),
        migrations.AddField(
            model_name="economiccheck",
            name="objected_on",
            field=models.DateField(blank=True, null=True, verbose_name="异议日期"),
        ),
        migrations.AddField(
            model_name="economiccheck",
            name="requested_by",
            field=models.TextField(blank=True, default="", verbose_name="委托人"),
        ),
        migrations.AddField(
            model_name="economiccheck",
            name="requested_post_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="委托岗位"),
        ),
        migrations.AddField(
            model_name="economiccheck",
            name="settled_by",
            field=models.TextField(blank=True, default="", verbose_name="处理人"),
        ),
        migrations.AddField(
            model_name="economiccheck",
            name="settled_on",
            field=models.DateField(blank=True, null=True, verbose_name="处理日期"),
        ),
        migrations.AlterField(
            model_name="economiccheck",
            name="state",
            field=models.TextField(
                choices=[
                    ("requested", "已委托，待反馈"),
                    ("answered", "已出报告"),
                    ("objected", "当事人有异议"),
                    ("settled", "异议已处理"),
                    ("expired", "报告已过期"),
                    ("stopped", "已停止"),
                ],
                default="requested",
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.TextField(
                choices=[
                    ("receipt", "收件凭证"),
                    ("accepted", "受理通知书"),
                    ("correction", "补正通知书"),
                    ("not_accepted", "不予受理通知书"),
                    ("passed_on", "转送告知书"),
                    ("paused", "中止时限告知书"),
                    ("decision", "决定书"),
                    ("certificate", "证明"),
                    ("lapsed", "终止办理告知书"),
                    ("review", "复核决定书"),
                    ("joined", "联办进度告知书"),
                ],
                verbose_name="种类",
            ),
        ),
        statement(*CASE_POLICIES),
        statement(*KEEPS),
        statement(*HAND_ON),
        statement(*offices_write()),
        statement(*EVENTS),
        statement(*ADULTS),
        statement(*AUTHORISATIONS),
        statement(*resident_changes_only("cases_authorisation", AUTHORISATION_COLUMNS, AUTHORISATION_RULE)),
        statement(*OBJECTIONS),
        statement(
            *resident_changes_only(
                "cases_economiccheck",
                ("state", "objection", "objected_on"),
                "OLD.state = 'answered' AND NEW.state = 'objected'",
            )
        ),
        statement(*DISPUTES),
        statement(*MATERIALS),
        statement(*BUNDLES),
    ]
