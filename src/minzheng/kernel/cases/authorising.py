"""Authorisations of the economic check (核对授权): every adult of the household gives their own, and may take it back.

Nobody's circumstances are asked for without it. A member need not see the applicant's case: their row says what it is
for, and what follows for the case is done by a job that the same transaction puts into the queue.

Sources: 上海市居民经济状况核对办法（市政府令第14号）; 上海市社会救助条例 第三十四条、第三十五条.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from minzheng.kernel.access import RESIDENT, NotPermitted, require
from minzheng.kernel.audit import record
from minzheng.kernel.cases import handling
from minzheng.kernel.cases.closing import stop_checks
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import Authorisation, Case, Material
from minzheng.kernel.cases.moving import add_event, item_of, locked, who_acts
from minzheng.kernel.cases.states import IN_HAND, OPEN, State
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month

PAPER = "authorisation"
"""The code of the paper that these rows take the place of."""
MEANS = "means"


def is_means_tested(item: Item) -> bool:
    """Whether the item's route holds an economic check."""
    step = item.step(StepKind.CHECK)
    return step is not None and step.what == MEANS


@transaction.atomic
def ask_authorisations(
    *, case: Case | int, on: date, named: Iterable[Person | int] = ()
) -> list[Authorisation]:
    """Asks every adult of the household for their authorisation (提请授权); those asked before are not asked twice.

    Args:
        named: people who live with the beneficiary and whom the register does not know as members, told at a counter.

    Returns:
        everybody's row, the oldest first.

    Raises:
        CaseError: the item has no economic check.
        MoveRefused: the case has ended.
    """
    found = locked(case)
    item = item_of(found)
    if not is_means_tested(item):
        raise CaseError(f"“{item.name}”不作经济状况核对 / {item.name_en} has no economic check")
    if found.state not in OPEN:
        raise MoveRefused(f"办件 {found.number} 已办结 / case {found.number} is closed")
    asked = set(found.authorisations.values_list("person_id", flat=True))
    wanted = {person_id: (name, Authorisation.Origin.REGISTER) for person_id, name in adults_of(found, on)}
    for one in named:
        require("cases.help")
        person = one if isinstance(one, Person) else Person.objects.get(pk=one)
        wanted.setdefault(person.pk, (person.name, Authorisation.Origin.NAMED))
    fresh = [
        Authorisation(
            case=found,
            person_id=person_id,
            person_name=name,
            origin=origin,
            asked_on=on,
            purpose=f"办理“{item.name}”（申请人 {found.applicant_name}）时核对家庭经济状况",
        )
        for person_id, (name, origin) in wanted.items()
        if person_id not in asked
    ]
    # A resident must not read back what they insert for another member, so nothing is returned by the insert.
    for row in fresh:
        row.save(force_insert=True)
    if fresh:
        add_event(found, "ask_authorisations", on=on, detail={"people": len(fresh)})
    return list(found.authorisations.order_by("id"))


def adults_of(case: Case, on: date) -> list[tuple[int, str]]:
    """The beneficiary and every member of the household who is 18 or older on a day: (person, name)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, name FROM cases_household_adults(%s, %s)", [case.pk, on])
        return [(int(person_id), str(name)) for person_id, name in cursor.fetchall()]


@transaction.atomic
def give_authorisation(*, case: Case | int, person: Person | int, on: date, paper: str = "") -> Authorisation:
    """Gives one adult's authorisation: online by that adult, or signed at a counter (授权).

    Args:
        paper: what was signed, and by whom where a guardian signs; asked for at a counter.

    Raises:
        CaseError: nobody asked this person; at the counter nothing was signed.
        NotPermitted: a resident gives another's.
    """
    actor, row = who_acts(), _row(case, person)
    if actor.kind == RESIDENT:
        row.way = Authorisation.Way.ONLINE
    else:
        require("cases.help")
        if len(paper.strip()) < 4:
            raise CaseError("请写明签署的授权书（至少四个字） / name the authorisation that was signed")
        row.way, row.paper = Authorisation.Way.SIGNED, paper.strip()
    row.given_on, row.revoked_on = on, None
    row.valid_until = months_after(on, rule_at("authorisation_months", on))
    row.save(
        update_fields=["way", "given_on", "revoked_on", "valid_until", *(["paper"] if row.paper else [])]
    )
    _trace(row, "cases.authorise", {"way": row.way})
    _follow(row, on)
    return row


@transaction.atomic
def revoke_authorisation(*, case: Case | int, person: Person | int, on: date) -> Authorisation:
    """Takes an authorisation back (撤回授权): a check that runs stops, and the office is told.

    Raises:
        CaseError: there is none in force.
        NotPermitted: a resident takes another's back.
    """
    actor, row = who_acts(), _row(case, person)
    if actor.kind != RESIDENT:
        require("cases.help")
    if not in_force(row, on):
        raise CaseError(f"{row.person_name} 没有有效的授权 / there is no authorisation in force")
    row.revoked_on = on
    row.save(update_fields=["revoked_on"])
    _trace(row, "cases.revoke_authorisation", {})
    _follow(row, on)
    return row


def in_force(row: Authorisation, on: date) -> bool:
    """Whether an authorisation holds on a day; its last day counts, the day on which it was taken back does not."""
    return (
        row.given_on is not None
        and row.given_on <= on
        and (row.revoked_on is None or row.revoked_on > on)
        and (row.valid_until is None or on <= row.valid_until)
    )


def unauthorised(case: Case, on: date) -> list[str]:
    """The names of those whose authorisation is missing on a day; the economic check waits for them.

    Members who came since are named too; one who left the household is not waited for any more.
    """
    rows = {row.person_id: row for row in Authorisation.objects.filter(case=case)}
    now = dict(adults_of(case, on))
    for person_id, row in rows.items():
        if row.origin == Authorisation.Origin.NAMED:
            now.setdefault(person_id, row.person_name)
    return [
        name for person_id, name in now.items() if person_id not in rows or not in_force(rows[person_id], on)
    ]


def authorised_people(case: Case, on: date) -> list[tuple[int, str]]:
    """Those whose circumstances may be asked for on a day: (person, name)."""
    rows = Authorisation.objects.filter(case=case).order_by("person_id")
    return [(row.person_id, row.person_name) for row in rows if in_force(row, on)]


def asked_of_me(on: date) -> list[Authorisation]:
    """What the acting resident was asked to authorise and has not answered, and what is in force (我的授权)."""
    actor = who_acts()
    rows = Authorisation.objects.filter(person_id=actor.person_id or 0).order_by("-asked_on", "-id")[:100]
    return [row for row in rows if row.given_on is None or in_force(row, on)]


@transaction.atomic
def authorisations_changed(*, case: Case | int, on: date) -> Case:
    """What follows for the case once somebody gave or took back an authorisation; done twice, it changes nothing.

    With everybody's the paper counts as handed in. Without, it is wanted again, and a check that runs is stopped.
    """
    found = locked(case)
    if found.state not in OPEN:
        return found
    missing = unauthorised(found, on)
    paper = Material.objects.filter(case=found, code=PAPER).first()
    if not missing:
        if paper is None or paper.state not in (Material.State.SUBMITTED, Material.State.PROMISED):
            paper = paper or Material(case=found, code=PAPER)
            paper.state, paper.note, paper.on = Material.State.SUBMITTED, "全体成年家庭成员已逐一授权", on
            paper.save()
            add_event(found, "authorised", on=on)
        return found
    taken_back = Authorisation.objects.filter(case=found).exclude(revoked_on=None).exists()
    if taken_back and paper is not None and paper.state == Material.State.SUBMITTED:
        paper.state, paper.note, paper.on = Material.State.REJECTED, f"授权已撤回：{'、'.join(missing)}", on
        paper.save()
        add_event(found, "authorisation_revoked", on=on, note=paper.note)
    if found.state == State.CHECKING and stop_checks(found, on, why="授权已撤回"):
        handling.stop_check(case=found, on=on, note="授权已撤回，停止核对")
    return found


def _row(case: Case | int, person: Person | int) -> Authorisation:
    case_id = case if isinstance(case, int) else case.pk
    person_id = person if isinstance(person, int) else person.pk
    actor = who_acts()
    if actor.kind == RESIDENT and actor.person_id != person_id:
        raise NotPermitted(
            "授权只能由本人给予或撤回 / each adult gives and takes back their own authorisation"
        )
    row = Authorisation.objects.select_for_update().filter(case_id=case_id, person_id=person_id).first()
    if row is None:
        raise CaseNotFound(
            f"办件 {case_id} 未请此人授权 / this person was not asked for an authorisation in the case"
        )
    return row


def _follow(row: Authorisation, on: date) -> None:
    """Whoever handles the case sees what follows at once; a member leaves it to the platform."""
    from minzheng.kernel.cases.tasks import authorisations_job

    handles = who_acts().kind != RESIDENT and Case.objects.filter(
        pk=row.case_id, state__in=[*IN_HAND, State.DRAFT]
    )
    if handles and handles.select_for_update().exists():
        authorisations_changed(case=row.case_id, on=on)
    else:
        authorisations_job.defer(case_id=row.case_id, on=on.isoformat())


def _trace(row: Authorisation, act: str, detail: dict[str, str]) -> None:
    record(act, subject=f"case:{row.case_id}", detail=detail, person_id=row.person_id)


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    >>> months_after(date(2022, 8, 31), 6), months_after(date(2022, 9, 26), 12)
    (datetime.date(2023, 2, 28), datetime.date(2023, 9, 26))
    """
    later = Month.of(on) + months
    return later.first_day.replace(day=min(on.day, later.last_day.day))
