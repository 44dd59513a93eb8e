"""The two disability subsidies (残疾人两项补贴): for living in hardship, and for the nursing of the
severely disabled."""

from minzheng.domains.disability_subsidies.programme import LIVING, NURSING

__all__ = ["LIVING", "NURSING"]
