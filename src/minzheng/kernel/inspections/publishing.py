"""What everybody may read, and when it is taken down (公示)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Penalty, Publication, Visit
from minzheng.kernel.inspections.states import PenaltyState, VisitState
from minzheng.kernel.inspections.working_rules import working_rules
from minzheng.kernel.periods import Month


@transaction.atomic
def publish(
    *, kind: str, subject: str, facility: Facility, title: str, detail: dict[str, Any], on: date, until: date | None = None
) -> Publication:  # fmt: skip
    """Puts one result before the public; publishing the same again gives the one that stands (公示).

    `detail` names no person. Permission: `inspections.publish`.
    """
    require("inspections.publish")
    actor = current_actor()
    standing = Publication.objects.filter(subject=subject, withdrawn_on=None).first()
    if standing is not None:
        return standing
    made = Publication.objects.create(
        kind=kind, subject=subject, facility=facility, division_code=facility.division_code, title=title, detail=detail,
        published_on=on, published_by=actor.division_code if actor else "", until=until,
    )  # fmt: skip
    record("inspections.publish", subject=subject, division_code=facility.division_code, detail={"on": on})
    return made


def publish_visit(*, visit: Visit, on: date) -> Publication:
    """The result of a finished visit by area: clauses met and not met, and how many faults are closed.

    Raises:
        NotPermitted, InspectionRefused: it is not finished.
    """
    if visit.state != VisitState.DONE:
        raise InspectionRefused("检查完成后方可公示 / only a finished visit is published")
    rows = list(visit.results.order_by("id").values("area", "met", "not_met", "not_applicable"))
    detail = {"areas": rows, "done_on": visit.done_on.isoformat() if visit.done_on else ""}
    return publish(
        kind="visit", subject=f"visit:{visit.pk}", facility=visit.facility, title=visit.title, detail=detail, on=on
    )  # fmt: skip


def publish_penalty(*, penalty: Penalty, on: date) -> Publication:
    """A decided penalty with article and amount (处罚公示), for as long as the working rules say.

    Raises:
        NotPermitted, InspectionRefused: it is not decided, or was dropped.
    """
    if penalty.state != PenaltyState.DECIDED:
        raise InspectionRefused("作出处罚决定后方可公示 / a penalty is published after the decision")
    months = int(working_rules().at(Month.of(on)).publish_months)
    detail = {
        "kind": penalty.kind, "amount_fen": penalty.amount_fen, "statute": penalty.statute,
        "decided_on": penalty.decided_on.isoformat() if penalty.decided_on else "",
    }  # fmt: skip
    return publish(
        kind="penalty", subject=f"penalty:{penalty.pk}", facility=penalty.facility, title=penalty.finding.clause_text,
        detail=detail, on=on, until=month_later(on, months),
    )  # fmt: skip


def month_later(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    month = Month.of(day) + months
    return min(month.last_day, month.first_day.replace(day=min(day.day, month.last_day.day)))


def may_be_withdrawn(publication: Publication, *, on: date) -> tuple[bool, str]:
    """Whether a penalty's publication may be taken down by the rule, and why or why not (信用修复后撤下)."""
    if publication.kind != "penalty":
        return False, "只有处罚公示适用撤下规则 / the rule is about penalties"
    penalty = Penalty.objects.select_related("finding").get(pk=int(publication.subject.split(":")[1]))
    if penalty.finding.state != "closed":
        return False, "问题尚未复查合格 / the fault is not closed by a re-check"
    rules = working_rules().at(Month.of(on))
    earliest = month_later(publication.published_on, int(rules.repair_months))
    if on < earliest:
        return False, f"公示未满最短期限，至 {earliest} / it stays until {earliest} at least"
    return True, "问题已复查合格且公示满最短期限 / closed by a re-check and public for the shortest time"


@transaction.atomic
def withdraw(*, publication: Publication, on: date) -> Publication:
    """Takes a penalty's publication down by the rule (撤下公示); that it stood stays in the record.

    Raises:
        NotPermitted, InspectionRefused: the rule does not allow it yet.
    """
    require("inspections.publish")
    found = Publication.objects.select_for_update().get(pk=publication.pk)
    if found.withdrawn_on is not None:
        return found
    is_allowed, why = may_be_withdrawn(found, on=on)
    if not is_allowed:
        raise InspectionRefused(why)
    return take_down(publication=found, because=why.split(" / ")[0], on=on)


def take_down(*, publication: Publication, because: str, on: date) -> Publication:
    """Takes down what a later result replaces; domains call it with the reason of their own rule."""
    require("inspections.publish")
    publication.withdrawn_on, publication.withdrawn_because = on, because
    publication.save(update_fields=["withdrawn_on", "withdrawn_because"])
    record(
        "inspections.withdraw", subject=publication.subject, division_code=publication.division_code, detail={"on": on}
    )  # fmt: skip
    return publication
