# The tables of outreach.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("awards", "0002_guards"),
        ("people", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("household_id", models.BigIntegerField(verbose_name="家庭编号")),
                ("person_id", models.BigIntegerField(null=True, verbose_name="人员编号")),
                ("status", models.SmallIntegerField(verbose_name="状态")),
                ("amount_fen", models.BigIntegerField(verbose_name="月标准（分）")),
                ("reference_fen", models.BigIntegerField(null=True, verbose_name="原标准下金额（分）")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
            ],
            options={
                "verbose_name": "认定结果",
                "indexes": [
                    models.Index(fields=["month", "benefit", "person_id"], name="outreach_finding_person"),
                    models.Index(
                        fields=["month", "benefit", "household_id"], name="outreach_finding_household"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="发现月份")),
                ("last_month", models.DateField(verbose_name="最近确认月份")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("qualifies", "符合条件未享受"),
                            ("may_qualify", "可能符合，尚缺核对"),
                            ("increase", "应调增"),
                            ("decrease", "应调减"),
                            ("ends", "不再符合"),
                            ("recheck", "在享待复核"),
                        ],
                        verbose_name="类型",
                    ),
                ),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("unit", models.TextField(verbose_name="单位")),
                ("amount_fen", models.BigIntegerField(default=0, verbose_name="应发月标准（分）")),
                ("current_fen", models.BigIntegerField(default=0, verbose_name="现发月标准（分）")),
                ("reason", models.TextField(verbose_name="原因代码")),
                ("reason_data", models.JSONField(default=dict, verbose_name="原因数据")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "待走访"),
                            ("visited", "已走访"),
                            ("not_found", "未找到"),
                            ("applied", "已申请"),
                            ("declined", "本人不申请"),
                            ("opted_out", "本人放弃"),
                            ("granted", "已办结"),
                            ("refused", "不予确认"),
                            ("closed", "已关闭"),
                        ],
                        default="open",
                        verbose_name="状态",
                    ),
                ),
                ("division_code", models.TextField(db_collation="C", verbose_name="居住地居村委")),
                ("due_on", models.DateField(verbose_name="办理期限")),
                ("attempts", models.SmallIntegerField(default=1, verbose_name="派发次数")),
                ("quiet_until", models.DateField(blank=True, null=True, verbose_name="静默至")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
                (
                    "award",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="awards.award",
                        verbose_name="待遇",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="people.household",
                        verbose_name="家庭",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作线索",
            },
        ),
        migrations.CreateModel(
            name="LeadEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.TextField(verbose_name="原状态")),
                ("to_state", models.TextField(verbose_name="新状态")),
                ("reason", models.TextField(blank=True, default="", verbose_name="原因代码")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("on", models.DateField(verbose_name="日期")),
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
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="outreach.lead"
                    ),
                ),
            ],
            options={
                "verbose_name": "线索办理记录",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        choices=[
                            ("grant", "拟发放"),
                            ("change", "标准变动"),
                            ("standard", "调标"),
                            ("end", "停发"),
                        ],
                        verbose_name="事由",
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("household_id", models.BigIntegerField(blank=True, null=True, verbose_name="家庭编号")),
                ("amount_fen", models.BigIntegerField(default=0, verbose_name="月标准（分）")),
                ("previous_fen", models.BigIntegerField(default=0, verbose_name="原月标准（分）")),
                ("start_month", models.DateField(verbose_name="起始月份")),
                ("amounts", models.JSONField(default=list, verbose_name="各月标准变动")),
                ("reason", models.TextField(blank=True, default="", verbose_name="原因代码")),
                ("letter", models.TextField(verbose_name="正文")),
                ("issued_on", models.DateField(verbose_name="告知日期")),
                ("window_until", models.DateField(blank=True, null=True, verbose_name="异议期至")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("issued", "已告知，可提出异议"),
                            ("objected", "有异议待处理"),
                            ("effective", "已生效"),
                            ("withdrawn", "已撤回"),
                            ("opted_out", "本人放弃"),
                        ],
                        default="issued",
                        verbose_name="状态",
                    ),
                ),
                ("objection", models.TextField(blank=True, default="", verbose_name="异议内容")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                (
                    "award",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="awards.award",
                        verbose_name="待遇",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "告知书",
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme", models.TextField(verbose_name="项目")),
                ("since", models.DateField(verbose_name="放弃日期")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opt_outs",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "放弃享受",
            },
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["division_code", "state", "due_on"], name="outreach_lead_division"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["benefit", "household"], name="outreach_lead_household"),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["qualifies", "may_qualify", "increase", "decrease", "ends", "recheck"])
                ),
                name="outreach_lead_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "open",
                            "visited",
                            "not_found",
                            "applied",
                            "declined",
                            "opted_out",
                            "granted",
                            "refused",
                            "closed",
                        ],
                    )
                ),
                name="outreach_lead_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("person__isnull", False), ("unit", "person")),
                    models.Q(("household__isnull", False), ("unit", "household")),
                    _connector="OR",
                ),
                name="outreach_lead_about_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["open", "visited", "not_found", "applied"]), ("unit", "person")
                ),
                fields=("benefit", "person"),
                name="outreach_lead_one_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["open", "visited", "not_found", "applied"]), ("unit", "household")
                ),
                fields=("benefit", "household"),
                name="outreach_lead_one_per_household",
            ),
        ),
        migrations.AddIndex(
            model_name="leadevent",
            index=models.Index(fields=["lead", "id"], name="outreach_leadevent_lead"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["division_code", "state"], name="outreach_notice_division"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person"], name="outreach_notice_person"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", "grant"), ("state__in", ["issued", "objected"])),
                fields=("benefit", "person"),
                name="outreach_notice_one_open_grant",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", "grant"), _negated=True),
                fields=("award", "about", "month"),
                name="outreach_notice_once_per_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="optout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("person", "programme"),
                name="outreach_optout_one_open",
            ),
        ),
    ]
