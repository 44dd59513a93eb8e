"""One part of a snapshot and the graph computed over it."""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON, Node
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.operations import OPERATIONS


class Part:
    """One part's frames and the values computed over them."""

    def __init__(self, persons: pl.DataFrame, households: pl.DataFrame) -> None:
        self.frames = {PERSON: persons, HOUSEHOLD: households}
        runs = persons["household_id"].rle()
        lengths = runs.struct.field("len")
        # The row's household as a number within the part, and each household's last row.
        if not runs.struct.field("value").equals(households["household_id"]):
            raise SnapshotDamaged(
                "两个文件的分段不一致 / the parts of persons.parquet and households.parquet differ"
            )
        self.lengths = lengths.cast(pl.Int64)
        self.ends = (self.lengths.cum_sum() - 1).cast(pl.UInt32)
        self.single = persons.height == households.height
        self.home_of = persons["household_id"].rle_id()
        self.values: dict[int, Any] = {}

    def height(self, entity: str) -> int:
        return self.frames[entity].height

    def total(self, value: Any) -> pl.Series:
        if not isinstance(value, pl.Series):
            return self.lengths * value
        if self.single:
            return value
        ends = value.cum_sum().gather(self.ends)
        return ends - ends.shift(1, fill_value=0)

    def project(self, value: Any) -> Any:
        return value.gather(self.home_of) if isinstance(value, pl.Series) and not self.single else value

    def read(self, node: Node) -> pl.Series:
        frame = self.frames[node.entity]
        if node.name not in frame.columns:
            raise SnapshotDamaged(f"快照缺少列 {node.name} / the snapshot lacks the column {node.name}")
        column = frame[node.name]
        if node.op == "known":
            return column.is_not_null()
        if column.null_count():
            column = column.fill_null(node.value)
        return column.cast(pl.Boolean if node.dtype == "bool" else pl.Int64)

    def compute(self, node: Node) -> Any:
        args = [self.values[a] for a in node.args]
        match node.op:
            case "const":
                return node.value
            case "input" | "known" | "input_or":
                return self.read(node)
            case "project":
                return self.project(args[0])
            case "sum":
                return self.total(args[0])
            case "any":
                return self.total(args[0].cast(pl.Int64)) > 0
            case "all":
                return self.total((~args[0]).cast(pl.Int64)) == 0
        operation = OPERATIONS[node.op]
        return operation.columns(*args, node.value) if operation.extra else operation.columns(*args)

    def column(self, number: int, node: Node) -> pl.Series:
        """A node's value for every row, constants too."""
        value = self.values[number]
        if isinstance(value, pl.Series):
            return value
        kind = pl.Boolean if node.dtype == "bool" else pl.Int64
        return pl.repeat(value, self.height(node.entity or PERSON), dtype=kind, eager=True)


def compute_all(law: Law, part: Part, order: list[int], last_use: dict[int, int], keep: set[int]) -> None:
    """Compute nodes in order, dropping each value after its last use."""
    nodes = law.graph.nodes
    for number in order:
        part.values[number] = part.compute(nodes[number])
        for arg in nodes[number].args:
            if last_use[arg] == number and arg not in keep:
                part.values.pop(arg, None)


def plan(law: Law, roots: list[int]) -> tuple[list[int], dict[int, int]]:
    order = law.graph.reachable(roots)
    last_use: dict[int, int] = {}
    for number in order:
        for arg in law.graph.nodes[number].args:
            last_use[arg] = number
    return order, last_use


def roll(law: Law, part: Part) -> list[pl.DataFrame]:
    """The part's non-zero findings, a frame for each benefit in the law's order."""
    found = []
    for benefit in law.benefits.values():
        frame = part.frames[benefit.unit]

        def column(number: int, height: int = frame.height) -> pl.Series:
            value = part.values[number]
            # A value that the month's law settles for everybody is one constant.
            return (
                value
                if isinstance(value, pl.Series)
                else pl.repeat(value, height, dtype=pl.Int64, eager=True)
            )

        status = column(benefit.status)
        chosen = (status > 0).arg_true()
        nobody = pl.repeat(None, len(chosen), dtype=pl.Int64, eager=True)
        found.append(
            pl.DataFrame(
                {
                    "household_id": frame["household_id"].gather(chosen),
                    "person_id": frame["person_id"].gather(chosen) if benefit.unit == PERSON else nobody,
                    "status": status.gather(chosen).cast(pl.Int8),
                    "amount_fen": column(benefit.net).gather(chosen),
                }
            )
        )
    return found
