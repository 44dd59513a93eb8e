"""Letters of assessment and of an offered bed (评估结果告知书、配位通知书)."""

from __future__ import annotations

import os

from minzheng.domains.eldercare_beds.catalogue import classes, rules_on, scoring
from minzheng.domains.eldercare_beds.entitlement import opened
from minzheng.domains.eldercare_beds.models import Assessment
from minzheng.kernel.documents import Condition, Letter
from minzheng.kernel.payments.settling.letters import objections_of, office_of
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays.models_waiting import Offer
from minzheng.kernel.stays.waiting import rules_on as queue_rules

RULES = {
    "same": "两名评估员分别上门评估，结果一致。",
    "higher": "两名评估员分别上门评估，结果相差在允许范围内，按较高的等级确认。",
    "middle": "两名评估员的结果相差较大，由第三名评估员再次评估，按中间的等级确认。",
}


def assessment_letter(assessment: Assessment, person: Person) -> Letter:
    """The letter of a grade: how it came about, what it opens, until when, how to have it reviewed."""
    on = assessment.decided_on
    if on is None or assessment.valid_until is None:
        raise ValueError("等级尚未确认 / the grade has not been decided")
    office = office_of(assessment.division_code[:9])
    days = int(rules_on(on).review_days)
    until = assessment.valid_until
    return Letter(
        office=office,
        title="老年照护统一需求评估结果告知书",
        addressee=person.name,
        number=assessment.number,
        date=on,
        opening=(
            f"您的照护需求等级为 {assessment.grade} 级（0 级需要最少，6 级需要最多）。",
            RULES.get(assessment.rule, ""),
        ),
        conditions=tuple(
            Condition(
                label=one.name, met=one.met, value=f"{assessment.grade} 级", threshold=f"{one.threshold} 级",
                article=one.source, provenance=one.provenance,  # type: ignore[arg-type]
            )
            for one in opened(assessment, person=person, on=on)
        ),
        closing=(
            f"本结果有效至 {until.year}年{until.month}月{until.day}日。身体状况有明显变化的，可以随时申请重新评估。",
            f"对等级有疑问的，可以在 {days} 天内申请复核，由另外两名评估员重新上门，不收费用。",
        ),
        objections=objections_of(assessment.division_code[:6]),
        signed_by=office,
        illustrative=(
            f"评分模型（{scoring().version}）的条目、分值和分级界限为示例，待以本市评估标准替换。",
            "结果有效期、复核期限和两名评估员结果的合并规则为示例，待与主管部门核对。",
        ),
        is_synthetic=os.environ.get("MINZHENG_DEMO") == "1",
    )  # fmt: skip


def offer_letter(offer: Offer, person: Person) -> Letter:
    """The letter of an offered bed: which, why it is this person's turn, until when to answer, what silence means."""
    office = office_of(offer.person_division_code[:9])
    rules, by = queue_rules(offer.offered_on), offer.reply_by
    name = classes()[offer.class_code].name if offer.class_code in classes() else offer.class_code
    return Letter(
        office=office,
        title="养老床位配位通知书",
        addressee=person.name,
        number=f"{offer.waiting.number}-{offer.pk}",
        date=offer.offered_on,
        opening=(
            f"{offer.facility.name}有一张床位轮到您：{offer.bed}。这是您填报的第 {offer.choice} 志愿。",
            f"排序依据：{name}，照护等级 {offer.grade} 级，自 {offer.since.year}年{offer.since.month}月{offer.since.day}日起轮候。",
        ),
        closing=(
            f"请在 {by.year}年{by.month}月{by.day}日（含当日）前答复，可以在网上接受或放弃，也可以到任一社区事务受理服务中心办理。",
            f"放弃或逾期未答复的，床位顺延给下一位，您在 {int(rules.pause_days)} 天内暂不配位；累计 {int(rules.refusals_allowed)} 次的退出轮候，可以重新申请。",
        ),
        objections=objections_of(offer.person_division_code[:6]),
        signed_by=office,
        illustrative=("答复期限、暂停配位天数和次数上限为示例，待主管部门确定。",),
        is_synthetic=os.environ.get("MINZHENG_DEMO") == "1",
    )
