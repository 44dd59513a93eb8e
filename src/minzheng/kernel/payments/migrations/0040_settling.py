"""Settling what was overpaid: decisions of two officials, set-offs, money that came back, letters; guards of the database."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.kernel.payments.migrations import _settling
from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_guards"),
        ("awards", "0040_settling"),
        ("payments", "0002_guards"),
        ("people", "0040_two_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(choices=[("settlement", "多发处理告知书"), ("arrears", "补发告知书")]),
                ),
                ("number", models.TextField()),
                ("title", models.TextField()),
                ("content", models.JSONField()),
                ("code", models.TextField()),
                ("issued_on", models.DateField()),
                ("division_code", models.TextField(db_collation="C")),
            ],
        ),
        migrations.CreateModel(
            name="Offset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("benefit_month", models.DateField()),
                (
                    "kind",
                    models.TextField(
                        choices=[("netting", "补发与多发轧差"), ("deduction", "从当月发放中抵扣")]
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("budget_line", models.TextField()),
                ("on", models.DateField()),
                ("accounting_month", models.DateField()),
                ("programme", models.TextField()),
                ("division_code", models.TextField(db_collation="C")),
                ("person_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Repayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("receipt", models.TextField()),
                ("amount_fen", models.BigIntegerField()),
                ("on", models.DateField()),
                ("accounting_month", models.DateField()),
                ("programme", models.TextField()),
                ("division_code", models.TextField(db_collation="C")),
                ("person_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("division_code", models.TextField(db_collation="C")),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("set_off", "从以后的发放中抵扣"),
                            ("recovery", "请家庭退回"),
                            ("waiver", "免予追回"),
                        ]
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("monthly_fen", models.BigIntegerField(null=True)),
                ("reason", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("proposed", "待复核"),
                            ("approved", "已决定"),
                            ("refused", "未同意"),
                            ("replaced", "已由新决定代替"),
                        ],
                        default="proposed",
                    ),
                ),
                ("proposed_on", models.DateField()),
                ("decided_on", models.DateField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="SettlementPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="transfer",
            name="overpayment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="transfers",
                to="awards.overpayment",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="transfers",
                to="payments.batch",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.TextField(
                choices=[
                    ("commit", "承付"),
                    ("send", "送银行"),
                    ("settle", "到账"),
                    ("return", "退票"),
                    ("give_up", "退回预算"),
                    ("reversal", "冲销"),
                    ("claim", "确认多发"),
                    ("unclaim", "多发减少"),
                    ("set_off", "抵扣多发"),
                    ("repay", "收回多发"),
                    ("write_off", "免除多发"),
                    ("restore", "恢复已免除"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="order",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="transfers",
                to="payments.order",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("overpayment__isnull", False)),
                fields=["overpayment"],
                name="payments_transfer_overpayment",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("batch__isnull", False), ("order__isnull", False), ("overpayment__isnull", True)
                    ),
                    models.Q(("batch__isnull", True), ("overpayment__isnull", False)),
                    _connector="OR",
                ),
                name="payments_transfer_of_order_or_overpayment",
            ),
        ),
        migrations.AddField(
            model_name="accountletter",
            name="addressee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="accountletter",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="offset",
            name="award",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offsets", to="awards.award"
            ),
        ),
        migrations.AddField(
            model_name="offset",
            name="overpayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offsets", to="awards.overpayment"
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="overpayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repayments",
                to="awards.overpayment",
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="received_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.official"
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="addressee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.official"
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.official"
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="settlement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repayments",
                to="payments.settlement",
            ),
        ),
        migrations.AddField(
            model_name="accountletter",
            name="settlement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="payments.settlement",
            ),
        ),
        migrations.AddField(
            model_name="settlementpart",
            name="overpayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="awards.overpayment"
            ),
        ),
        migrations.AddField(
            model_name="settlementpart",
            name="settlement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="payments.settlement"
            ),
        ),
        migrations.AddIndex(
            model_name="offset",
            index=models.Index(fields=["award", "benefit_month"], name="payments_offset_month"),
        ),
        migrations.AddIndex(
            model_name="offset",
            index=models.Index(fields=["person_id"], name="payments_offset_person"),
        ),
        migrations.AddConstraint(
            model_name="offset",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="payments_offset_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["division_code", "state"], name="payments_settlement_place"),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["addressee"], name="payments_settlement_reader"),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("person",),
                name="payments_settlement_one_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "approved")),
                fields=("person",),
                name="payments_settlement_one_holds",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="payments_settlement_two_officials",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_fen__gt", 0),
                    models.Q(("monthly_fen__isnull", True), ("monthly_fen__gt", 0), _connector="OR"),
                ),
                name="payments_settlement_amounts",
            ),
        ),
        migrations.AddIndex(
            model_name="repayment",
            index=models.Index(fields=["person_id"], name="payments_repayment_person"),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.UniqueConstraint(
                fields=("receipt", "overpayment"), name="payments_repayment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="payments_repayment_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="accountletter",
            index=models.Index(fields=["person"], name="payments_letter_person"),
        ),
        migrations.AddIndex(
            model_name="accountletter",
            index=models.Index(fields=["addressee"], name="payments_letter_addressee"),
        ),
        migrations.AddIndex(
            model_name="accountletter",
            index=models.Index(fields=["division_code"], name="payments_letter_place"),
        ),
        migrations.AddIndex(
            model_name="accountletter",
            index=models.Index(fields=["code"], name="payments_letter_code"),
        ),
        migrations.AddConstraint(
            model_name="settlementpart",
            constraint=models.UniqueConstraint(
                fields=("settlement", "overpayment"), name="payments_part_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="payments_part_positive"
            ),
        ),
        grant_web("payments_settlement", "SELECT, INSERT, UPDATE"),
        grant_web("payments_settlementpart", "SELECT, INSERT"),
        grant_web("payments_offset", "SELECT, INSERT"),
        grant_web("payments_repayment", "SELECT, INSERT"),
        grant_web("payments_accountletter", "SELECT, INSERT"),
        append_only("payments_settlementpart"),
        append_only("payments_offset"),
        append_only("payments_repayment"),
        append_only("payments_accountletter"),
        enable_scope("payments_settlement", person_column="person_id"),
        enable_scope("payments_offset", domain_column="programme", person_column="person_id"),
        enable_scope("payments_repayment", domain_column="programme", person_column="person_id"),
        enable_scope("payments_accountletter", person_column="person_id"),
        statement(*_settling.TWO_OFFICIALS),
        statement(*_settling.OPEN_MONTH),
        statement(*_settling.READERS),
    ]
