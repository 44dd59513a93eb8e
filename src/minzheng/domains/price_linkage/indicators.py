"""Figures of the price linkage (物价联动指标): starts, and the price subsidy due and paid."""

from minzheng.domains.price_linkage.programme import PROGRAMME
from minzheng.kernel.indicators.cash import cash_figures
from minzheng.kernel.indicators.model import Indicator, Kind

STARTS = Indicator(
    id="price_linkage.starts",
    name="启动物价联动机制",
    name_en="Starts of the price linkage",
    unit="times",
    kind=Kind.FLOW,
    # A start counts on the day of its approval, whatever the month of the index.
    rows=f"SELECT id, approved_on AS on_day, division_code FROM eventgrants_activation"
    f" WHERE programme = '{PROGRAMME.code}' AND state = 'approved' AND approved_on BETWEEN %(first)s AND %(last)s",
    source=PROGRAMME.statute,
    tables=("eventgrants_activation",),
    seed_id="price_link.activations",
)
INDICATORS = (STARTS, *cash_figures(PROGRAMME, {"price_subsidy.paid": "price_link.subsidy_paid"}))
