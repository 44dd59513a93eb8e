"""Figures of the two disability subsidies (残疾人两项补贴指标)."""

from datetime import date

from minzheng.domains.disability_subsidies.programme import PROGRAMME
from minzheng.kernel.indicators.cash import cash_figures
from minzheng.kernel.indicators.model import Entry, Listing

INDICATORS = cash_figures(
    PROGRAMME,
    {
        "disability_living.paid": "disability.living_subsidy_paid",
        "disability_living.people": "disability.living_subsidy_people",
        "disability_nursing.paid": "disability.care_subsidy_paid",
        "disability_nursing.people": "disability.care_subsidy_people",
    },
)


def _schemes(on: date) -> list[Entry]:
    return [Entry(benefit.name, PROGRAMME.statute) for benefit in PROGRAMME.benefits]


LISTINGS = (
    Listing(
        "disability_subsidies.schemes",
        "残疾人补贴项目",
        "Disability subsidies",
        "schemes",
        _schemes,
        source=PROGRAMME.statute,
        seed_id="disability.subsidy_schemes",
    ),
)
