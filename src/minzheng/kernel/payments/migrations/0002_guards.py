"""What the database itself keeps true of payments: permitted moves, frozen content, closed months, two officials, scope."""

from django.db import migrations

from minzheng.kernel.payments.migrations import _sql
from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("access", "0002_guards"),
        ("awards", "0002_guards"),
        ("people", "0002_guards"),
    ]

    operations = [
        statement(*_sql.ORDERS_KEEP),
        statement(*_sql.CLOSED_MONTHS),
        statement(*_sql.TWO_OFFICIALS),
        statement(*_sql.ROOM_FOR_CHANGES),
        grant_web("payments_order", "SELECT, INSERT, UPDATE"),
        grant_web("payments_batch", "SELECT, INSERT, UPDATE"),
        grant_web("payments_bankfile", "SELECT, INSERT"),
        grant_web("payments_returnfile", "SELECT, INSERT, UPDATE"),
        grant_web("payments_returnrow", "SELECT, INSERT, UPDATE"),
        grant_web("payments_transfer", "SELECT, INSERT"),
        grant_web("payments_monthclose", "SELECT, INSERT"),
        append_only("payments_transfer"),
        append_only("payments_bankfile"),
        append_only("payments_monthclose"),
        enable_scope("payments_order", domain_column="programme", person_column="person_id"),
        enable_scope("payments_batch", domain_column="programme"),
        enable_scope("payments_transfer", domain_column="programme"),
        # A row the bank sent for no order of ours has no programme; it belongs to the city's finance office.
        enable_scope(
            "payments_returnrow", domain_column="(CASE programme WHEN '' THEN '*' ELSE programme END)"
        ),
        statement(*_sql.FILE_SCOPE),
    ]
