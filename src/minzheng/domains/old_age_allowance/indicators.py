"""Figures of the old-age allowance (老年综合津贴指标)."""

from minzheng.domains.old_age_allowance.programme import PROGRAMME
from minzheng.kernel.indicators.cash import cash_figures

INDICATORS = cash_figures(
    PROGRAMME,
    {
        "old_age_allowance.paid": "old_age.allowance_paid",
        "old_age_allowance.people": "old_age.allowance_people",
    },
)
