"""Verbs that change the marriage register; every one asks its permission, leaves its trace, and is one transaction."""

from minzheng.domains.marriage_registration.archive import ARCHIVE_SCHEMA, enter_archive
from minzheng.domains.marriage_registration.bulk import ACT_SCHEMA, register_in_bulk
from minzheng.domains.marriage_registration.divorcing import (
    apply_for_divorce,
    lapse_divorces,
    register_divorce,
    withdraw_divorce,
)
from minzheng.domains.marriage_registration.later_entries import (
    correct_entry,
    issue_no_record,
    reissue_certificate,
    revoke_marriage,
)
from minzheng.domains.marriage_registration.parties import identify_party
from minzheng.domains.marriage_registration.registering import refuse, register_marriage
from minzheng.domains.marriage_registration.sampling import draw_sample, mend_fault, review_file
from minzheng.domains.marriage_registration.stock import (
    end_licence,
    grant_licence,
    receive_papers,
    spoil_paper,
)
from minzheng.domains.marriage_registration.telling import end_marriages_of_the_dead, tell_entries

__all__ = [
    "ACT_SCHEMA",
    "ARCHIVE_SCHEMA",
    "apply_for_divorce",
    "correct_entry",
    "draw_sample",
    "end_licence",
    "end_marriages_of_the_dead",
    "enter_archive",
    "grant_licence",
    "identify_party",
    "issue_no_record",
    "lapse_divorces",
    "mend_fault",
    "receive_papers",
    "refuse",
    "register_divorce",
    "register_in_bulk",
    "register_marriage",
    "reissue_certificate",
    "review_file",
    "revoke_marriage",
    "spoil_paper",
    "tell_entries",
    "withdraw_divorce",
]
