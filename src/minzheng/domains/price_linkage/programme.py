"""The manifest of the price subsidy."""

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Frequency, Grant, Programme, Route, Unit

PRICE_SUBSIDY = Benefit(
    code="price_subsidy",
    name="价格临时补贴",
    name_en="Temporary price subsidy",
    unit=Unit.PERSON,
    amount="",
    conditions=(),
    frequency=Frequency.MONTHLY,
    # The index of a month is published in the next one; a start may wait for its approval.
    covers=(-3, -2, -1),
    grant=Grant.BY_EVENT,
    route=Route.AUTOMATIC,
    budget_line="20820 临时救助",
    service_item="",
    roster_names=("价格临时补贴",),
)

PROGRAMME = Programme(
    code="price_linkage",
    name="社会救助和保障标准与物价上涨挂钩联动机制",
    name_en="Price linkage of assistance standards",
    authority="市民政局",
    statute="发改价格〔2021〕1553号；上海市社会救助条例 第二十条",
    summary="物价指数同比涨幅达到启动条件的月份，向低保、特困等对象一次性发给价格临时补贴，无需申请。",
    summary_en="In a month whose price index rises past the line, people on basic support receive a sum without asking.",
    since=Month(2020, 1),
    benefits=(PRICE_SUBSIDY,),
)
