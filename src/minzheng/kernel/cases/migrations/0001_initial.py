"""The tables of casework; cases and their history lie in one partition a year."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.kernel.storage.partitions import partition_by_year


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0003_attendance"),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("key", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("case_id", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("sha256", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("name", models.TextField(verbose_name="文件名")),
                ("content_type", models.TextField(verbose_name="类型")),
                ("size", models.BigIntegerField(verbose_name="大小（字节）")),
                ("scanned", models.TextField(default="unscanned", verbose_name="扫描结果")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="办件编号")),
                ("item", models.TextField(db_collation="C", verbose_name="事项")),
                ("item_version", models.TextField(db_collation="C", verbose_name="事项版本")),
                ("domain", models.TextField(db_collation="C", verbose_name="业务领域")),
                (
                    "channel",
                    models.TextField(
                        choices=[
                            ("counter", "窗口"),
                            ("online", "网上"),
                            ("phone", "电话帮办"),
                            ("home", "上门代办"),
                            ("automatic", "免申即享"),
                        ],
                        verbose_name="渠道",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "填写中"),
                            ("submitted", "已提交，待受理"),
                            ("correcting", "待补正"),
                            ("accepted", "已受理，办理中"),
                            ("checking", "核对中"),
                            ("examined", "已审核，待决定"),
                            ("publicised", "公示中"),
                            ("proposed", "待复核确认"),
                            ("passed_on", "已转送主管部门"),
                            ("granted", "准予"),
                            ("refused", "不予"),
                            ("not_accepted", "不予受理"),
                            ("withdrawn", "已撤回"),
                            ("lapsed", "逾期未补正"),
                            ("abandoned", "未提交"),
                            ("ended", "终止办理"),
                        ],
                        db_collation="C",
                        default="draft",
                        verbose_name="状态",
                    ),
                ),
                ("step", models.TextField(blank=True, db_collation="C", default="", verbose_name="环节")),
                (
                    "steps_done",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None, verbose_name="已办环节"
                    ),
                ),
                ("person_name", models.TextField(verbose_name="受益人姓名")),
                ("household_id", models.BigIntegerField(blank=True, null=True, verbose_name="家庭编号")),
                ("applicant_name", models.TextField(verbose_name="申请人姓名")),
                ("relation", models.TextField(blank=True, default="本人", verbose_name="与受益人关系")),
                ("helper_person_id", models.BigIntegerField(blank=True, null=True, verbose_name="代办人")),
                ("helper_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="帮办岗位")),
                ("mandate_id", models.BigIntegerField(blank=True, null=True, verbose_name="委托")),
                ("accepting_division", models.TextField(db_collation="C", verbose_name="受理地")),
                ("deciding_division", models.TextField(db_collation="C", verbose_name="办理地")),
                ("centre_id", models.BigIntegerField(blank=True, null=True, verbose_name="受理中心")),
                ("answers", models.JSONField(default=dict, verbose_name="填写内容")),
                ("opened_on", models.DateField(verbose_name="创建日期")),
                ("submitted_on", models.DateField(blank=True, null=True, verbose_name="提交日期")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="受理日期")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="决定日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("state_since", models.DateField(verbose_name="状态起始")),
                ("assigned_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="承办岗位")),
                ("papers_saved", models.SmallIntegerField(default=0, verbose_name="免交材料数")),
                ("papers_asked", models.SmallIntegerField(default=0, verbose_name="提交材料数")),
                (
                    "working_days",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="用时（工作日）"),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="超期")),
                ("departs", models.BooleanField(default=False, verbose_name="与认定结果不一致")),
                ("award_id", models.BigIntegerField(blank=True, null=True, verbose_name="待遇")),
                ("lead_id", models.BigIntegerField(blank=True, null=True, verbose_name="线索")),
                ("bundle_id", models.BigIntegerField(blank=True, null=True, verbose_name="联办")),
                ("bundle_part", models.TextField(blank=True, default="", verbose_name="联办事项")),
                ("resume_state", models.TextField(blank=True, default="", verbose_name="补正后状态")),
                ("version", models.IntegerField(default=1, verbose_name="版本")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="记录时间"
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="申请人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="people.person",
                        verbose_name="受益人",
                    ),
                ),
            ],
            options={
                "verbose_name": "办件",
            },
        ),
        partition_by_year("cases_case", key="id", primary_key="id"),
        migrations.CreateModel(
            name="Authorisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_name", models.TextField(verbose_name="姓名")),
                (
                    "way",
                    models.TextField(
                        blank=True,
                        choices=[("signed", "窗口签字"), ("online", "本人网上授权")],
                        default="",
                        verbose_name="方式",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="提请日期")),
                ("given_on", models.DateField(blank=True, null=True, verbose_name="授权日期")),
                ("revoked_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorisations",
                        to="people.person",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorisations",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "核对授权",
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("accept", "受理"),
                            ("correct", "补正"),
                            ("check", "核对"),
                            ("examine", "审核"),
                            ("publicise", "公示"),
                            ("answer", "部门答复"),
                            ("decide", "决定"),
                        ],
                        verbose_name="种类",
                    ),
                ),
                ("limit_days", models.SmallIntegerField(verbose_name="时限（天）")),
                ("in_workdays", models.BooleanField(default=True, verbose_name="工作日")),
                ("started_on", models.DateField(verbose_name="起算日")),
                ("running_from", models.DateField(blank=True, null=True, verbose_name="本段起算")),
                ("used_days", models.SmallIntegerField(default=0, verbose_name="已用天数")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="到期日")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="结束日")),
                ("warned_on", models.DateField(blank=True, null=True, verbose_name="预警日")),
                ("escalated_on", models.DateField(blank=True, null=True, verbose_name="督办日")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "时限",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.TextField(choices=[("granted", "准予"), ("refused", "不予")], verbose_name="决定"),
                ),
                ("proposed", models.TextField(blank=True, default="", verbose_name="认定结果")),
                ("finding", models.JSONField(default=dict, verbose_name="认定说明")),
                ("departs", models.BooleanField(default=False, verbose_name="偏离认定")),
                ("reason", models.TextField(verbose_name="理由")),
                ("failed", models.JSONField(default=list, verbose_name="不符合的条件")),
                ("amount_fen", models.BigIntegerField(blank=True, null=True, verbose_name="月标准（分）")),
                ("start_month", models.DateField(blank=True, null=True, verbose_name="起始月份")),
                ("by_label", models.TextField(verbose_name="决定人")),
                ("by_post_id", models.BigIntegerField(null=True, verbose_name="决定岗位")),
                ("on", models.DateField(verbose_name="日期")),
                ("second_label", models.TextField(blank=True, default="", verbose_name="复核人")),
                ("second_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="复核岗位")),
                ("second_on", models.DateField(blank=True, null=True, verbose_name="复核日期")),
                ("number", models.TextField(blank=True, default="", verbose_name="文号")),
                ("is_in_force", models.BooleanField(default=False, verbose_name="有效")),
                ("is_sampled", models.BooleanField(default=False, verbose_name="抽中复查")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="cases.case"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="cases.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "决定",
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.TextField(verbose_name="项目")),
                ("known", models.TextField(verbose_name="现有内容")),
                ("told", models.TextField(verbose_name="申请人所述")),
                ("source", models.TextField(verbose_name="数据来源")),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "待核实"), ("corrected", "已更正"), ("upheld", "维持原数据")],
                        default="open",
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="提出日期")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="处理日期")),
                ("outcome", models.TextField(blank=True, default="", verbose_name="处理说明")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="cases.case"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "verbose_name": "数据异议",
            },
        ),
        migrations.CreateModel(
            name="EconomicCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("household_id", models.BigIntegerField(null=True, verbose_name="家庭编号")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("requested", "已委托，待反馈"),
                            ("answered", "已出报告"),
                            ("objected", "当事人有异议"),
                            ("settled", "异议已处理"),
                            ("expired", "报告已过期"),
                        ],
                        default="requested",
                        verbose_name="状态",
                    ),
                ),
                ("purpose", models.TextField(verbose_name="用途")),
                ("authority", models.TextField(verbose_name="依据")),
                ("requested_on", models.DateField(verbose_name="委托日期")),
                ("due_on", models.DateField(verbose_name="反馈期限")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="反馈日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="报告有效期至")),
                ("report", models.JSONField(default=list, verbose_name="报告")),
                ("sources", models.JSONField(default=list, verbose_name="各来源答复")),
                ("objection", models.TextField(blank=True, default="", verbose_name="异议")),
                ("outcome", models.TextField(blank=True, default="", verbose_name="异议处理")),
                ("digest", models.TextField(blank=True, default="", verbose_name="报告摘要值")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "经济状况核对",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.TextField(db_collation="C", verbose_name="动作")),
                ("from_state", models.TextField(blank=True, default="", verbose_name="原状态")),
                ("to_state", models.TextField(blank=True, default="", verbose_name="新状态")),
                ("step", models.TextField(blank=True, default="", verbose_name="环节")),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"
                    ),
                ),
                ("actor_label", models.TextField(verbose_name="经办")),
                ("actor_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="岗位")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("detail", models.JSONField(default=dict, verbose_name="详情")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "办理记录",
            },
        ),
        partition_by_year("cases_event", key="case_id", primary_key="case_id, id"),
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.TextField(db_collation="C", verbose_name="事项")),
                ("case_id", models.BigIntegerField(blank=True, null=True, verbose_name="办件")),
                ("words", models.TextField(verbose_name="问题")),
                ("division_code", models.TextField(db_collation="C", verbose_name="帮办地")),
                (
                    "state",
                    models.TextField(
                        choices=[("waiting", "等待帮办"), ("answered", "已答复"), ("closed", "已结束")],
                        default="waiting",
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "offered_post_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="当前帮办岗位"),
                ),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="分派时间")),
                ("passed_on", models.SmallIntegerField(default=0, verbose_name="转派次数")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("answer", models.TextField(blank=True, default="", verbose_name="答复")),
                ("answered_by", models.TextField(blank=True, default="", verbose_name="帮办人")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "在线帮办",
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
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
                        ],
                        verbose_name="种类",
                    ),
                ),
                ("number", models.TextField(verbose_name="文号")),
                ("title", models.TextField(verbose_name="标题")),
                ("content", models.JSONField(verbose_name="内容")),
                ("code", models.TextField(blank=True, db_collation="C", default="", verbose_name="查验码")),
                ("issued_on", models.DateField(verbose_name="日期")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅读时间")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "文书",
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("helper_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="受托岗位")),
                ("helper_label", models.TextField(verbose_name="受托人")),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="空为全部",
                        size=None,
                        verbose_name="事项",
                    ),
                ),
                ("may_see", models.BooleanField(default=False, verbose_name="可查看已有信息")),
                ("may_submit", models.BooleanField(default=True, verbose_name="可提交")),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("online", "本人网上委托"),
                            ("signed", "书面委托"),
                            ("recorded", "电话录音"),
                            ("law", "法定监护"),
                        ],
                        verbose_name="方式",
                    ),
                ),
                ("paper", models.TextField(blank=True, default="", verbose_name="凭据")),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(verbose_name="至")),
                ("revoked_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                (
                    "helper_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="受托人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="people.person",
                        verbose_name="委托人",
                    ),
                ),
            ],
            options={
                "verbose_name": "委托",
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="至")),
                ("reason", models.TextField(verbose_name="原因")),
                ("paper", models.TextField(verbose_name="依据")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="cases.clock"
                    ),
                ),
            ],
            options={
                "verbose_name": "中止",
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.TextField(db_collation="C", verbose_name="公示地点")),
                ("words", models.TextField(verbose_name="公示内容")),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(verbose_name="至")),
                ("objections", models.JSONField(default=list, verbose_name="异议")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("outcome", models.TextField(blank=True, default="", verbose_name="结果")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示",
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.SmallIntegerField(verbose_name="评分")),
                ("words", models.TextField(blank=True, default="", verbose_name="意见")),
                ("on", models.DateField(verbose_name="日期")),
                ("division_code", models.TextField(db_collation="C", verbose_name="被评单位")),
                (
                    "follow_up",
                    models.TextField(
                        choices=[("none", "无需回访"), ("open", "待回访"), ("done", "已回访")],
                        default="none",
                        verbose_name="回访",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="回访期限")),
                ("followed_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                ("followed_by", models.TextField(blank=True, default="", verbose_name="回访人")),
                ("outcome", models.TextField(blank=True, default="", verbose_name="回访情况")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rating", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "好差评",
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("review", "复核"), ("reconsideration", "行政复议")], verbose_name="种类"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("filed", "已提出"),
                            ("in_hand", "审理中"),
                            ("upheld", "改变原决定"),
                            ("dismissed", "维持原决定"),
                            ("not_accepted", "不予受理"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="filed",
                        verbose_name="状态",
                    ),
                ),
                ("words", models.TextField(verbose_name="理由")),
                ("filed_by", models.TextField(verbose_name="提出人")),
                ("filed_on", models.DateField(verbose_name="提出日期")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审结日期")),
                ("reviewer_label", models.TextField(blank=True, default="", verbose_name="审理人")),
                ("reviewer_post_id", models.BigIntegerField(blank=True, null=True, verbose_name="审理岗位")),
                ("outcome", models.TextField(blank=True, default="", verbose_name="审理意见")),
                ("failed_rule", models.TextField(blank=True, default="", verbose_name="争议条件")),
                ("reviewing_division", models.TextField(db_collation="C", verbose_name="审理地")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="cases.case"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="cases.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核与复议",
            },
        ),
        migrations.CreateModel(
            name="AlikeCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.TextField(verbose_name="原结果")),
                ("now", models.TextField(verbose_name="重新认定结果")),
                ("amount_fen", models.BigIntegerField(null=True, verbose_name="月标准（分）")),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "待处理"), ("reopened", "已重新办理"), ("kept", "维持")],
                        default="open",
                        verbose_name="处理",
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alike", to="cases.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "同类案件",
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(db_collation="C", verbose_name="材料")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("wanted", "待提交"),
                            ("fetched", "免交：已调取"),
                            ("submitted", "已提交"),
                            ("promised", "告知承诺"),
                            ("later", "容缺后补"),
                            ("not_needed", "无需提交"),
                            ("rejected", "不合格，待重交"),
                        ],
                        default="wanted",
                        verbose_name="状态",
                    ),
                ),
                ("source", models.TextField(blank=True, default="", verbose_name="数据来源")),
                ("issuer", models.TextField(blank=True, default="", verbose_name="出具单位")),
                ("value", models.TextField(blank=True, default="", verbose_name="调取内容")),
                ("observed_on", models.DateField(blank=True, null=True, verbose_name="数据日期")),
                ("fetched_on", models.DateField(blank=True, null=True, verbose_name="调取日期")),
                ("failed_why", models.TextField(blank=True, default="", verbose_name="调取失败原因")),
                ("file_name", models.TextField(blank=True, default="", verbose_name="文件名")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="要求补正日期")),
                ("on", models.DateField(verbose_name="登记日期")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="materials", to="cases.case"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "材料",
            },
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(db_collation="C", verbose_name="联办事项")),
                ("answers", models.JSONField(default=dict, verbose_name="共用内容")),
                ("opened_on", models.DateField(verbose_name="日期")),
                ("accepting_division", models.TextField(db_collation="C", verbose_name="受理地")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundles",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "一件事联办",
                "indexes": [models.Index(fields=["person"], name="cases_bundle_person")],
            },
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "submitted",
                            "correcting",
                            "accepted",
                            "checking",
                            "examined",
                            "publicised",
                            "proposed",
                            "passed_on",
                            "granted",
                            "refused",
                            "not_accepted",
                            "withdrawn",
                            "lapsed",
                            "abandoned",
                            "ended",
                        ],
                    )
                ),
                name="cases_case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["granted", "refused"]), _negated=True),
                    ("decided_on__isnull", False),
                    _connector="OR",
                ),
                name="cases_case_decided_has_day",
            ),
        ),
        migrations.AddIndex(
            model_name="authorisation",
            index=models.Index(fields=["person"], name="cases_authorisation_person"),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.UniqueConstraint(fields=("case", "person"), name="cases_authorisation_once"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True)), fields=["due_on"], name="cases_clock_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("case", "kind"),
                name="cases_clock_one_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_on__isnull", True), ("running_from__isnull", True)),
                    models.Q(("due_on__isnull", False), ("running_from__isnull", False)),
                    _connector="OR",
                ),
                name="cases_clock_runs_or_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_in_force", True)),
                fields=("case",),
                name="cases_decision_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_post_id__isnull", True),
                    models.Q(("second_post_id", models.F("by_post_id")), _negated=True),
                    _connector="OR",
                ),
                name="cases_decision_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("case", "field"), name="cases_dispute_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="economiccheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "objected"])),
                fields=("case",),
                name="cases_check_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(fields=["division_code", "state", "asked_at"], name="cases_help_place"),
        ),
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(fields=["person"], name="cases_help_person"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["code"], name="cases_letter_code"),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(fields=["person"], name="cases_mandate_person"),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(fields=["helper_person"], name="cases_mandate_helper"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("helper_person__isnull", False), ("helper_post_id__isnull", True)),
                    models.Q(("helper_person__isnull", True), ("helper_post_id__isnull", False)),
                    _connector="OR",
                ),
                name="cases_mandate_one_helper",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("helper_person")), _negated=True),
                name="cases_mandate_not_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on__isnull", True)), fields=("clock",), name="cases_pause_one_open"
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["division_code", "follow_up"], name="cases_rating_place"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="cases_rating_one_to_five"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["reviewing_division", "state"], name="cases_review_place"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["filed", "in_hand"])),
                fields=("case", "kind"),
                name="cases_review_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="alikecase",
            constraint=models.UniqueConstraint(fields=("review", "case"), name="cases_alike_once"),
        ),
        migrations.AddConstraint(
            model_name="material",
            constraint=models.UniqueConstraint(fields=("case", "code"), name="cases_material_once"),
        ),
    ]
