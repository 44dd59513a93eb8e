"""Readings for the queue: which cases an office has, in which of them the acting post is next, one page at a time.

Rows come by deadline and number and a page begins after the last row of the one before, so that page 400 costs what page
1 costs. Counts read at most `COUNTED` open cases of the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from minzheng.kernel.access import Actor, scope_of
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases.models import Case, Decision, Publication
from minzheng.kernel.cases.states import IN_HAND, State
from minzheng.kernel.items import load_items

PAGE = 25
COUNTED = 2000
EXPORTED = 5000
SOON = timedelta(days=7)
#: Tab → the states that it shows; the others need more than a state.
TAB_STATES: dict[str, tuple[str, ...]] = {
    "accept": (State.SUBMITTED,),
    "confirm": (State.PROPOSED,),
    "correcting": (State.CORRECTING,),
    "passed": (State.PASSED_ON,),
}
TABS = ("mine", "accept", "confirm", "correcting", "passed", "late", "all")
#: The states in which a case may wait for a step of a kind.
_WAITS: dict[str, tuple[str, ...]] = {
    "check": (State.ACCEPTED, State.CHECKING),
    "examine": (State.ACCEPTED, State.EXAMINED),
    "publicise": (State.EXAMINED,),
    "decide": (State.ACCEPTED, State.EXAMINED, State.PROPOSED),
    "pass_on": (State.PASSED_ON,),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the acting post stands: the range of codes of its subtree; a street's is one code, which an index serves."""

    code: str

    def within(self, column: str) -> Q:
        if len(self.code) >= 9:
            return Q(**{column: self.code[:9]})
        low, high = scope_of(self.code)
        return Q(**{f"{column}__gte": low, f"{column}__lt": high})

    @property
    def taken(self) -> Q:
        return self.within("accepting_division")

    @property
    def decided(self) -> Q:
        return self.within("deciding_division")


@lru_cache(maxsize=32)
def steps_of_role(role: str, _items: int) -> dict[str, frozenset[str]]:
    """Kind of step → the items whose routes give that step to a role, in any version."""
    found: dict[str, set[str]] = {}
    for code, versions in load_items().versions.items():
        for item in versions:
            for step in item.route:
                # At a centre its manager and the street's officer do what its clerk does.
                if step.role == role or (
                    step.role == "centre_clerk" and role in ("centre_manager", "street_officer")
                ):
                    found.setdefault(step.kind.value, set()).add(code)
    return {kind: frozenset(codes) for kind, codes in found.items()}


def _steps(actor: Actor) -> dict[str, frozenset[str]]:
    return steps_of_role(actor.role, id(load_items()))


def waiting_for(actor: Actor, on: date) -> Q:
    """Cases whose next step is the acting post's; a proposal of one's own waits for somebody else."""
    place, steps = Place(actor.division_code), _steps(actor)
    rule = Q(pk__in=[])
    if "accept" in steps:
        rule |= place.taken & Q(state=State.SUBMITTED, item__in=steps["accept"])
        # What a department gave back is passed on again by the office that took it in.
        rule |= place.taken & Q(state=State.ACCEPTED, step="pass_on", item__in=steps["accept"])
    for kind, states in _WAITS.items():
        if kind in steps:
            rule |= place.decided & Q(state__in=states, step=kind, item__in=steps[kind])
    if "publicise" in steps:
        rule |= place.decided & Q(state=State.PUBLICISED, item__in=steps["publicise"], due_on__lt=on)
    return rule


def proposed_by(actor: Actor) -> Exists:
    """The case's open proposal was made by the same official, in whichever post."""
    mine = Post.objects.filter(official_id=actor.official).values("pk")
    return Exists(
        Decision.objects.filter(
            case_id=OuterRef("pk"), is_in_force=False, second_on=None, by_post_id__in=mine
        )
    )


def of_tab(actor: Actor, tab: str, on: date) -> QuerySet[Case]:
    """The open cases of one tab."""
    place = Place(actor.division_code)
    rows = Case.objects.defer("answers")
    both = place.taken | place.decided
    if tab == "mine":
        return rows.filter(waiting_for(actor, on), state__in=IN_HAND).exclude(
            Q(state=State.PROPOSED) & proposed_by(actor)
        )
    if tab == "accept":
        return rows.filter(place.taken, state=State.SUBMITTED)
    if tab == "confirm":
        return rows.filter(place.decided, state=State.PROPOSED)
    if tab == "late":
        return rows.filter(both, state__in=IN_HAND, due_on__lt=on)
    return rows.filter(both, state__in=TAB_STATES.get(tab, IN_HAND))


def narrowed(rows: QuerySet[Case], *, item: str = "", group: str = "", channel: str = "", due: str = "",
             place: str = "", on: date) -> QuerySet[Case]:  # fmt: skip
    """The rows that the filters leave."""
    if item:
        rows = rows.filter(item=item)
    if group:
        codes = [one.code for one in load_items().latest.values() if one.group == group]
        rows = rows.filter(item__in=codes)
    if channel:
        rows = rows.filter(channel=channel)
    if due == "overdue":
        rows = rows.filter(due_on__lt=on)
    elif due == "soon":
        rows = rows.filter(due_on__gte=on, due_on__lte=on + SOON)
    elif due == "none":
        rows = rows.filter(due_on=None)
    if place:
        low, high = scope_of(place)
        rows = rows.filter(deciding_division__gte=low, deciding_division__lt=high)
    return rows


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of the queue: the row after which a page begins."""

    due_on: date | None
    pk: int

    def __str__(self) -> str:
        return f"{self.due_on.isoformat() if self.due_on else '-'}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """The mark in an address; None where it is none."""
        due, _sign, number = text.partition("_")
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            return None
        try:
            return cls(None if due == "-" else date.fromisoformat(due), int(number))
        except ValueError:
            return None


def page_after(rows: QuerySet[Case], mark: Mark | None, size: int) -> list[Case]:
    """At most `size` rows after a mark, by deadline and number; those without a deadline come last.

    Two bounded readings in the order of the index stand in for one whose condition no index could follow.
    """
    found: list[Case] = []
    if mark is None or mark.due_on is not None:
        dated = rows.filter(due_on__isnull=False)
        if mark is not None:
            dated = dated.filter(due_on__gte=mark.due_on).exclude(due_on=mark.due_on, pk__lte=mark.pk)
        found = list(dated.order_by("due_on", "pk")[:size])
    if len(found) < size:
        undated = rows.filter(due_on=None)
        if mark is not None and mark.due_on is None:
            undated = undated.filter(pk__gt=mark.pk)
        found += list(undated.order_by("pk")[: size - len(found)])
    return found


def counts(actor: Actor, on: date) -> tuple[dict[str, int], bool]:
    """How many open cases each tab holds, and whether the place has more than are counted; one query, or two."""
    place, steps = Place(actor.division_code), _steps(actor)
    low, high = scope_of(actor.division_code)
    rows = list(
        Case.objects.filter(place.taken | place.decided, state__in=IN_HAND)
        .order_by()
        .values_list("pk", "state", "step", "item", "due_on", "accepting_division", "deciding_division")[
            :COUNTED
        ]
    )
    own = _own_proposals(actor, [row[0] for row in rows if row[1] == State.PROPOSED])
    told: Counter[str] = Counter()
    for pk, state, step, item, due_on, accepting, deciding in rows:
        taken, decided = low <= accepting < high, low <= deciding < high
        told["all"] += 1
        told["late"] += due_on is not None and due_on < on
        told["accept"] += taken and state == State.SUBMITTED
        told["confirm"] += decided and state == State.PROPOSED
        told["correcting"] += state == State.CORRECTING
        told["passed"] += state == State.PASSED_ON
        if state == State.SUBMITTED or (state == State.ACCEPTED and step == "pass_on"):
            told["mine"] += taken and item in steps.get("accept", ())
        elif state == State.PUBLICISED:
            told["mine"] += decided and item in steps.get("publicise", ()) and bool(due_on and due_on < on)
        elif state in _WAITS.get(step, ()):
            told["mine"] += decided and item in steps.get(step, ()) and pk not in own
    return dict(told), len(rows) >= COUNTED


def _own_proposals(actor: Actor, ids: list[int]) -> set[int]:
    if not ids:
        return set()
    mine = Post.objects.filter(official_id=actor.official).values("pk")
    return set(
        Decision.objects.filter(
            case_id__in=ids, is_in_force=False, second_on=None, by_post_id__in=mine
        ).values_list("case_id", flat=True)
    )


def next_for(actor: Actor, on: date, after: Mark | None) -> Case | None:
    """The most urgent case that the acting post can move, past the one it has just seen; else the first of all."""
    rows = of_tab(actor, "mine", on)
    found = page_after(rows, after, 1)
    if not found and after is not None:
        found = [case for case in page_after(rows, None, 2) if case.pk != after.pk][:1]
    return found[0] if found else None


def my_cases_due(actor: Actor, on: date) -> dict[str, Any]:
    """What the home page says of cases: how many wait for this post, how many of them are late, the nearest deadline."""
    first = page_after(of_tab(actor, "mine", on), None, COUNTED)
    return {
        "count": len(first),
        "late": sum(case.due_on is not None and case.due_on < on for case in first),
        "due": first[0].due_on if first else None,
    }


def publications_over(actor: Actor, on: date) -> QuerySet[Publication]:
    """Publications whose days are over and against which nobody said anything; they may be ended together."""
    low, high = scope_of(actor.division_code)
    return (
        Publication.objects.filter(
            closed_on=None,
            until_on__lt=on,
            objections=[],
            case__state=State.PUBLICISED,
            case__deciding_division__gte=low,
            case__deciding_division__lt=high,
        )
        .select_related("case")
        .defer("case__answers")
        .order_by("until_on", "pk")
    )


def place_choices(actor: Actor, rows: Iterable[str]) -> list[str]:
    """The places below the post's own that occur, for the filter."""
    return sorted({code for code in rows if code and code != actor.division_code})
