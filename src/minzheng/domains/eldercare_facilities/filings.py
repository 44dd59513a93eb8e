"""Filing with the district (备案): handed in by the home, approved or sent back by the district."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import Filing, FilingState
from minzheng.domains.eldercare_facilities.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods.workdays import add_workdays


def due_on(opened_on: date) -> date:
    """The last day for filing in time: so many working days after opening, the day itself not counted.

    Holidays of 2004 and later are known; before, every weekday counts as one.
    """
    return add_workdays(opened_on, int(rules_on(max(opened_on, date(2019, 1, 1))).filing_workdays))


@transaction.atomic
def file(*, facility: Facility, opened_on: date, papers: list[str], on: date) -> Filing:
    """Hands a filing in (提交备案); a late one is taken and marked.

    Raises:
        FacilityRefused: one waits or stands already, or it would be filed before opening.
    """
    require("facilities.edit")
    if on < opened_on:
        raise FacilityRefused(
            f"备案日期 {on} 早于收住老人之日 {opened_on}，开业后再备案 / filed on {on}, before the opening on {opened_on}"
        )
    if not papers:
        raise FacilityRefused("请列明提交的材料 / name the papers that are handed in")
    try:
        with transaction.atomic():
            made = Filing.objects.create(
                facility=facility,
                opened_on=opened_on,
                due_on=due_on(opened_on),
                filed_on=on,
                papers=papers,
            )
    except IntegrityError as fault:
        raise FacilityRefused(
            f"{facility.name} 已有待审核或已备案的记录，无须重复提交 / a filing waits or stands already"
        ) from fault
    _trace("facilities.file", made)
    return made


def approve(*, filing: Filing, number: str, on: date) -> Filing:
    """The district gives the filing its number (准予备案)."""
    if not number.strip():
        raise FacilityRefused("请填写备案回执号 / give the filing's number")
    return _decide(filing, FilingState.APPROVED, number, on)


def send_back(*, filing: Filing, why: str, on: date) -> Filing:
    """The district sends the filing back, saying everything that is missing at once (退回补正)."""
    if len(why.strip()) < 4:
        raise FacilityRefused("请一次性写明需补正的内容 / say what is missing, all of it at once")
    return _decide(filing, FilingState.RETURNED, why, on)


@transaction.atomic
def _decide(filing: Filing, state: str, words: str, on: date) -> Filing:
    actor = require("facilities.approve")
    found = Filing.objects.select_for_update(of=("self",)).filter(pk=filing.pk).first()
    if found is None:
        raise FacilityRefused("没有这条备案，或不在您的管理范围 / no such filing, or not in your charge")
    if found.state != FilingState.FILED:
        raise FacilityRefused("备案已审定，请刷新后查看 / the filing was decided already; reload the page")
    if on < found.filed_on:
        raise FacilityRefused(
            f"审定日期 {on} 早于提交日期 {found.filed_on} / decided on {on}, before it was filed on {found.filed_on}"
        )
    found.state, found.words, found.decided_on, found.decided_by = state, words.strip(), on, actor.label
    found.save(update_fields=["state", "words", "decided_on", "decided_by"])
    _trace("facilities.decide_filing", found, reason=words.strip())
    return found


def _trace(act: str, filing: Filing, *, reason: str = "") -> None:
    record(
        act,
        subject=f"filing:{filing.pk}",
        division_code=filing.division_code,
        reason=reason,
        detail={"facility": filing.facility_id, "state": filing.state, "filed_on": filing.filed_on},
    )
