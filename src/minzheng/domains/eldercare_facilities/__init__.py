"""Elder-care facilities (养老服务设施): homes, centres, meal sites, day care; licences, beds, staff, prices.

The names below are what other domains may ask; each such import is a line of the import contract.
"""

from minzheng.domains.eldercare_facilities.kinds import CENTRE, HOME

__all__ = ["CENTRE", "HOME"]
