"""Verbs that change the marriage register; every one asks its permission, leaves its trace, and is one transaction."""

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
from minzheng.domains.marriage_registration.stock import (
    end_licence,
    grant_licence,
    receive_papers,
    spoil_paper,
)

__all__ = [
    "apply_for_divorce",
    "correct_entry",
    "end_licence",
    "grant_licence",
    "identify_party",
    "issue_no_record",
    "lapse_divorces",
    "receive_papers",
    "refuse",
    "register_divorce",
    "register_marriage",
    "reissue_certificate",
    "revoke_marriage",
    "spoil_paper",
    "withdraw_divorce",
]
