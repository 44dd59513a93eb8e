"""The law compiled to one loop over households (see `fusing`): the fastest way on one machine.

Compiling takes a fraction of a second and is done once for a law in a process; nothing is kept on disk. The interpreter's
lock is open while the loop runs, so other parts run beside it.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
import polars as pl
import pyarrow as pa

from minzheng.kernel.rules.engines import PartEvaluator
from minzheng.kernel.rules.engines.fusing import HEAD_SLOTS, RESULT_SLOTS, SLOT, Column, FusedLaw, fuse
from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.law import Law

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()

#: Read by every row of a column in which everything is known.
_ALL_KNOWN = pa.py_buffer(b"\xff")
_EVERY_BIT = -1


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The machine code; `engine` owns its memory."""

    fused: FusedLaw
    engine: Any
    call: Any


def _compile(law: Law) -> _Compiled:
    fused = fuse(law)
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
    )
    module = llvm.parse_assembly(fused.text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    # Households are small: unrolled and vectorised loops over their people would only be longer.
    options.loop_unrolling = options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(engine.get_function_address("evaluate"))
    return _Compiled(fused, engine, call)


def _address(series: pl.Series, alive: list[Any]) -> int:
    """Where 64-bit numbers without gaps lie."""
    array = series.cast(pl.Int64).rechunk().to_arrow()
    alive.append(array)
    values = array.buffers()[1]
    return values.address + array.offset * SLOT if values is not None else 0


def _slots(frame: pl.DataFrame, column: Column, alive: list[Any]) -> list[int]:
    """Where a column's values and its bits of what is known lie; nothing is copied, `alive` keeps it in memory."""
    if column.name not in frame.columns:
        raise SnapshotDamaged(f"快照缺少列 {column.name} / the snapshot lacks the column {column.name}")
    array = frame[column.name].cast(getattr(pl, column.storage)).rechunk().to_arrow()
    alive.append(array)
    known, values = array.buffers()
    address, first = (values.address if values is not None else 0), array.offset
    if column.storage != "Boolean":
        address, first = address + first * array.type.byte_width, 0
    if known is None:
        return [address, first, _ALL_KNOWN.address, 0, 0]
    return [address, first, known.address, array.offset, _EVERY_BIT]


class _Room:
    """Memory for one benefit's findings in a part: for as many rows as there could be; unused pages stay untouched."""

    def __init__(self, unit: str, height: int) -> None:
        # A household's benefit names no person.
        kinds = {
            "household_id": pa.int64(),
            "person_id": pa.int64(),
            "status": pa.int8(),
            "amount_fen": pa.int64(),
        }
        self._kinds = {n: k for n, k in kinds.items() if unit == PERSON or n != "person_id"}
        self._buffers = {n: pa.allocate_buffer(max(height, 1) * k.byte_width) for n, k in self._kinds.items()}
        self.slots = [self._buffers[n].address if n in self._buffers else 0 for n in kinds]

    def frame(self, found: int) -> pl.DataFrame:
        columns: dict[str, Any] = {
            name: pl.from_arrow(pa.Array.from_buffers(kind, found, [None, self._buffers[name]]))
            for name, kind in self._kinds.items()
        }
        if "person_id" not in columns:
            columns["person_id"] = pl.repeat(None, found, dtype=pl.Int64, eager=True)
        return pl.DataFrame(columns).select("household_id", "person_id", "status", "amount_fen")


def _sizes(persons: pl.DataFrame, households: pl.DataFrame) -> pl.Series:
    """How many people each household has.

    Raises:
        SnapshotDamaged: the people's households are not the households, in the same order.
    """
    runs = persons["household_id"].rle()
    if not runs.struct.field("value").equals(households["household_id"]):
        raise SnapshotDamaged(
            "两个文件的分段不一致 / the parts of persons.parquet and households.parquet differ"
        )
    return runs.struct.field("len")


def prepare(law: Law) -> PartEvaluator:
    """Compiles the law; its amounts, as everything in it, are in the machine code."""
    compiled = _compile(law)
    fused = compiled.fused
    units = [b.unit for b in law.benefits.values()]
    found_at = [len(HEAD_SLOTS) + RESULT_SLOTS * at for at in range(len(units))]

    def evaluate(persons: pl.DataFrame, households: pl.DataFrame) -> list[pl.DataFrame]:
        frames = {PERSON: persons, HOUSEHOLD: households}
        sizes = _sizes(persons, households)
        longest: Any = sizes.max() or 0
        scratch = pa.allocate_buffer(max(fused.kept * longest, 1) * SLOT)
        alive: list[Any] = []
        keys = [_address(s, alive) for s in (persons["person_id"], sizes, households["household_id"])]
        rooms = [_Room(unit, frames[unit].height) for unit in units]
        table = [households.height, *keys, scratch.address]
        table += [slot for room in rooms for slot in room.slots]
        table += [slot for c in fused.columns for slot in _slots(frames[c.entity], c, alive)]
        slots = (ctypes.c_int64 * len(table))(*table)
        compiled.call(ctypes.addressof(slots))
        return [room.frame(slots[at]) for room, at in zip(rooms, found_at, strict=True)]

    return evaluate
