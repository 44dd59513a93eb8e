"""Rights, scope, places that cannot be oversold, numbers that hold one booking, draws that cannot be rewritten."""

from django.db import migrations

from minzheng.kernel.bookings.migrations import _sql
from minzheng.kernel.storage.guards import append_only, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial"), ("facilities", "0002_guards")]

    operations = [
        grant_web("bookings_calendar", "SELECT, INSERT, UPDATE"),
        grant_web("bookings_opening"),
        grant_web("bookings_specialday"),
        grant_web("bookings_booking", "SELECT, INSERT, UPDATE"),
        grant_web("bookings_notice", "SELECT, INSERT"),
        append_only("bookings_notice"),
        statement(*_sql.SECRETS),
        statement(*_sql.RIGHTS),
        statement(*_sql.PLACES),
        statement(*_sql.BOOKINGS_KEEP),
        statement(*_sql.PLACES_COUNT),
        statement(*_sql.PARTIES),
        statement(*_sql.DRAWS),
        statement(*_sql.OFFERS),
        *(statement(*_sql.offered_to_all(table)) for table in ("bookings_calendar", *_sql.OFFERED)),
        statement(*_sql.BOOKINGS_SCOPE),
        statement(*_sql.PARTIES_SCOPE),
        statement(*_sql.NOTICES_SCOPE),
    ]
