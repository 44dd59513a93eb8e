"""Rights on the centres' tables, rows within the post's place, moves of tickets, places that cannot be oversold."""

from django.db import migrations

from minzheng.kernel.centres.migrations import _sql
from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("centres", "0001_initial"), ("access", "0002_guards"), ("people", "0002_guards")]

    operations = [
        grant_web("centres_centre", "SELECT, INSERT, UPDATE"),
        grant_web("centres_hours"),
        grant_web("centres_closure"),
        grant_web("centres_counter", "SELECT, INSERT, UPDATE"),
        grant_web("centres_centreday", "SELECT, INSERT, UPDATE"),
        grant_web("centres_sitting", "SELECT, INSERT, UPDATE"),
        grant_web("centres_ticket", "SELECT, INSERT, UPDATE"),
        grant_web("centres_ticketevent", "SELECT, INSERT"),
        grant_web("centres_appointment", "SELECT, INSERT, UPDATE"),
        statement(*_sql.SLOT_RIGHTS),
        append_only("centres_ticketevent"),
        statement(*_sql.PLACES),
        statement(*_sql.TICKETS_KEEP),
        statement(*_sql.APPOINTMENTS_KEEP),
        *(
            statement(*_sql.public_by_place(table))
            for table in (
                "centres_centre",
                "centres_hours",
                "centres_closure",
                "centres_counter",
                "centres_slot",
            )
        ),
        # A day and a ticket name nobody, so who may see figures of a place may count them.
        enable_scope("centres_centreday", figures=True),
        enable_scope("centres_ticket", figures=True),
        enable_scope("centres_sitting"),
        enable_scope("centres_ticketevent"),
        statement(*_sql.APPOINTMENTS_SCOPE),
        statement(*_sql.PUBLIC_FIGURES),
    ]
