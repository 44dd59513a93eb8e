"""What a changed decision does to the award (复核后的待遇): from which month it is owed, and how it is taken back.

A refusal that is overturned is made good from the month in which the first decision would have begun to pay; the months
behind us are drafted as arrears by payments. No month is granted twice: an award that ran meanwhile moves the start.
Illustrative: a grant that is overturned ends with the month of the review, and nothing paid is claimed back by itself.
"""

from __future__ import annotations

from datetime import date

from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.models import Action, Award, AwardEvent, State
from minzheng.kernel.cases.models import Case, Decision
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_code


def first_month(case: Case, on: date) -> date | None:
    """The first month that a grant after a review pays: that of the first decision, after any month granted since.

    None where the case's result is no award.
    """
    benefit = item_of(case).result.benefit
    if not benefit:
        return None
    first = Decision.objects.filter(case=case).exclude(number="").order_by("id").first()
    begun = first.on if first else on
    start = (
        Month.of(first.start_month)
        if first and first.start_month
        else Month.of(begun) + int(working_rules().at(Month.of(begun)).start_months_after_decision)
    )
    for award in _awards_of(case, benefit):
        if award.end_month is None:
            start = max(start, Month.of(award.start_month))
        elif award.end_month >= award.start_month:
            start = max(start, Month.of(award.end_month) + 1)
    return start.first_day


def take_back(case: Case, *, on: date) -> None:
    """Ends the award that a case opened, or gives the award it changed its former amount back; nothing where none runs."""
    award = Award.objects.filter(pk=case.award_id or 0).first()
    if award is None or award.state == State.ENDED:
        return
    last = max(Month.of(on), Month.of(award.start_month) + (-1))
    note = f"办件 {case.number} 复核后改为不予"
    opened = AwardEvent.objects.filter(award=award, action=Action.GRANT, detail__case_id=case.pk).exists()
    changed = AwardEvent.objects.filter(award=award, action=Action.ADJUST, note=f"办件 {case.number}").last()
    before = changed.detail.get("previous_fen") if changed is not None and not opened else None
    if before:
        awards.adjust(
            award=award, from_month=last + 1, monthly_fen=before, reason="decided", on=on, note=note
        )
    else:
        awards.end(award=award, last_month=last, reason="decided", on=on, note=note)


def _awards_of(case: Case, benefit: str) -> list[Award]:
    by_household = benefit_by_code(benefit)[1].unit == "household"
    holder = {"household_id": case.household_id} if by_household else {"person_id": case.person_id}
    return list(Award.objects.filter(benefit=benefit, **holder).order_by("id"))
