"""The matrix as data: what is refused, and an order that cannot lose anybody a benefit for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from minzheng.kernel.programmes import Pair, StackingError, StackingMatrix, load_stacking
from minzheng.kernel.programmes.stacking import check_order

LINE = "{first: %s, second: %s, rule: %s, source: 某文, provenance: public}"


def write(folder: Path, *lines: tuple[str, str, str]) -> Path:
    path = folder / "stacking.yaml"
    path.write_text("pairs:\n" + "".join(f"  - {LINE % line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_matrix_is_read_in_its_order(tmp_path: Path) -> None:
    matrix = load_stacking(write(tmp_path, ("a", "b", "exclusive"), ('"input: x"', "b", "choose_higher")))
    assert [(p.first, p.second, p.rule) for p in matrix.pairs] == [
        ("a", "b", "exclusive"),
        ("input: x", "b", "choose_higher"),
    ]
    assert matrix.between("b", "a") == matrix.pairs[0] and matrix.between("a", "c") is None
    assert matrix.limited_to(["b"]) == StackingMatrix(matrix.pairs[1:])


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([("a", "b", "sometimes")], "rule must be one of"),
        ([("a", "a", "allowed")], "against themselves"),
        ([("a", "b", "allowed"), ("b", "a", "exclusive")], "stand twice"),
        ([("a", '"input: x"', "exclusive")], "name it first"),
        ([('"input: y"', '"input: x"', "choose_higher")], "both are paid by others"),
    ],
)
def test_a_slip_in_the_matrix_names_its_line(
    tmp_path: Path, lines: list[tuple[str, str, str]], problem: str
) -> None:
    with pytest.raises(StackingError, match=f"pair {len(lines)}: .*{problem}"):
        load_stacking(write(tmp_path, *lines))


def pairs(*lines: tuple[str, str, str]) -> list[Pair]:
    return [Pair(first, second, rule, "某文", "public") for first, second, rule in lines]


def test_an_order_that_could_lose_a_benefit_to_one_that_is_not_paid_is_refused() -> None:
    # b takes the place of c, and then a takes the place of b: c would be lost to nothing.
    with pytest.raises(StackingError, match="the line a, b must stand before b, c"):
        check_order(pairs(("b", "c", "exclusive"), ("a", "b", "exclusive")))
    check_order(pairs(("a", "b", "exclusive"), ("b", "c", "exclusive")))
    # Where a excludes c as well, c is lost to a, which is paid.
    check_order(pairs(("b", "c", "exclusive"), ("a", "b", "exclusive"), ("a", "c", "exclusive")))
