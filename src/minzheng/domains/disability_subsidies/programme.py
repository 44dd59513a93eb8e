"""The manifest of the two disability subsidies."""

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Condition, Frequency, Grant, Programme, Route, Unit

LIVING = Benefit(
    code="disability_living",
    name="困难残疾人生活补贴",
    name_en="Living subsidy for disabled people in hardship",
    unit=Unit.PERSON,
    amount="living_subsidy_fen",
    conditions=(
        Condition("is_living"),
        Condition("has_local_hukou"),
        Condition("has_certificate"),
        Condition("is_in_hardship", known="is_hardship_settled"),
    ),
    frequency=Frequency.MONTHLY,
    grant=Grant.ON_APPLICATION,
    route=Route.STREET_THEN_DISTRICT,
    budget_line="2081107 残疾人生活和护理补贴",
    service_item="disability_living",
    roster_names=("困难残疾人生活补贴",),
)

NURSING = Benefit(
    code="disability_nursing",
    name="重度残疾人护理补贴",
    name_en="Nursing subsidy for severely disabled people",
    unit=Unit.PERSON,
    amount="nursing_subsidy_fen",
    conditions=(
        Condition("is_living"),
        Condition("has_local_hukou"),
        Condition("has_severe_disability"),
    ),
    frequency=Frequency.MONTHLY,
    grant=Grant.ON_APPLICATION,
    route=Route.STREET_THEN_DISTRICT,
    budget_line="2081107 残疾人生活和护理补贴",
    service_item="disability_nursing",
    roster_names=("重度残疾人护理补贴",),
)

PROGRAMME = Programme(
    code="disability_subsidies",
    name="残疾人两项补贴",
    name_en="Disability subsidies",
    authority="区民政局、区残联",
    statute="沪府规〔2020〕28号；沪民规〔2020〕21号",
    summary="持证困难残疾人的生活补贴与重度残疾人的护理补贴，可以同时享受。",
    summary_en="For holders of a disability certificate: living in hardship, and nursing of the severely disabled.",
    # The amounts of earlier years follow another scheme (沪府发〔2015〕76号) that is not written here.
    since=Month(2021, 1),
    benefits=(LIVING, NURSING),
)
