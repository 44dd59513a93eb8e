"""Old-age allowance (老年综合津贴): a universal monthly amount for residents of 65 and over, granted
without asking."""

from minzheng.domains.old_age_allowance.programme import OLD_AGE_ALLOWANCE

__all__ = ["OLD_AGE_ALLOWANCE"]
