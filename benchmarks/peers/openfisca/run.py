"""The law in OpenFisca over a population, fed by arrays: everybody in one simulation, or one for each part.

python benchmarks/peers/openfisca/run.py POPULATION OUT.parquet [--whole]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from model import BENEFITS, HOUSEHOLD, INPUTS, PERSON, system
from openfisca_core.simulation_builder import SimulationBuilder

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from measured import measured

#: What counts where nobody told us, and the columns that say whether somebody did.
MISSING = {"is_alive": True, "relation": 9}
KNOWN = {
    "is_birth_known": "birth_month", "is_money_known": "money_assets_fen", "are_homes_known": "homes",
    "is_non_residential_known": "non_residential_properties", "are_vehicles_known": "vehicles",
}  # fmt: skip


def parts(population: Path, whole: bool) -> Iterator[tuple[pa.Table, pa.Table]]:
    files = [pq.ParquetFile(population / f"{name}.parquet") for name in ("persons", "households")]
    names = []
    for keys, entity in ((["person_id", "household_id"], PERSON), (["household_id"], HOUSEHOLD)):
        names.append(keys + [n for n in INPUTS[entity] if n not in KNOWN])
    if whole:
        yield tuple(f.read(columns=n) for f, n in zip(files, names, strict=True))  # type: ignore[misc]
        return
    for group in range(files[0].num_row_groups):
        yield tuple(f.read_row_group(group, columns=n) for f, n in zip(files, names, strict=True))  # type: ignore[misc]


def array(table: pa.Table, name: str) -> Any:
    if name in KNOWN:
        return pc.is_valid(table[KNOWN[name]]).to_numpy()
    column = table[name]
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(MISSING.get(name, 0)).cast(column.type))
    return column.to_numpy()


def evaluate(rules: Any, persons: pa.Table, households: pa.Table, period: str) -> pa.Table:
    """One simulation's findings, as narrow as the platform's own."""
    person_ids, home_of = array(persons, "person_id"), array(persons, "household_id")
    homes = array(households, "household_id")
    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("person", person_ids)
    group = builder.declare_entity("household", homes)
    builder.join_with_persons(group, home_of, np.full(len(home_of), "member"))
    simulation = builder.build(rules)
    for entity, table in ((PERSON, persons), (HOUSEHOLD, households)):
        for name in INPUTS[entity]:
            simulation.set_input(name, period, array(table, name))
    tables = []
    for programme, code, entity, status, amount in BENEFITS:
        statuses = simulation.calculate(status, period)
        chosen = np.flatnonzero(statuses > 0)
        who = pa.nulls(len(chosen), pa.int64()) if entity == "household" else pa.array(person_ids[chosen])
        columns = {
            "programme": pa.array([programme]).take(pa.array(np.zeros(len(chosen), np.int64))),
            "benefit": pa.array([code]).take(pa.array(np.zeros(len(chosen), np.int64))),
            "household_id": (homes if entity == "household" else home_of)[chosen],
            "person_id": who,
            "status": statuses[chosen].astype(np.int8),
            "amount_fen": simulation.calculate(amount, period)[chosen].astype(np.int64),
        }
        tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("population", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--whole", action="store_true")
    options.add_argument("--month", default="2022-07")
    chosen = options.parse_args()
    rules = system()
    with measured(chosen.out):
        writer = None
        for persons, households in parts(chosen.population, chosen.whole):
            table = evaluate(rules, persons, households, chosen.month)
            writer = writer or pq.ParquetWriter(chosen.out, table.schema, compression="zstd")
            writer.write_table(table)
        assert writer is not None
        writer.close()


if __name__ == "__main__":
    main()
