"""Who sees the queue, what a resident may write of it, and what anybody may ask without seeing names."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.stays.migrations import _waiting_sql as sql
from minzheng.kernel.storage.guards import append_only, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("stays", "0010_waiting")]

    operations = [
        grant_web("stays_poolhome", "SELECT, INSERT, UPDATE"),
        grant_web("stays_waiting", "SELECT, INSERT, UPDATE"),
        grant_web("stays_choice"),
        grant_web("stays_offer", "SELECT, INSERT, UPDATE"),
        grant_web("stays_passing", "SELECT, INSERT"),
        grant_web("stays_allocationrun", "SELECT, INSERT, UPDATE"),
        grant_web("stays_runline", "SELECT, INSERT"),
        append_only("stays_passing"),
        enable_facility_scope("stays_poolhome", public=True, written_by_facility=False),
        *(statement(*scope) for scope in sql.SCOPES),
        statement(*sql.WAITING_KEEPS),
        statement(*sql.OFFER_KEEPS),
        statement(*sql.RUN_KEEPS),
        statement(*sql.FUNCTIONS),
    ]
