"""Four weeks of casework in the synthetic city, lived through the acts that real users take (合成办件).

Residents come to counters and apply online, papers are fetched, something is missing, offices check, examine and decide,
other departments answer. Who comes, for what and when is drawn from a seed; what comes of it follows from the registers and
the law. Nothing here writes a table of casework by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.clocks import due_after, works
from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.items import items_on
from minzheng.kernel.items.model import Channel, Field, FieldType, Item, StepKind
from minzheng.kernel.outreach.models import Lead
from minzheng.kernel.people.actions import record_facts
from minzheng.kernel.people.fact_writing import FACT_SCHEMA
from minzheng.kernel.people.models import Membership, Person
from minzheng.simulation.identifiers import ACCOUNTS, RESERVED_AREAS, check_digit

#: The weeks before the demonstration's day: the last of the year.
FIRST, LAST = date(2022, 12, 1), date(2022, 12, 30)
SERVICE = "合成城市"
COUNTERS = (
    "310107014",
    "310104014",
    "310151101",
    "310115005",
    "310112101",
    "310110020",
    "310109009",
    "310106012",
)
"""Streets and towns whose counters the synthetic clients walk up to, besides their own."""

Watcher = Callable[[int, int], None]
_REASON = "材料核实，符合规定"
_WORDS = ("办理登记", "信息有变化", "家庭有困难，希望得到帮助", "因工作需要", "孩子上学需要")


@dataclass
class Told:
    """How many came, and where their cases stand now."""

    cases: int = 0
    refused_acts: int = 0
    by_state: dict[str, int] = field(default_factory=dict)


def live_casework(*, seed: int = 1, clients: int = 240, watch: Watcher | None = None) -> Told:
    """Lets so many clients come during the month; again changes nothing (每位合成申请人一个固定的表单号).

    Every client is drawn from a stream of their own, so that a run that was killed goes on as it would have gone.
    """
    told = Told()
    with acting_as_service(SERVICE, in_bulk=False):
        people = _people(random.Random(seed), clients)
    items = [item for item in items_on(LAST) if Channel.COUNTER in item.channels and not item.result.benefit]
    for number, person_id in enumerate(people):
        rng = random.Random(f"{seed} client {number}")
        item = _weighted(rng, items)
        came = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))
        with acting_as_service(SERVICE, in_bulk=False), transaction.atomic():
            told.refused_acts += _visit(rng, person_id, item, _workday(came), f"sim-{seed}-{number}")
        told.cases += 1
        if watch:
            watch(number + 1, clients)
    with acting_as_service(SERVICE, in_bulk=False):
        told.refused_acts += _allowances(seed)
        actions.nightly(on=LAST)
        refresh_totals()
        for state in Case.objects.values_list("state", flat=True):
            told.by_state[state] = told.by_state.get(state, 0) + 1
    return told


def _people(rng: random.Random, wanted: int) -> list[int]:
    """Adults of the city, drawn evenly over its people."""
    adults = Person.objects.filter(
        birth_date__lt=date(2004, 7, 1), death_date=None, merged_into=None, deregistered_on=None
    )
    ids = list(adults.order_by("pk").values_list("pk", flat=True)[:200_000])
    return rng.sample(ids, min(wanted, len(ids)))


def _weighted(rng: random.Random, items: Sequence[Item]) -> Item:
    """What people mostly come for is done on the spot; so are three in five of the clients' items."""
    quick = [item for item in items if item.is_on_the_spot]
    return rng.choice(quick if rng.random() < 0.6 else list(items))


def _workday(day: date) -> date:
    while not works(day):
        day += timedelta(days=1)
    return min(day, LAST)


def _later(day: date, workdays: int) -> date:
    return due_after(day, workdays, in_workdays=True)


def _visit(rng: random.Random, person_id: int, item: Item, on: date, key: str) -> int:
    """One client's visit and what the offices make of it up to the month's last day; 1 where an act was refused."""
    person = Person.objects.get(pk=person_id)
    own = person.division_code[:9] if len(person.division_code) >= 9 else COUNTERS[0]
    centre = own if not item.is_citywide or rng.random() < 0.7 else rng.choice(COUNTERS)
    online = Channel.ONLINE in item.channels and rng.random() < 0.35
    case = actions.open_draft(
        item=item.code,
        person=person,
        on=on,
        key=key,
        channel=Case.Channel.ONLINE if online else Case.Channel.COUNTER,
        accepting_division=centre,
    )
    goes_home = rng.random() < 0.04
    if case.state != "draft":
        return 0
    actions.save_answers(case=case, values=_answers(rng, item, case), on=on)
    if goes_home:
        return 0  # To fetch something; the draft waits.
    try:
        _through(rng, actions.submit(case=case, on=on), item, on)
    except CaseError:
        return 1
    return 0


def _through(rng: random.Random, case: Case, item: Item, on: date) -> None:
    incomplete = rng.random() < 0.12
    if not incomplete:
        _bring(case, on)
    day = on if case.channel == "counter" else _later(on, rng.randrange(1, 4))
    if day > LAST:
        return
    if missing_papers(case, item):
        actions.ask_correction(case=case.pk, on=day, note="")
        day = _later(day, rng.randrange(1, 9))
        if day > LAST or rng.random() < 0.2:
            return
        _bring(Case.objects.get(pk=case.pk), day)
        actions.resubmit(case=case.pk, on=day)
    case = Case.objects.get(pk=case.pk)
    if item.is_on_the_spot:
        actions.accept_and_decide(case=case, outcome="granted", reason=_REASON, on=day)
        return
    _decide(rng, actions.accept(case=case, on=day), item, day)


def _decide(rng: random.Random, case: Case, item: Item, day: date) -> None:
    """The steps after acceptance, each some working days after the one before, while the month lasts."""
    outcome = "granted" if rng.random() < 0.9 else "refused"
    reason = _REASON if outcome == "granted" else "经核实，不符合本事项的申请条件"
    for step in item.route[1:]:
        day = _later(day, max(1, min(rng.randrange(1, 9), step.days)))
        if day > LAST:
            return
        match step.kind:
            case StepKind.CHECK:
                actions.begin_check(case=case.pk, on=day)
                day = _later(day, rng.randrange(2, 6))
                if day > LAST:
                    return
                actions.end_check(case=case.pk, on=day, note="核对结果已反馈")
            case StepKind.EXAMINE:
                actions.examine(case=case.pk, on=day, opinion="情况属实，提请决定")
            case StepKind.PUBLICISE:
                made = actions.publicise(case=case.pk, on=day)
                day = _later(made.until_on, 1)
                if day > LAST:
                    return
                actions.close_publication(case=case.pk, on=day)
            case StepKind.PASS_ON:
                actions.answer(case=case.pk, outcome=outcome, reason=reason, on=day, result="已办理")
            case StepKind.DECIDE:
                actions.decide(case=case.pk, outcome=outcome, reason=reason, on=day)


def _bring(case: Case, on: date) -> None:
    for paper in missing_papers(case):
        actions.hand_in(case=case.pk, code=paper.code, on=on, note="窗口核验原件")


def _answers(rng: random.Random, item: Item, case: Case) -> dict[str, Any]:
    """What a client would write where the city does not know it."""
    told: dict[str, Any] = {}
    for one in item.fields:
        if one.name in case.answers or one.name in told:
            continue
        told[one.name] = _value(rng, one, case)
    return told


def _value(rng: random.Random, asked: Field, case: Case) -> Any:
    match asked.type:
        case FieldType.YES_NO:
            return rng.random() < 0.3
        case FieldType.CHOICE:
            return rng.choice(asked.choices)[0]
        case FieldType.NUMBER:
            return rng.randrange(1, 5)
        case FieldType.MONEY:
            return rng.randrange(0, 300_000)
        case FieldType.DATE:
            return (FIRST - timedelta(days=rng.randrange(10, 900))).isoformat()
        case FieldType.PHONE:
            return f"1380000{rng.randrange(10_000):04d}"
        case FieldType.PLACE:
            return case.person.division_code
        case FieldType.ACCOUNT:
            return f"{ACCOUNTS}{rng.randrange(10**12):012d}"
        case FieldType.IDENTIFIER:
            return _number(rng)
        case _:
            return rng.choice(_WORDS)


def _number(rng: random.Random) -> str:
    first = f"{RESERVED_AREAS[-1]}{rng.randrange(1950, 2020)}0101{rng.randrange(100, 999):03d}"
    return first + check_digit(first)


def _allowances(seed: int) -> int:
    """Households that the month's run found: they apply for the allowance, and get as far as the month lasts."""
    found = Lead.objects.filter(
        benefit="subsistence_allowance", kind__in=["qualifies", "may_qualify"], person__death_date=None
    )
    chosen = list(found.filter(kind="qualifies").order_by("pk")[:8]) + list(
        found.filter(kind="may_qualify").order_by("pk")[:16]
    )
    item = next(one for one in items_on(LAST) if one.code == "subsistence_allowance_apply")
    refused = 0
    for number, lead in enumerate(chosen):
        if lead.person_id is None:
            continue
        rng = random.Random(f"{seed} allowance {number}")
        on = _workday(FIRST + timedelta(days=rng.randrange(0, 12)))
        try:
            with transaction.atomic():
                refused += _visit(rng, lead.person_id, item, on, f"sim-{seed}-allowance-{number}")
        except CaseError:
            refused += 1
    return refused


def lost_job(person_id: int, *, on: date) -> None:
    """A synthetic life event: somebody's wage ends, and the household's assets have been checked as small."""
    home = Membership.objects.filter(person_id=person_id, during__upper_inf=True).values_list(
        "household_id", flat=True
    )
    household = home.first()
    start = on.replace(day=1)
    rows = [
        (person_id, None, "wage_fen", 30_000),
        (person_id, None, "employment", 2),
        (person_id, None, "pension_fen", 0),
    ]
    checked = [(None, household, kind, value) for kind, value in
               (("money_assets_fen", 200_000), ("homes", 1), ("non_residential_properties", 0), ("vehicles", 0))]  # fmt: skip
    for source, facts in (("人社", rows), ("核对", checked if household else [])):
        if facts:
            frame = [
                {"row": n, "person_id": p, "household_id": h, "kind": k, "int_value": v, "text_value": None,
                 "start": start, "end": None}
                for n, (p, h, k, v) in enumerate(facts, 1)
            ]  # fmt: skip
            record_facts(pl.DataFrame(frame, schema=FACT_SCHEMA), source=source, observed_on=on)


def somebody_of(division: str) -> int | None:
    """An adult of working age with hukou in a place who lives alone; None where the city has none."""
    alone = (
        Membership.objects.filter(
            during__upper_inf=True,
            person__hukou_division_code__startswith=division,
            person__hukou_is_local=True,
            person__death_date=None,
            person__birth_date__range=(date(1962, 8, 1), date(1995, 1, 1)),
        )
        .extra(where=["(SELECT count(*) FROM people_membership m WHERE m.household_id = people_membership.household_id AND upper_inf(m.during)) = 1"])
        .order_by("person_id")
    )  # fmt: skip
    return alone.values_list("person_id", flat=True).first()
