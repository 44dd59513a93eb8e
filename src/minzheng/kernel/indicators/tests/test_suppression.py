"""What is published gives no small cell back: attacked by exact arithmetic over all the tables of a figure together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.indicators.pipes import Pipes
from minzheng.kernel.indicators.suppression import TOGETHER, TOTAL, Cell, Published, publish, with_totals

Leaf = tuple[str, str, str]
"""District, street and part."""
Figure = Mapping[str, Mapping[Leaf, int]]
"""For each dimension how many of each part live where; the parts of a street are as many in each."""
Tables = Mapping[tuple[str, str], Published]
"""By dimension and place, "" being the city."""


def published(figure: Figure, threshold: int) -> Tables:
    """All the tables of a figure: the city's districts and each district's streets, by each dimension."""
    tables: dict[tuple[str, str], Published] = {}
    for dimension, leaves in figure.items():
        parts = sorted({part for _district, _street, part in leaves})
        inner: dict[str, dict[Cell, int]] = {"": {}}
        for (district, street, part), value in leaves.items():
            inner[""][district, part] = inner[""].get((district, part), 0) + value
            inner.setdefault(district, {})[street, part] = value
        city = publish(_rows(inner.pop("")), parts, _sums(leaves), threshold=threshold)
        tables[dimension, ""] = city
        for district, cells in inner.items():
            tables[dimension, district] = publish(
                _rows(cells), parts, cells, threshold=threshold, above=city, place=district
            )
    return tables


def _rows(cells: Mapping[Cell, int]) -> list[str]:
    return sorted({row for row, _part in cells})


def _sums(leaves: Mapping[Leaf, int]) -> dict[Cell, int]:
    sums: dict[Cell, int] = {}
    for (district, _street, part), value in leaves.items():
        sums[district, part] = sums.get((district, part), 0) + value
    return sums


class Reading:
    """A figure as somebody outside may imagine it: any whole numbers that agree with everything published."""

    def __init__(self, name: str, figure: Figure, tables: Tables, solver: z3.Solver) -> None:
        self.tables = tables
        self.unknown = {
            (dimension, *leaf): z3.Int(f"{name}|{dimension}|{'|'.join(leaf)}")
            for dimension, leaves in figure.items()
            for leaf in leaves
        }
        solver.add([one >= 0 for one in self.unknown.values()])
        streets = {leaf[:2] for leaves in figure.values() for leaf in leaves}
        for street in streets:
            sums = [
                z3.Sum([one for at, one in self.unknown.items() if at[0] == dimension and at[1:3] == street])
                for dimension in figure
            ]
            solver.add([each == sums[0] for each in sums[1:]])
        for (dimension, place), table in tables.items():
            solver.add(
                [
                    self.cell(dimension, place, at) == told
                    for at, told in table.cells.items()
                    if told is not None
                ]
            )

    def cell(self, dimension: str, place: str, cell: Cell) -> z3.ArithRef:
        """What a cell of a table comes to, whether it is shown or not."""
        table, (row, column) = self.tables[dimension, place], cell
        rows = {row}
        if row == TOTAL:
            rows = set(table.rows) - {TOGETHER}
        if row == TOGETHER:
            rows = {each for each in table.rows if table.cells[each, TOTAL] is None}
        return z3.Sum(
            [
                one
                for (of, district, street, part), one in self.unknown.items()
                if of == dimension
                and (street if place else district) in rows
                and place in ("", district)
                and column in (TOTAL, part)
            ]
        )


def given_back(figure: Figure, tables: Tables, threshold: int) -> list[tuple[str, str, Cell]]:
    """The small cells that are known closer than the threshold, to whoever lays all the tables side by side."""
    solver = z3.Solver()
    low, high = (Reading(name, figure, tables, solver) for name in ("low", "high"))
    assert solver.check() == z3.sat, "what is published agrees with itself"
    found = []
    for (dimension, place), table in tables.items():
        for cell in table.small:
            solver.push()
            solver.add(high.cell(dimension, place, cell) - low.cell(dimension, place, cell) >= threshold - 1)
            if solver.check() != z3.sat:
                found.append((dimension, place, cell))
            solver.pop()
    return found


def flat(values: list[list[int]]) -> Figure:
    """A figure of one dimension that is published for districts alone."""
    return {"d": {(f"r{i}", "", f"c{j}"): v for i, line in enumerate(values) for j, v in enumerate(line)}}


def table(values: list[list[int]], threshold: int = 5) -> Published:
    return published(flat(values), threshold)["d", ""]


def safe(values: list[list[int]], threshold: int = 5) -> bool:
    figure = flat(values)
    tables = {("d", ""): published(figure, threshold)["d", ""]}
    return not given_back(figure, tables, threshold)


_NUMBER = st.one_of(st.integers(0, 7), st.integers(0, 60))
_TABLES = st.tuples(st.integers(1, 4), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(_NUMBER, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Three dimensions of three, two and two parts; two or three districts of one to three streets."""
    by_age: dict[Leaf, int] = {}
    by_sex: dict[Leaf, int] = {}
    by_way: dict[Leaf, int] = {}
    for district in range(draw(st.integers(2, 3))):
        for street in range(draw(st.integers(1, 3))):
            at = f"d{district}", f"s{street}"
            ages = draw(st.lists(st.one_of(st.integers(0, 4), _NUMBER), min_size=3, max_size=3))
            men, online = draw(st.integers(0, sum(ages))), draw(st.integers(0, sum(ages)))
            by_age |= {(*at, f"a{part}"): value for part, value in enumerate(ages)}
            by_sex |= {(*at, "m"): men, (*at, "f"): sum(ages) - men}
            by_way |= {(*at, "online"): online, (*at, "counter"): sum(ages) - online}
    return {"age": by_age, "sex": by_sex, "way": by_way}


@settings(max_examples=60)
@given(_TABLES, st.integers(2, 6))
def test_no_small_cell_can_be_reckoned_back_closer_than_the_threshold(values, threshold):
    shown = table(values, threshold)
    assert shown.small <= shown.hidden
    assert safe(values, threshold)


@settings(max_examples=60, deadline=None)
@given(figures(), st.integers(3, 5))
def test_nor_from_all_the_tables_of_a_figure_together(figure, threshold):
    tables = published(figure, threshold)
    assert not given_back(figure, tables, threshold)


@settings(max_examples=60)
@given(figures())
def test_tables_by_different_dimensions_hide_the_same_places(figure):
    tables = published(figure, 5)
    for (_dimension, place), one in tables.items():
        other = tables["age", place]
        assert one.rows == other.rows
        assert all(one.cells[row, TOTAL] == other.cells[row, TOTAL] for row in (*one.rows, TOTAL))


@settings(max_examples=60)
@given(figures())
def test_a_district_is_told_in_its_own_table_as_in_the_citys(figure):
    tables = published(figure, 5)
    for (dimension, place), own in tables.items():
        if place:
            city = tables[dimension, ""]
            assert all(own.cells[TOTAL, at] == city.cells[place, at] for at in (*own.columns, TOTAL))


@settings(max_examples=60)
@given(_TABLES)
def test_what_is_shown_is_true(values):
    shown = table(values)
    true = with_totals(shown.rows, shown.columns, _sums(flat(values)["d"]))
    joined = [row for row in shown.rows if shown.cells[row, TOTAL] is None]
    true |= {(TOGETHER, at): sum(true[row, at] for row in joined) for at in (*shown.columns, TOTAL)}
    assert all(value is None or value == true[cell] for cell, value in shown.cells.items())
    if not shown.small:
        assert not shown.hidden, "a table without small cells is published whole"


def test_a_small_total_hidden_beside_one_place_by_sex_and_another_by_age_was_given_back_by_both():
    """Three people in c. By sex c and the whole were hidden, by age c and a; so 17 less 6 less 8 was c."""
    figure = {
        "sex": {("a", "", "m"): 1, ("a", "", "f"): 5, ("b", "", "m"): 0, ("b", "", "f"): 8, ("c", "", "m"): 1, ("c", "", "f"): 2},
        "age": {("a", "", "y"): 0, ("a", "", "o"): 6, ("b", "", "y"): 0, ("b", "", "o"): 8, ("c", "", "y"): 0, ("c", "", "o"): 3},
    }  # fmt: skip
    apart = {
        "sex": [("a", TOTAL, 6), ("b", TOTAL, 8), ("c", TOTAL, None), (TOTAL, TOTAL, None)],
        "age": [("a", TOTAL, None), ("b", TOTAL, 8), ("c", TOTAL, None), (TOTAL, TOTAL, 17)],
    }
    each_by_itself = {
        (dimension, ""): Published(("a", "b", "c"), columns, {(row, at): told for row, at, told in cells},
                                   frozenset({("c", TOTAL)}), "", Pipes({}))
        for (dimension, cells), columns in zip(apart.items(), (("m", "f"), ("y", "o")), strict=True)
    }  # fmt: skip
    assert given_back(figure, each_by_itself, 5), "each table was safe alone and both together were not"
    tables = published(figure, 5)
    assert [tables["sex", ""].cells[row, TOTAL] for row in ("a", "b", "c", TOGETHER, TOTAL)] == [
        None,
        8,
        None,
        9,
        17,
    ]
    assert not given_back(figure, tables, 5)


def test_what_the_city_hides_of_a_district_was_given_back_by_the_table_of_its_streets():
    """District a has two of part x, hidden with the nine of b. The streets of b have no small cell, and told the nine."""
    figure = {
        "d": {("a", "s", "x"): 2, ("a", "s", "y"): 30, ("b", "t", "x"): 9, ("b", "t", "y"): 15, ("b", "u", "x"): 0,
              ("b", "u", "y"): 25, ("c", "v", "x"): 20, ("c", "v", "y"): 50},
    }  # fmt: skip
    tables = published(figure, 5)
    streets_of_b = {cell[1:]: value for cell, value in figure["d"].items() if cell[0] == "b"}
    by_itself = publish(["t", "u"], ["x", "y"], streets_of_b, threshold=5)
    assert tables["d", ""].cells["b", "x"] is None and by_itself.cells[TOTAL, "x"] == 9
    assert ("d", "", ("a", "x")) in given_back(figure, {**tables, ("d", "b"): by_itself}, 5)
    own = tables["d", "b"].cells
    assert [own[row, "x"] for row in ("t", "u", TOTAL)] == [None, None, None] and own["t", TOTAL] == 24
    assert not given_back(figure, tables, 5)


def test_of_a_district_that_stands_with_others_nothing_is_told_below():
    figure = {"d": {("a", "s", "x"): 1, ("a", "t", "x"): 2, ("b", "u", "x"): 9, ("c", "v", "x"): 20}}
    tables = published(figure, 5)
    assert set(tables["d", "a"].cells.values()) == {None} and set(tables["d", "b"].cells.values()) == {None}
    assert tables["d", "c"].cells["v", TOTAL] == 20


def test_one_hidden_cell_in_a_row_would_be_given_back_by_its_total():
    values = [[3, 20], [30, 40]]
    figure = flat(values)
    true = with_totals(["r0", "r1"], ["c0", "c1"], _sums(figure["d"]))
    small = ("r0", "c0")
    bare = Published(("r0", "r1"), ("c0", "c1"), true | {small: None}, frozenset({small}), "", Pipes({}))
    assert given_back(figure, {("d", ""): bare}, 2), "primary suppression alone is broken"
    assert safe(values) and table(values).cells[TOTAL, TOTAL] == 93


def test_two_loops_joined_by_one_cell_do_not_give_that_cell_away():
    """Every row and column hides two or more cells, and yet the joining one follows from the others: rows a and b together
    less columns w and x together."""
    assert safe([[2, 30, 3, 40], [30, 40, 50, 60], [50, 60, 30, 40], [60, 70, 2, 30]])


def test_places_of_few_people_stand_together_until_they_are_as_many_as_the_threshold():
    shown = table([[1, 2], [20, 30], [40, 50]])
    assert [shown.cells[row, TOTAL] for row in ("r0", "r1", "r2", TOGETHER)] == [None, None, 90, 53]
    shown = table([[1, 2], [2, 0], [20, 30]])
    assert [shown.cells[row, TOTAL] for row in ("r0", "r1", "r2", TOGETHER)] == [None, None, 50, 5]
    shown = table([[1, 0], [2, 0], [20, 30], [9, 0]])
    assert [shown.cells[row, TOTAL] for row in ("r0", "r1", "r2", "r3", TOGETHER)] == [
        None,
        None,
        50,
        None,
        12,
    ]


@pytest.mark.parametrize(("value", "is_hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_the_threshold_hides_from_one_to_below_it(value, is_hidden):
    shown = table([[value, 100], [100, 100], [100, 100]])
    assert (shown.cells["r0", "c0"] is None) == is_hidden


def test_a_table_of_fewer_people_than_the_threshold_shows_nothing():
    assert set(table([[1, 0], [0, 2]]).cells.values()) == {None}


def test_a_negative_cell_is_refused():
    with pytest.raises(ValueError, match="不能为负"):
        table([[-1]])
