"""What is published gives no small cell back: attacked by exact arithmetic over everything that is left to read."""

from __future__ import annotations

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.indicators.suppression import TOTAL, Published, publish, with_totals


def attack(shown: Published, cell: tuple[str, str]) -> tuple[int, int | None]:
    """The lowest and highest value of a hidden cell that agree with everything published; None where nothing bounds it."""
    unknown = {(row, column): z3.Int(f"{row}|{column}") for row in shown.rows for column in shown.columns}

    def line(cells):
        return z3.Sum([unknown[one] for one in cells])

    every = {
        **{(row, column): unknown[row, column] for row in shown.rows for column in shown.columns},
        **{(row, TOTAL): line((row, column) for column in shown.columns) for row in shown.rows},
        **{(TOTAL, column): line((row, column) for row in shown.rows) for column in shown.columns},
        (TOTAL, TOTAL): line(unknown),
    }
    found = []
    for search in ("minimize", "maximize"):
        solver = z3.Optimize()
        solver.add([one >= 0 for one in unknown.values()])
        solver.add([every[at] == value for at, value in shown.cells.items() if value is not None])
        handle = getattr(solver, search)(every[cell])
        assert solver.check() == z3.sat
        told = handle.value()
        found.append(told.as_long() if z3.is_int_value(told) else None)
    return found[0], found[1]


def safe(shown: Published, threshold: int) -> bool:
    def wide(cell) -> bool:
        low, high = attack(shown, cell)
        return high is None or high - low >= threshold - 1

    return all(wide(cell) for cell in shown.small)


_TABLES = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 3).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 7), st.integers(0, 60)), min_size=columns, max_size=columns),
            min_size=rows, max_size=rows,
        )
    )
)  # fmt: skip


def table(values: list[list[int]], threshold: int = 5) -> Published:
    rows, columns = [f"r{at}" for at in range(len(values))], [f"c{at}" for at in range(len(values[0]))]
    inner = {(rows[i], columns[j]): value for i, line in enumerate(values) for j, value in enumerate(line)}
    return publish(rows, columns, inner, threshold=threshold)


@settings(max_examples=60)
@given(_TABLES, st.integers(2, 6))
def test_no_small_cell_can_be_reckoned_back_closer_than_the_threshold(values, threshold):
    shown = table(values, threshold)
    assert shown.small <= shown.hidden
    assert safe(shown, threshold)


@settings(max_examples=60)
@given(_TABLES)
def test_what_is_shown_is_true(values):
    shown = table(values)
    rows, columns = shown.rows, shown.columns
    true = with_totals(
        rows, columns, {(rows[i], columns[j]): v for i, line in enumerate(values) for j, v in enumerate(line)}
    )
    assert all(value is None or value == true[cell] for cell, value in shown.cells.items())
    if not shown.small:
        assert not shown.hidden, "a table without small cells is published whole"


def test_one_hidden_cell_in_a_row_would_be_given_back_by_its_total():
    bare = Published(("a", "b"), ("x", "y"), with_totals(["a", "b"], ["x", "y"], {
        ("a", "x"): 3, ("a", "y"): 20, ("b", "x"): 30, ("b", "y"): 40}) | {("a", "x"): None}, frozenset({("a", "x")}))  # fmt: skip
    assert attack(bare, ("a", "x")) == (3, 3), "primary suppression alone is broken"
    shown = publish(
        ["a", "b"], ["x", "y"], {("a", "x"): 3, ("a", "y"): 20, ("b", "x"): 30, ("b", "y"): 40}, threshold=5
    )
    low, high = attack(shown, ("a", "x"))
    assert high - low >= 4 and shown.cells[TOTAL, TOTAL] == 93


def test_two_loops_joined_by_one_cell_do_not_give_that_cell_away():
    """Every row and column hides two or more cells, and yet the joining one follows from the others: rows a and b together
    less columns w and x together."""
    values = [[2, 30, 3, 40], [30, 40, 50, 60], [50, 60, 30, 40], [60, 70, 2, 30]]
    shown = table(values)
    assert safe(shown, 5)


def test_a_small_total_is_hidden_as_well():
    shown = table([[1, 2], [20, 30], [40, 50]])
    assert shown.cells["r0", TOTAL] is None
    low, high = attack(shown, ("r0", TOTAL))
    assert high is None or high - low >= 4


@pytest.mark.parametrize(("value", "is_hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_the_threshold_hides_from_one_to_below_it(value, is_hidden):
    shown = table([[value, 100], [100, 100], [100, 100]])
    assert (shown.cells["r0", "c0"] is None) == is_hidden


def test_a_negative_cell_is_refused():
    with pytest.raises(ValueError, match="不能为负"):
        table([[-1]])
