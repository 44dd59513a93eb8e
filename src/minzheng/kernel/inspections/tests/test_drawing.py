"""The draw: the same whatever the order of the list, each target its visits, and nobody who must not go."""

from __future__ import annotations

import copy
import random
from collections import Counter
from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.inspections.drawing import digest, draw, draw_file, verify

RULE = [
    {"risk": "A", "share": 50, "visits": 1},
    {"risk": "B", "share": 100, "visits": 1},
    {"risk": "C", "share": 100, "visits": 3},
]
PLACES = ("310107014", "310104014")


def frozen(risks: list[str], *, conflicts: tuple[int, ...] = ()) -> dict:
    targets = [
        {"subject": f"EH-{n:04}", "name": "", "place": PLACES[n % 2], "risk": risk, "reason": ""}
        for n, risk in enumerate(risks)
    ]
    return {
        "plan": "试", "first_day": "2022-01-01", "last_day": "2022-12-31", "departments": ["civil_affairs", "fire"],
        "rule": RULE, "targets": targets,
        "inspectors": [
            {"code": f"{department}-{n}", "department": department, "place": "310107" if n < 3 else "31"}
            for department in ("civil_affairs", "fire") for n in range(6)
        ],
        "conflicts": [[f"EH-{n:04}", "fire-3"] for n in conflicts if n < len(risks)],
        "last": {f"EH-{n:04}": {"fire": "fire-4"} for n in range(0, len(risks), 3)},
    }  # fmt: skip


LISTS = st.lists(st.sampled_from("ABC"), min_size=1, max_size=25)


@settings(max_examples=40)
@given(risks=LISTS, seed=st.text("0123456789abcdef", min_size=8, max_size=8), shuffle=st.integers(0, 1000))
def test_the_order_in_which_the_lists_were_written_moves_nothing(risks, seed, shuffle) -> None:
    told = frozen(risks)
    mixed = copy.deepcopy(told)
    for key in ("targets", "inspectors", "departments", "conflicts"):
        random.Random(shuffle).shuffle(mixed[key])
    assert [(d.subject, d.round, d.due_from, d.inspectors) for d in draw(told, seed)] == [
        (d.subject, d.round, d.due_from, d.inspectors) for d in draw(mixed, seed)
    ]


@settings(max_examples=40)
@given(risks=LISTS, seed=st.text("0123456789abcdef", min_size=8, max_size=8))
def test_every_frozen_target_gets_exactly_its_visits(risks, seed) -> None:
    told = frozen(risks)
    counted = Counter(one.subject for one in draw(told, seed))
    for row in RULE:
        of_class = [one["subject"] for one in told["targets"] if one["risk"] == row["risk"]]
        drawn = [subject for subject in of_class if subject in counted]
        assert len(drawn) == -(-len(of_class) * row["share"] // 100)
        assert all(counted[subject] == row["visits"] for subject in drawn)


@settings(max_examples=40)
@given(
    risks=LISTS, seed=st.text("0123456789abcdef", min_size=8, max_size=8), barred=st.sets(st.integers(0, 24))
)
def test_nobody_goes_who_has_a_conflict_went_last_or_does_not_cover_the_place(risks, seed, barred) -> None:
    told = frozen(risks, conflicts=tuple(barred))
    conflicts = {tuple(pair) for pair in told["conflicts"]}
    places = {one["subject"]: one["place"] for one in told["targets"]}
    covers = {one["code"]: one["place"] for one in told["inspectors"]}
    by_subject: dict[str, list] = {}
    for one in draw(told, seed):
        by_subject.setdefault(one.subject, []).append(one)
    for subject, visits in by_subject.items():
        before = told["last"].get(subject, {})
        assert all(visits[0].inspectors[d] != code for d, code in before.items())
        for one in visits:
            assert set(one.inspectors) | set(one.gaps) == {"civil_affairs", "fire"}
            assert all((subject, code) not in conflicts for code in one.inspectors.values())
            assert all(places[subject].startswith(covers[code]) for code in one.inspectors.values())
        for earlier, later in pairwise(visits):
            assert all(
                earlier.inspectors[d] != code
                for d, code in later.inspectors.items()
                if d in earlier.inspectors
            )
            assert earlier.due_to < later.due_from


@settings(max_examples=30)
@given(risks=LISTS, seed=st.text("0123456789abcdef", min_size=8, max_size=8))
def test_one_facility_more_leaves_the_order_of_the_others(risks, seed) -> None:
    told, more = frozen(["B"] * len(risks)), frozen(["B"] * (len(risks) + 1))
    new = f"EH-{len(risks):04}"
    assert [d.subject for d in draw(told, seed)] == [d.subject for d in draw(more, seed) if d.subject != new]


def test_the_order_is_that_of_the_digests_which_anybody_computes_by_hand() -> None:
    drawn = draw(frozen(["B"] * 6), "seed")
    assert [one.digest for one in drawn] == sorted(one.digest for one in drawn)
    assert all(one.digest == digest("seed", one.subject) for one in drawn)


def test_windows_are_months_of_the_period_cut_at_its_ends() -> None:
    told = frozen(["B"] * 12) | {"first_day": "2022-03-10", "last_day": "2022-05-20"}
    windows = [(one.due_from, one.due_to) for one in draw(told, "s")]
    assert windows[0] == ("2022-03-10", "2022-03-31") and windows[-1] == ("2022-05-01", "2022-05-20")
    assert {date.fromisoformat(first).month for first, _ in windows} == {3, 4, 5}


def test_a_published_file_is_verified_and_every_kind_of_tampering_is_named() -> None:
    file = draw_file(title="试", frozen=frozen(list("AABBCC")), seed="seed")
    assert verify(file) == []
    assert "种子" in verify(file | {"seed": "other"})[0]
    assert "名单" in verify(file | {"frozen": file["frozen"] | {"plan": "别的"}})[0]
    moved = copy.deepcopy(file)
    moved["result"][0]["inspectors"]["fire"] = "fire-5-x"
    assert moved["result"][0]["subject"] in verify(moved)[0]
    assert verify(file | {"result": file["result"] * 2})
    assert "缺少" in verify({"seed": "s"})[0]
    assert "种子" in verify(file, seed_sha256=digest("another"))[0]
