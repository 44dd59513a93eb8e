"""Turnover of closed months, so that the books are read without summing every entry ever made."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement

# Months that were closed before there was a turnover to keep.
_CLOSED = """
    INSERT INTO payments_turnover (month, account, programme, division_code, debit_fen, credit_fen)
    SELECT accounting_month, account, programme, left(division_code, 6), sum(debit), sum(credit)
    FROM (SELECT accounting_month, debit_account AS account, programme, division_code, amount_fen AS debit, 0 AS credit
          FROM payments_transfer
          UNION ALL SELECT accounting_month, credit_account, programme, division_code, 0, amount_fen FROM payments_transfer) AS entry
    WHERE accounting_month IN (SELECT month FROM payments_monthclose)
    GROUP BY 1, 2, 3, 4
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0041_letters_of_an_event")]

    operations = [
        migrations.AddIndex(
            "transfer",
            django.contrib.postgres.indexes.BrinIndex(
                fields=["accounting_month"], name="payments_transfer_month", pages_per_range=32
            ),
        ),
        migrations.CreateModel(
            name="Turnover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("account", models.TextField()),
                ("programme", models.TextField()),
                ("division_code", models.TextField(db_collation="C")),
                ("debit_fen", models.BigIntegerField()),
                ("credit_fen", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["month", "account", "programme", "division_code"],
                        name="payments_turnover_once",
                    )
                ],
            },
        ),
        grant_web("payments_turnover", "SELECT, INSERT"),
        statement(_CLOSED),
        append_only("payments_turnover"),
        enable_scope("payments_turnover", domain_column="programme"),
    ]
