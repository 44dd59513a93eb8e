"""What the database itself keeps true of the register: ties with every entry, licences, papers that balance, who sees what."""

from django.db import migrations

from minzheng.domains.marriage_registration.migrations._sql import (
    APPLICATION,
    ENTRY,
    LOOK_UPS,
    MANAGERS,
    PAPERS,
    REVIEWERS,
    hangs_on_entry,
    office_scope,
    pair_scope,
)
from minzheng.kernel.storage.guards import append_only, grant_web, statement

APP = "marriage_registration"


class Migration(migrations.Migration):
    dependencies = [
        (APP, "0001_initial"),
        ("access", "0003_facility_roles"),
        ("facilities", "0002_guards"),
        ("people", "0060_marks_search"),
    ]

    operations = [
        statement(*ENTRY),
        statement(*PAPERS),
        statement(*APPLICATION),
        statement(*LOOK_UPS),
        grant_web(f"{APP}_registration", "SELECT, INSERT"),
        append_only(f"{APP}_registration"),
        statement(*pair_scope(f"{APP}_registration", "marriage_registration")),
        grant_web(f"{APP}_divorceapplication", "SELECT, INSERT, UPDATE"),
        statement(*pair_scope(f"{APP}_divorceapplication", "marriage_application")),
        grant_web(f"{APP}_refusal", "SELECT, INSERT"),
        append_only(f"{APP}_refusal"),
        statement(*pair_scope(f"{APP}_refusal", "marriage_refusal")),
        # Ties, uses of papers and stock are written by the entry's own trigger; the web role only reads them.
        grant_web(f"{APP}_maritaltie", "SELECT"),
        statement(*hangs_on_entry(f"{APP}_maritaltie", "marriage_tie", "person_id")),
        grant_web(f"{APP}_certificateuse", "SELECT, INSERT"),
        append_only(f"{APP}_certificateuse"),
        statement(*office_scope(f"{APP}_certificateuse", "marriage_use")),
        grant_web(f"{APP}_stockreceipt", "SELECT, INSERT"),
        append_only(f"{APP}_stockreceipt"),
        statement(*office_scope(f"{APP}_stockreceipt", "marriage_receipt", writers=MANAGERS)),
        grant_web(f"{APP}_certificatestock", "SELECT"),
        statement(*office_scope(f"{APP}_certificatestock", "marriage_stock")),
        grant_web(f"{APP}_registrarlicence", "SELECT, INSERT, UPDATE"),
        statement(*office_scope(f"{APP}_registrarlicence", "marriage_licence", writers=MANAGERS)),
        grant_web(f"{APP}_actcounter", "SELECT, INSERT, UPDATE"),
        statement(*office_scope(f"{APP}_actcounter", "marriage_counter")),
        grant_web(f"{APP}_publication", "SELECT, UPDATE"),
        statement(*office_scope(f"{APP}_publication", "marriage_publication", writers="'service'")),
        grant_web(f"{APP}_draw", "SELECT, INSERT"),
        append_only(f"{APP}_draw"),
        statement(*office_scope(f"{APP}_draw", "marriage_draw", writers=REVIEWERS)),
        grant_web(f"{APP}_sampledfile", "SELECT, INSERT, UPDATE"),
        statement(*office_scope(f"{APP}_sampledfile", "marriage_sampled", writers=REVIEWERS)),
        grant_web(f"{APP}_filefault", "SELECT, INSERT, UPDATE"),
        statement(*office_scope(f"{APP}_filefault", "marriage_fault", writers=REVIEWERS)),
    ]
