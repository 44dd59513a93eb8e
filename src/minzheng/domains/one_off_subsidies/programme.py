"""The manifest of the one-off subsidies."""

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Frequency, Grant, Programme, Route, Unit


def _benefit(code: str, name: str, name_en: str) -> Benefit:
    return Benefit(
        code=code,
        name=name,
        name_en=name_en,
        unit=Unit.PERSON,
        amount="",
        conditions=(),
        frequency=Frequency.MONTHLY,
        # Decided and paid in the month of the cut-off day, or in one of the three after it.
        covers=(-3, -2, -1, 0),
        grant=Grant.BY_EVENT,
        route=Route.AUTOMATIC,
        budget_line="20820 临时救助",
        service_item="",
        roster_names=(name,),
    )


VEGETABLE_SUBSIDY = _benefit("vegetable_subsidy", "一次性菜价补贴", "One-off vegetable price subsidy")
LIVING_SUBSIDY = _benefit("one_off_living_subsidy", "一次性生活补贴", "One-off living subsidy")

PROGRAMME = Programme(
    code="one_off_subsidies",
    name="一次性补贴",
    name_en="One-off subsidies",
    authority="市民政局",
    statute="上海市社会救助条例；各次补贴的通知（如沪民救发〔2022〕8号）",
    summary="按通知向困难群众等对象一次性发给补贴，名单由登记资料和部门名单生成，无需申请。",
    summary_en="A notice grants named groups a sum once; lists come from the registers and from departments, nobody applies.",
    since=Month(2022, 1),
    benefits=(VEGETABLE_SUBSIDY, LIVING_SUBSIDY),
)
