"""Figures of the one-off subsidies (一次性补贴指标): payments decided on, and the sums due and paid."""

from minzheng.domains.one_off_subsidies.programme import LIVING_SUBSIDY, PROGRAMME, VEGETABLE_SUBSIDY
from minzheng.kernel.indicators.cash import cash_figures
from minzheng.kernel.indicators.model import Indicator, Kind
from minzheng.kernel.programmes import Benefit


def _times(benefit: Benefit, seed_id: str) -> Indicator:
    return Indicator(
        id=f"{benefit.code}.times",
        name=f"{benefit.name}发放次数",
        name_en=f"{benefit.name_en}: payments decided on",
        unit="times",
        kind=Kind.FLOW,
        # A payment counts on the day of its approval; everybody on its list gets it once.
        rows=f"SELECT id, approved_on AS on_day, division_code FROM eventgrants_activation"
        f" WHERE benefit = '{benefit.code}' AND state = 'approved' AND approved_on BETWEEN %(first)s AND %(last)s",
        source=PROGRAMME.statute,
        tables=("eventgrants_activation",),
        seed_id=seed_id,
    )


INDICATORS = (
    _times(VEGETABLE_SUBSIDY, "relief.vegetable_subsidy_times"),
    _times(LIVING_SUBSIDY, "relief.one_off_living_subsidy_times"),
    *cash_figures(
        PROGRAMME,
        {
            "vegetable_subsidy.paid": "relief.vegetable_subsidy_paid",
            "one_off_living_subsidy.paid": "relief.one_off_living_subsidy_paid",
        },
    ),
)
