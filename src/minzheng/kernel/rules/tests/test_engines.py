"""Every engine says of every household what the single evaluator says, whatever the law's graph."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.periods import Month
from minzheng.kernel.rules import (
    ENGINES,
    Graph,
    HouseholdInputs,
    Law,
    LawBenefit,
    LawError,
    Node,
    SnapshotDamaged,
    evaluate_frames,
    evaluate_household,
    evaluate_part,
)
from minzheng.kernel.rules.cases import frames_of
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL, INT

JULY = Month(2022, 7)
PEOPLE_COLUMNS = ("wage_fen", "pension_fen", "work_injury_care_fen", "disability_grade")
NUMBERS = st.integers(-(10**9), 10**9) | st.integers(-5, 5)


def law_paying(graph: Graph, nodes: list[int]) -> Law:
    """A law that pays everybody what each node says; what is not a number is paid as 1 or 0."""
    sure, one, zero = graph.constant(2), graph.constant(1), graph.constant(0)
    benefits = {}
    for at in nodes:
        node = graph.nodes[at]
        unit = node.entity or PERSON
        net = at if node.dtype == INT else graph.apply("where", at, one, zero, dtype=INT, entity=node.entity)
        code = f"node_{at}"
        benefits[code] = LawBenefit("made_up", code, code, code, unit, (), sure, net, sure, net, "")
    return Law(JULY, graph, {}, benefits, {})


def inputs(graph: Graph) -> tuple[list[int], list[int]]:
    """Nodes that read: numbers, and yes or no; of people with and without a value where nobody told us."""
    numbers = [graph.add(Node("input_or", PERSON, INT, (), n, name)) for n, name in enumerate(PEOPLE_COLUMNS)]
    flags = [
        graph.add(Node("input", PERSON, BOOL, (), False, "hukou_is_local")),
        graph.add(Node("input", PERSON, BOOL, (), True, "is_alive")),
        graph.add(Node("known", PERSON, BOOL, (), None, "wage_fen")),
        graph.add(Node("known", PERSON, BOOL, (), None, "hukou_is_local")),
    ]
    return numbers, flags


def everything_alike(law: Law, batch: list[HouseholdInputs]) -> None:
    expected = [
        (f.programme, f.benefit, f.household_id, f.person_id, f.status, f.amount_fen)
        for household in batch
        for f in evaluate_household(law, household).findings()
    ]
    frames = frames_of(batch)
    for engine in ENGINES:
        found = evaluate_frames(law, *frames, engine=engine)
        assert sorted(found.rows(), key=str) == sorted(expected, key=str), engine


@st.composite
def batches(draw: Any) -> list[HouseholdInputs]:
    def row(columns: tuple[str, ...]) -> dict[str, Any]:
        return {name: draw(st.none() | NUMBERS) for name in columns}

    batch = []
    for home in range(1, draw(st.integers(1, 6)) + 1):
        people = [
            {
                "person_id": home * 100 + n,
                "household_id": home,
                **row(PEOPLE_COLUMNS[:-1]),
                "disability_grade": draw(st.none() | st.integers(-4, 4)),
                "hukou_is_local": draw(st.none() | st.booleans()),
                "is_alive": draw(st.none() | st.booleans()),
            }
            for n in range(draw(st.integers(1, 4)))
        ]
        batch.append(
            HouseholdInputs({"household_id": home, "money_assets_fen": draw(st.none() | NUMBERS)}, people)
        )
    return batch


def every_operation() -> Law:
    graph = Graph()
    (a, b, c, small), flags = inputs(graph)
    made = [*flags, a, b, c, small]
    for op in ("add", "sub", "most", "least"):
        made.append(graph.apply(op, a, b, dtype=INT, entity=PERSON))
    for op in ("lt", "le", "gt", "ge", "eq", "ne"):
        made.append(graph.apply(op, small, graph.constant(1), dtype=BOOL, entity=PERSON))
    for op in ("and", "or"):
        made.append(graph.apply(op, flags[0], flags[2], dtype=BOOL, entity=PERSON))
    made.append(graph.apply("not", flags[1], dtype=BOOL, entity=PERSON))
    made.append(graph.apply("neg", a, dtype=INT, entity=PERSON))
    made.append(graph.apply("mul", a, small, dtype=INT, entity=PERSON))
    made.append(graph.apply("where", flags[0], a, graph.constant(7), dtype=INT, entity=PERSON))
    for op in ("floor_div", "floor_mod"):
        for divisor in (12, -7, 1, -1):
            made.append(graph.apply(op, a, graph.constant(divisor), dtype=INT, entity=PERSON))
        made.append(graph.apply(op, a, small, dtype=INT, entity=PERSON, value=-3))
        made.append(graph.apply(op, graph.constant(100), small, dtype=INT, entity=PERSON, value=0))
    made.append(graph.apply("one_of", small, dtype=BOOL, entity=PERSON, value=(-1, 2, 4)))
    made.append(
        graph.apply("bands", small, dtype=INT, entity=PERSON, value=(((-2, 10), (0, 20), (3, -5)), -99))
    )
    return law_paying(graph, made)


EVERY_OPERATION = every_operation()


@settings(max_examples=25, deadline=None)
@given(batch=batches())
def test_every_operation_means_the_same_to_every_engine_below_zero_at_zero_and_unknown(
    batch: list[HouseholdInputs],
) -> None:
    everything_alike(EVERY_OPERATION, batch)


@st.composite
def laws(draw: Any) -> Law:
    """A random graph that goes to and fro between people and their household."""
    graph = Graph()
    numbers, flags = inputs(graph)
    assets = graph.add(Node("input_or", HOUSEHOLD, INT, (), 0, "money_assets_fen"))
    low, high = graph.constant(-(10**9)), graph.constant(10**9)
    ints = {PERSON: [*numbers, graph.constant(3)], HOUSEHOLD: [assets, graph.constant(-2)]}
    yes = {
        PERSON: list(flags),
        HOUSEHOLD: [graph.add(Node("known", HOUSEHOLD, BOOL, (), None, "money_assets_fen"))],
    }

    def one(where: list[int]) -> int:
        return int(draw(st.sampled_from(where)))

    def within(at: int, entity: str) -> int:
        """Kept small, so that no product of products leaves 64 bits."""
        at = graph.apply("most", at, low, dtype=INT, entity=entity)
        return graph.apply("least", at, high, dtype=INT, entity=entity)

    for _ in range(draw(st.integers(4, 24))):
        entity = draw(st.sampled_from([PERSON, HOUSEHOLD]))
        ops = [
            "add",
            "sub",
            "mul",
            "floor_div",
            "floor_mod",
            "where",
            "lt",
            "eq",
            "and",
            "not",
            "cross",
            "most",
        ]
        op = draw(st.sampled_from(ops))
        if op == "cross" and entity == HOUSEHOLD:
            total = graph.add(Node("sum", HOUSEHOLD, INT, (one(ints[PERSON]),)))
            ints[HOUSEHOLD].append(within(total, HOUSEHOLD))
            kind = draw(st.sampled_from(["any", "all"]))
            yes[HOUSEHOLD].append(graph.add(Node(kind, HOUSEHOLD, BOOL, (one(yes[PERSON]),))))
        elif op == "cross":
            seen = one([n for n in ints[HOUSEHOLD] if not graph.is_constant(n)])
            ints[PERSON].append(graph.add(Node("project", PERSON, INT, (seen,))))
            yes[PERSON].append(graph.add(Node("project", PERSON, BOOL, (one(yes[HOUSEHOLD]),))))
        elif op in ("lt", "eq"):
            at = graph.apply(op, one(ints[entity]), one(ints[entity]), dtype=BOOL, entity=entity)
            if not graph.is_constant(at):
                yes[entity].append(at)
        elif op in ("and", "not"):
            args = [one(yes[entity]) for _ in range(2 if op == "and" else 1)]
            yes[entity].append(graph.apply(op, *args, dtype=BOOL, entity=entity))
        else:
            args = [one(ints[entity]), one(ints[entity])]
            value = draw(st.integers(-3, 3)) if op.startswith("floor") else None
            if op == "where":
                args = [one(yes[entity]), *args]
            ints[entity].append(within(graph.apply(op, *args, dtype=INT, entity=entity, value=value), entity))
    paid = [*ints[PERSON][-3:], *yes[PERSON][-2:], *ints[HOUSEHOLD][-3:], *yes[HOUSEHOLD][-2:]]
    return law_paying(graph, sorted({n for n in paid if not graph.is_constant(n)}))


@settings(max_examples=15, deadline=None)
@given(law=laws(), batch=batches())
def test_a_random_law_gives_the_same_findings_by_every_engine(law: Law, batch: list[HouseholdInputs]) -> None:
    everything_alike(law, batch)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_gives_each_benefit_s_roll_with_its_totals(engine: str) -> None:
    graph = Graph()
    wage = graph.add(Node("input_or", PERSON, INT, (), 0, "wage_fen"))
    home = graph.add(Node("sum", HOUSEHOLD, INT, (wage,)))
    law = law_paying(graph, [wage, home])
    people = [{"person_id": n, "household_id": 1 + n // 3, "wage_fen": n} for n in range(1, 6)]
    batch = [
        HouseholdInputs({"household_id": h}, [p for p in people if p["household_id"] == h]) for h in (1, 2)
    ]
    persons, homes = frames_of(batch)
    by_person, by_home = evaluate_part(law, persons, homes, engine)
    assert (by_person.eligible, by_person.may_qualify, by_person.amount_fen) == (5, 0, 15)
    assert by_home.frame.rows() == [(1, None, 2, 1 + 2), (2, None, 2, 3 + 4 + 5)]
    # The second half of a frame is a view into it: rows, bits and all are read from where they begin.
    later, _ = evaluate_part(law, persons.slice(2), homes.slice(1), engine)
    assert later.frame["amount_fen"].to_list() == [3, 4, 5]
    empty = evaluate_part(law, persons.clear(), homes.clear(), engine)
    assert [r.frame.height for r in empty] == [0, 0]
    assert [r.frame.schema for r in empty] == [by_person.frame.schema] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_parts_that_do_not_fit_together_are_refused_and_so_is_an_engine_nobody_knows(engine: str) -> None:
    graph = Graph()
    law = law_paying(graph, [graph.add(Node("input_or", PERSON, INT, (), 0, "wage_fen"))])
    persons, homes = frames_of(
        [HouseholdInputs({"household_id": h}, [{"person_id": h, "household_id": h}]) for h in (1, 2, 3)]
    )
    for people, places in ((persons, homes.reverse()), (persons, homes.head(2)), (persons.head(2), homes)):
        with pytest.raises(SnapshotDamaged, match="differ"):
            evaluate_part(law, people, places, engine)
    with pytest.raises(SnapshotDamaged, match="lacks the column wage_fen"):
        evaluate_part(law, persons.drop("wage_fen"), homes, engine)
    with pytest.raises(LawError, match="no such engine"):
        evaluate_part(law, persons, homes, engine + "_of_another_kind")


def test_bits_are_read_from_where_a_view_begins() -> None:
    graph = Graph()
    _, flags = inputs(graph)
    law = law_paying(graph, flags)
    rows = [
        {"person_id": n, "household_id": n, "wage_fen": None if n % 3 else n, "hukou_is_local": (True, None, False)[n % 3],
         "is_alive": n % 2 == 0}
        for n in range(1, 40)
    ]  # fmt: skip
    persons, homes = frames_of([HouseholdInputs({"household_id": r["household_id"]}, [r]) for r in rows])
    for start in (0, 1, 5, 8, 13):
        expected = evaluate_frames(law, persons.slice(start), homes.slice(start), engine="polars")
        assert evaluate_frames(law, persons.slice(start), homes.slice(start), engine="kernel").equals(
            expected
        )
        assert isinstance(expected, pl.DataFrame) and expected.height == 4 * (39 - start)
