"""The manifest of the subsistence allowance."""

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Condition, Frequency, Grant, Programme, Route, Unit

SUBSISTENCE_ALLOWANCE = Benefit(
    code="subsistence_allowance",
    name="最低生活保障金",
    name_en="Subsistence allowance",
    unit=Unit.HOUSEHOLD,
    amount="allowance_fen",
    share="share_fen",
    conditions=(
        Condition("has_local_member"),
        Condition("meets_income_test"),
        Condition("meets_money_test", known="is_money_checked"),
        Condition("meets_vehicle_test", known="is_vehicle_checked"),
        Condition("meets_non_residential_test", known="is_non_residential_checked"),
        Condition("meets_housing_test", known="is_housing_checked"),
    ),
    frequency=Frequency.MONTHLY,
    grant=Grant.ON_APPLICATION,
    # 上海市社会救助条例 第三十六条: the street or town examines and confirms; the district guides and
    # supervises.
    route=Route.STREET,
    budget_line="20819 最低生活保障",
    service_item="subsistence_allowance_apply",
    roster_names=("低保", "城乡居民最低生活保障", "最低生活保障"),
)

PROGRAMME = Programme(
    code="subsistence_allowance",
    name="城乡居民最低生活保障",
    name_en="Subsistence allowance",
    authority="街道办事处、乡镇人民政府",
    statute="上海市社会救助条例 第十条、第十六条",
    summary="家庭人均月收入低于标准且财产符合规定的，按差额发给。",
    summary_en="Tops a household's income per member up to the standard where income and assets are low.",
    # Parameters before this month were not collected, so an earlier month could not be computed again.
    since=Month(2018, 4),
    benefits=(SUBSISTENCE_ALLOWANCE,),
)
