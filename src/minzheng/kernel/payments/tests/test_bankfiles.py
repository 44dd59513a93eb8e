"""The bank's files: valid, exact, the same on every asking, and harmless whatever a name contains."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
import sepaxml
import xmlschema

from minzheng.kernel.payments.bankfiles import file_path, open_file
from minzheng.kernel.payments.bankfiles.exporting import _write
from minzheng.kernel.payments.errors import NotReady
from minzheng.kernel.payments.tests.world import World
from minzheng.kernel.periods import Month

SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
STRANGE = [
    "王芳",
    "迪丽热巴·买买提",
    '=HYPERLINK("x")',
    "<script>&",
    "𠮷田",
    "欧阳\u0007娜娜\n",
    "\\back\\slash",
    "＝1+1",
    "a" * 300,
]


def approved(world: World, names: list[str]):  # type: ignore[no-untyped-def]
    for number, name in enumerate(names):
        world.award(world.person(name, account=f"62220200{number:08d}"), fen=100_001 + number)
    world.draft()
    return world.approve(world.prepare())


def read(file) -> bytes:  # type: ignore[no-untyped-def]
    with open_file(file) as handle:
        return handle.read()


def test_the_message_is_valid_against_the_schema_of_iso_20022_and_its_sums_are_exact(world: World) -> None:
    batch = approved(world, STRANGE)
    file = world.export(batch)
    schema = xmlschema.XMLSchema(str(SCHEMA))
    content = read(file)
    schema.validate(content.decode())
    found = schema.to_dict(content.decode())["CstmrCdtTrfInitn"]
    payments = found["PmtInf"][0]["CdtTrfTxInf"]
    total = sum(range(100_001, 100_001 + len(STRANGE)))
    assert found["GrpHdr"]["NbOfTxs"] == str(len(STRANGE)) == str(len(payments))
    assert int(found["GrpHdr"]["CtrlSum"] * 100) == total == batch.total_fen == file.total_fen
    assert [payment["Cdtr"]["Nm"] for payment in payments[:7]] == [
        "王芳", "迪丽热巴·买买提", '=HYPERLINK("x")', "<script>&", "𠮷田", "欧阳娜娜", "\\back\\slash"
    ]  # fmt: skip
    assert payments[0]["PmtId"]["EndToEndId"] == world.orders()[0].end_to_end_id
    assert payments[0]["Amt"]["InstdAmt"]["@Ccy"] == "CNY"


def test_the_same_batch_gives_the_same_bytes(world: World) -> None:
    batch = approved(world, STRANGE)
    first = world.export(batch)
    content = read(first)
    file_path(first).unlink()
    with pytest.raises(NotReady, match="丢失"):
        open_file(first)
    with world.seeing():
        sha256, size = _write(batch, "pain.001", first.exported_on)
    assert (sha256, size) == (first.sha256, len(content))
    assert read(first) == content


def test_changed_bytes_are_not_offered(world: World) -> None:
    file = world.export(approved(world, ["王芳"]))
    file_path(file).write_bytes(b"other")
    with pytest.raises(NotReady, match="改动"):
        open_file(file)


def test_the_list_is_text_for_every_spreadsheet_and_ends_with_its_sum(world: World) -> None:
    batch = approved(world, STRANGE)
    world.export(batch)
    copy = world.export(batch, "csv")
    content = read(copy)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[2][1] == "王芳" and rows[2][4] == "1000.01"
    assert [rows[4][1], rows[9][1]] == ['\'=HYPERLINK("x")', "'＝1+1"]
    assert rows[-1][:2] == ["合计", f"{len(STRANGE)} 笔"]
    assert not copy.is_instruction and world.orders()[0].state == "sent"


def test_the_list_may_be_the_instruction_and_then_the_message_is_the_copy(world: World) -> None:
    batch = approved(world, ["王芳"])
    assert world.export(batch, "csv").is_instruction
    assert not world.export(batch).is_instruction


def test_a_file_of_many_payments_never_stands_whole_in_memory(world: World) -> None:
    world.award(world.person("王" * 130), start=Month(1822, 1))
    world.draft()
    batch = world.approve(world.prepare())
    with world.seeing():
        tracemalloc.start()
        _, size = _write(batch, "pain.001", date(2022, 7, 1))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert batch.orders_count == 200 * 12 + 7
    assert size > 1_500_000 and peak < 700_000
