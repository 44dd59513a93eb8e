"""The manifest of the old-age allowance."""

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Condition, Frequency, Grant, Programme, Route, Unit

OLD_AGE_ALLOWANCE = Benefit(
    code="old_age_allowance",
    name="老年综合津贴",
    name_en="Old-age allowance",
    unit=Unit.PERSON,
    amount="allowance_fen",
    conditions=(
        Condition("is_living"),
        Condition("has_local_hukou"),
        Condition("is_old_enough", known="is_age_known"),
    ),
    frequency=Frequency.QUARTERLY,
    pay_months="pay_months",
    # A payment covers the three months before it; the month of payment itself belongs to the next one.
    covers=(-3, -2, -1),
    grant=Grant.WITHOUT_APPLICATION,
    objection_days="objection_days",
    route=Route.AUTOMATIC,
    budget_line="2081002 老年福利",
    service_item="old_age_allowance",
    roster_names=("老年综合津贴",),
)

PROGRAMME = Programme(
    code="old_age_allowance",
    name="老年综合津贴",
    name_en="Old-age allowance",
    authority="市民政局",
    statute="沪府发〔2016〕24号",
    summary="年满65周岁的本市户籍老年人，按年龄分档每月计发，按季发放，免申即享。",
    summary_en="For residents of 65 and over with local hukou, by age band; paid each quarter without application.",
    since=Month(2016, 5),
    benefits=(OLD_AGE_ALLOWANCE,),
)
