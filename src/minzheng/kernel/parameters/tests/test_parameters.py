"""Legal values are read strictly and found by date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from minzheng.kernel.parameters import ParameterError, ParameterSet, law_status, load_folder, load_parameter
from minzheng.kernel.periods import Month

ENTRY = "{from: 2021-07-01, value: 133_000, source: 某令 第一条, provenance: seed, checked: 2026-01-01}"


def write(
    folder: Path, entries: str, name: str = "standard", head: str = "name: 标准\nunit: fen/month\n"
) -> Path:
    path = folder / f"{name}.yaml"
    lines = "\n".join(f"  - {line}" for line in entries.split("\n"))
    path.write_text(f"{head}values:\n{lines}\n", encoding="utf-8")
    return path


def test_a_value_holds_from_its_month_until_the_next_one(tmp_path: Path) -> None:
    later = ENTRY.replace("2021-07-01", "2022-07-01").replace("133_000", "142_000")
    parameter = load_parameter(write(tmp_path, f"{later}\n{ENTRY}"))
    found = {m: e and e.value for m in ("2021-06", "2021-07", "2022-06", "2022-07", "2030-01")
             if (e := parameter.entry_at(Month.parse(m))) or True}  # fmt: skip
    assert found == {
        "2021-06": None,
        "2021-07": 133_000,
        "2022-06": 133_000,
        "2022-07": 142_000,
        "2030-01": 142_000,
    }


def test_a_change_inside_a_month_takes_effect_with_the_next(tmp_path: Path) -> None:
    parameter = load_parameter(write(tmp_path, ENTRY.replace("2021-07-01", "2021-07-02")))
    assert parameter.entry_at(Month(2021, 7)) is None
    august = parameter.entry_at(Month(2021, 8))
    assert august is not None and august.value == 133_000


def test_a_value_for_a_place_goes_before_the_city_s(tmp_path: Path) -> None:
    local = ENTRY.replace("133_000", "1").replace("provenance", 'place: "310107", provenance')
    parameter = load_parameter(write(tmp_path, f"{local}\n{ENTRY}"))
    values = [parameter.entry_at(Month(2022, 1), place) for place in ("310107014", "310101", "")]
    assert [e and e.value for e in values] == [1, 133_000, 133_000]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (ENTRY.replace("133_000", "1330.00"), "entry 1: value must be a whole number"),
        (ENTRY.replace("133_000", "true"), "entry 1: value must be a whole number"),
        (ENTRY.replace("133_000", '"1330"'), "entry 1: value must be a whole number"),
        (ENTRY.replace("seed", "guess"), "entry 1: provenance must be one of"),
        (ENTRY.replace("某令 第一条", '""'), "entry 1: source must name the paper"),
        (ENTRY.replace("2021-07-01", "2021"), "entry 1: from must be a day"),
        (ENTRY.replace("source", "sauce"), "entry 1: unknown keys"),
        (f"{ENTRY}\n{ENTRY.replace(', checked: 2026-01-01', '')}", "entry 2: missing keys"),
        (f"{ENTRY}\n{ENTRY}", "two entries from 2021-07-01"),
        (ENTRY.replace("133_000", "[{from: 70, value: 1}, {from: 65, value: 2}]"), "band 2: bands must rise"),
        (f"{ENTRY}\n{ENTRY.replace('133_000', '[1, 4]').replace('2021-07', '2021-08')}", "of one kind"),
    ],
)
def test_a_slip_names_the_file_the_entry_and_what_was_expected(
    tmp_path: Path, entries: str, problem: str
) -> None:
    path = write(tmp_path, entries)
    with pytest.raises(ParameterError) as refusal:
        load_parameter(path)
    assert problem in str(refusal.value) and str(path) in str(refusal.value)


def test_a_month_s_values_remember_their_parameter(tmp_path: Path) -> None:
    write(tmp_path, ENTRY)
    write(
        tmp_path, ENTRY.replace("133_000", "[{from: 65, value: 7_500}, {from: 70, value: 15_000}]"), "amounts"
    )
    month = ParameterSet("made_up", load_folder(tmp_path)).at(Month(2022, 7))
    assert month.standard == 133_000 and month.standard.parameter == "made_up.standard"
    assert (
        tuple(month.amounts) == ((65, 7_500), (70, 15_000)) and month.amounts.parameter == "made_up.amounts"
    )
    assert month.index == 2022 * 12 + 6 and month.read == {"standard", "amounts"}
    with pytest.raises(ParameterError, match="现有：amounts、standard"):
        month.minimum_wage  # noqa: B018
    with pytest.raises(ParameterError, match="no value in force in 2020-01"):
        ParameterSet("made_up", load_folder(tmp_path)).at(Month(2020, 1)).standard  # noqa: B018


def test_the_identity_of_a_set_changes_with_any_value_or_paper(tmp_path: Path) -> None:
    def identity(text: str) -> str:
        write(tmp_path, text)
        return ParameterSet("made_up", load_folder(tmp_path)).identity()

    first = identity(ENTRY)
    assert first == identity(ENTRY) != identity(ENTRY.replace("133_000", "133_001"))
    assert first != identity(ENTRY.replace("第一条", "第二条"))


def test_the_report_names_the_assumed_the_unsourced_and_the_stale(tmp_path: Path) -> None:
    old = ENTRY.replace("2021-07-01", "2020-07-01")
    write(tmp_path, f"{old}\n{ENTRY}", "sound")
    write(tmp_path, ENTRY.replace("seed", "illustrative"), "assumed")
    write(tmp_path, ENTRY.replace("某令 第一条", "hearsay"), "unsourced")
    rows = law_status([ParameterSet("made_up", load_folder(tmp_path))], on=date(2027, 1, 31))
    problems = {(r.parameter, str(r.from_)): r.problems for r in rows}
    assert problems == {
        ("sound", "2020-07-01"): (),
        ("sound", "2021-07-01"): (),
        ("assumed", "2021-07-01"): ("illustrative",),
        ("unsourced", "2021-07-01"): ("unsourced",),
    }
    later = law_status([ParameterSet("made_up", load_folder(tmp_path))], on=date(2027, 2, 1))
    # Only the value in force can be stale: what no longer holds needs no second look.
    assert {(r.parameter, str(r.from_)) for r in later if "stale" in r.problems} == {
        ("sound", "2021-07-01"), ("assumed", "2021-07-01"), ("unsourced", "2021-07-01"),
    }  # fmt: skip
