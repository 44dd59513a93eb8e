"""Subsistence allowance (最低生活保障, 低保): tops a poor household's income up to the city's standard.

The names below are what other domains may ask; each such import is a line of the import contract.
"""

from minzheng.domains.subsistence_allowance.programme import SUBSISTENCE_ALLOWANCE
from minzheng.domains.subsistence_allowance.proposals.gradual_exit import with_gradual_exit
from minzheng.domains.subsistence_allowance.receiving import members_of, payees, receiving_members
from minzheng.domains.subsistence_allowance.rules.members import is_member
from minzheng.domains.subsistence_allowance.standards import standard_fen

__all__ = [
    "SUBSISTENCE_ALLOWANCE",
    "is_member",
    "members_of",
    "payees",
    "receiving_members",
    "standard_fen",
    "with_gradual_exit",
]
