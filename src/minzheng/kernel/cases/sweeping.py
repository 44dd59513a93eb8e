"""What the night does (每日巡检): warns before a deadline, escalates after it, lapses what nobody corrected, accepts by
silence, ends publications, hands cases on after a move, ends those whose beneficiary died. Done twice, nothing more happens.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.cases import clocks
from minzheng.kernel.cases.accepting import accept_by_silence, lapse
from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.closing import AT_MOST, close_what_runs, each
from minzheng.kernel.cases.drafting import clear_drafts
from minzheng.kernel.cases.economic_check import ask_again, expire_checks
from minzheng.kernel.cases.handling import close_publication, reroute
from minzheng.kernel.cases.models import Case, Clock, Publication
from minzheng.kernel.cases.moving import add_event, item_of, locked, move
from minzheng.kernel.cases.reviews import escalate_late_reviews
from minzheng.kernel.cases.states import IN_HAND, State
from minzheng.kernel.cases.taking_in import take_in_waiting
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import ResultKind


@transaction.atomic
def nightly(*, on: date) -> dict[str, int]:
    """All of the night's work for a day; returns how many of each. One failure does not keep the rest from being done."""
    require("cases.examine")
    told = {"taken_in": take_in_waiting(on=on), "asked_again": ask_again(on=on), "warned": _warn(on)}
    told["escalated"] = _escalate(on)
    silent = Clock.objects.filter(
        kind=Clock.Kind.ACCEPT, ended_on=None, due_on__lt=on, case__state=State.SUBMITTED
    )
    told["accepted_by_silence"] = each(
        silent.values_list("case_id", flat=True), lambda pk: accept_by_silence(case=pk, on=on)
    )
    late = Clock.objects.filter(
        kind=Clock.Kind.CORRECT, ended_on=None, due_on__lt=on, case__state=State.CORRECTING
    )
    told["lapsed"] = each(late.values_list("case_id", flat=True), lambda pk: lapse(case=pk, on=on))
    over = Publication.objects.filter(closed_on=None, until_on__lt=on, case__state=State.PUBLICISED)
    told["publications"] = each(
        over.values_list("case_id", flat=True), lambda pk: close_publication(case=pk, on=on)
    )
    told["expired_checks"] = expire_checks(on=on)
    told["rerouted"] = _follow_moves(on)
    told["ended"] = _end_after_death(on)
    told["drafts"] = clear_drafts(on=on)
    told["reviews_escalated"] = escalate_late_reviews(on=on)
    record("cases.nightly", detail={**told, "on": on.isoformat()})
    return told


def _warn(on: date) -> int:
    until = due_after(on, rule_at("warn_workdays", on), in_workdays=True)
    return Clock.objects.filter(ended_on=None, warned_on=None, due_on__gte=on, due_on__lte=until).update(
        warned_on=on
    )


def _escalate(on: date) -> int:
    """An overdue step is shown to the superior; once a clock."""
    count = 0
    for clock in clocks.running(on).filter(escalated_on=None).exclude(kind=Clock.Kind.CORRECT)[:AT_MOST]:
        clock.escalated_on = on
        clock.save(update_fields=["escalated_on"])
        add_event(
            clock.case,
            "escalate",
            on=on,
            note=f"{clock.get_kind_display()}时限 {clock.due_on} 已过",
            detail={"kind": clock.kind},
        )
        count += 1
    return count


def _follow_moves(on: date) -> int:
    """Open cases whose beneficiary's hukou or residence now asks for another place."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.id FROM cases_case c JOIN people_person p ON p.id = c.person_id
               WHERE c.state = ANY(%s) AND c.accepted_on IS NOT NULL
                 AND c.deciding_division <> left(p.hukou_division_code, length(c.deciding_division))
                 AND c.deciding_division <> left(p.division_code, length(c.deciding_division))
                 AND c.deciding_division <> c.accepting_division AND c.deciding_division <> '310000'
               ORDER BY c.id LIMIT %s""",
            [[state.value for state in IN_HAND], AT_MOST],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return each(ids, lambda pk: reroute(case=pk, on=on, reason="受益人户籍或居住地已迁移"))


def _end_after_death(on: date) -> int:
    """Cases about support for somebody who has died meanwhile end; what others inherit of them is decided by law elsewhere."""
    open_cases = Case.objects.filter(state__in=[*IN_HAND, State.DRAFT], person__death_date__isnull=False)
    return each(open_cases.values_list("pk", flat=True), lambda pk: _end_one(pk, on))


def _end_one(pk: int, on: date) -> bool:
    found = locked(pk)
    if item_of(found).result.kind is not ResultKind.AWARD:
        return False
    close_what_runs(found, on)
    state = State.ABANDONED if found.state == State.DRAFT else State.ENDED
    move(found, state, act="end", on=on, note="受益人已去世")
    return True
