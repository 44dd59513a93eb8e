"""The database fills in who acted, seals entries into a chain at commit, and lets nobody change them."""

from django.db import migrations

from minzheng.kernel.audit.migrations._sql import CHAIN, FILL, READERS
from minzheng.kernel.storage.guards import append_only, grant_web, statement


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("access", "0002_guards")]

    operations = [
        statement(*FILL),
        statement(*CHAIN),
        append_only("audit_entry"),
        append_only("audit_seal"),
        grant_web("audit_entry", "SELECT, INSERT"),
        grant_web("audit_seal", "SELECT"),
        statement(*READERS),
    ]
