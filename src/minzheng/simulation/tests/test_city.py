"""The synthetic city is the one that public statistics describe, and nobody real can be in it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_roster_name, load_programmes
from minzheng.simulation import files
from minzheng.simulation.calibration import calibration, unsourced
from minzheng.simulation.city import CitySummary, write_city_files
from minzheng.simulation.identifiers import RESERVED_AREAS, SYNTHETIC_AREAS, check_digit
from minzheng.simulation.population.identities import citizen_numbers

ON = date(2022, 6, 30)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CitySummary:
    return write_city_files(tmp_path_factory.mktemp("city") / "files", scale=2000, seed=7, on=ON)


def read(city: CitySummary, name: str) -> Rows:
    encoding = {files.POPULATION: "gb18030", files.SOCIAL: "utf-8-sig"}.get(name, "utf-8")
    with (city.folder / name).open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def residents(city: CitySummary) -> Rows:
    return read(city, files.POPULATION)


def sound(row: dict[str, str]) -> bool:
    number = row["证件号码"]
    return len(number) == 18 and number[:17].isdigit() and number[-1] == check_digit(number[:17])


def test_the_same_seed_writes_the_same_city(tmp_path: Path) -> None:
    def digest(folder: Path, seed: int) -> list[str]:
        write_city_files(folder, scale=20_000, seed=seed, on=ON)
        # A workbook carries the time of its writing; the other files are the same to the byte.
        plain = [name for name in files.FILES if not name.endswith(".xlsx")]
        return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in plain]

    first = digest(tmp_path / "a", 1)
    assert digest(tmp_path / "b", 1) == first
    assert digest(tmp_path / "c", 2) != first


def test_a_city_of_one_to_two_thousand_has_half_a_thousandth_of_the_people(
    city: CitySummary, residents: Rows
) -> None:
    assert city.people == pytest.approx(
        (24_894_300 + 139_000 * 9 / 12) / 2000, abs=2
    )  # with those who died of late
    assert len(residents) == pytest.approx(city.people, rel=0.003)  # a few rows come twice
    assert len({row["户号"] for row in residents}) == city.households


def test_all_sixteen_districts_have_their_share(residents: Rows) -> None:
    told = Counter(row["居住区划代码"][:6] for row in residents)
    shares = calibration()["population"]["districts"]["values"]
    for code, population in shares.items():
        assert told[str(code)] == pytest.approx(len(residents) * population / sum(shares.values()), rel=0.03)


def test_identifiers_use_areas_that_no_place_ever_had(city: CitySummary, residents: Rows) -> None:
    assert {row["证件号码"][:6] for row in residents if sound(row)} <= set(RESERVED_AREAS)
    tree = Path(files.__file__).parents[1] / "kernel" / "places" / "data"
    known = "".join(path.read_text(encoding="utf-8") for path in tree.glob("*.csv"))
    assert not any(f"\n{area}" in known for area in SYNTHETIC_AREAS)


def test_no_two_people_share_an_identifier() -> None:
    born = np.full(2400, "1990-05-01", dtype="datetime64[D]")
    taken = citizen_numbers(born, np.arange(2400) < 1200).to_list()
    assert len(set(taken)) == len(taken)
    assert all(number[-1] == check_digit(number[:17]) for number in taken)
    assert all(int(number[16]) % 2 == 1 for number in taken[:1200])  # odd for men
    assert {number[:6] for number in taken} == set(RESERVED_AREAS[:3])  # 500 a sex, day and area


@pytest.mark.parametrize(
    ("first17", "check"), [("31010119000101000", "3"), ("31019920090429001", "X"), ("11010519491231002", "X")]
)
def test_check_digits_are_those_of_the_standard(first17: str, check: str) -> None:
    assert check_digit(first17) == check


def test_most_rows_are_sound_and_some_are_not(residents: Rows) -> None:
    faulty = sum(not sound(row) for row in residents)
    assert 0 < faulty < len(residents) * 0.01


def test_local_hukou_households_and_old_age_come_out_as_published(residents: Rows) -> None:
    local = [row for row in residents if row["户籍类别"] == "本市"]
    assert len(local) / len(residents) == pytest.approx(0.5854, abs=0.005)
    assert len(residents) / len({row["户号"] for row in residents}) == pytest.approx(2.376, abs=0.03)
    for age, share in ((60, 0.3720), (70, 0.1700), (80, 0.0576)):
        born_by = f"{ON.year - age}{ON:%m%d}"
        assert sum(row["出生日期"] <= born_by for row in local) / len(local) == pytest.approx(
            share, abs=0.015
        )


def test_a_household_has_one_head_and_its_members_live_in_one_committee(residents: Rows) -> None:
    heads = Counter(
        row["户号"] for row in {json.dumps(r): r for r in residents}.values() if row["与户主关系"] == "户主"
    )
    assert set(heads) == {row["户号"] for row in residents}
    assert (
        sum(count > 1 for count in heads.values()) < len(heads) * 0.01
    )  # the same person twice, otherwise written
    homes = {(row["户号"], row["居住区划代码"]) for row in residents if row["居住区划代码"][:6] != "310999"}
    assert len(homes) == len(heads)


def roster(city: CitySummary) -> dict[str, list[tuple]]:
    book = load_workbook(city.folder / files.ROSTER, read_only=True)
    try:
        return {name: list(book[name].iter_rows(min_row=2, values_only=True)) for name in book.sheetnames}
    finally:
        book.close()


def test_the_roster_pays_what_the_law_of_the_month_grants(city: CitySummary) -> None:
    sheets = roster(city)
    programmes = load_programmes()
    assert all(benefit_by_roster_name(name, programmes) for name in sheets)
    law = {programme.code: programme.parameters.at(Month.of(ON)) for programme in programmes}
    bands = {fen for _, fen in law["old_age_allowance"].amounts}
    paid = [round(float(str(row[5]).replace(",", "")) * 100) for row in sheets["老年综合津贴"]]
    assert len(paid) == city.recipients["老年综合津贴"] > 1500
    assert set(paid) <= bands


def test_most_but_not_all_of_those_old_enough_are_in_the_roster(city: CitySummary, residents: Rows) -> None:
    listed = {str(row[1]) for row in roster(city)["老年综合津贴"]}
    dead = {row["证件号码"] for row in read(city, files.DEATHS)}
    entitled = {
        row["证件号码"]
        for row in residents
        if row["户籍类别"] == "本市" and row["出生日期"] <= "19570531" and row["证件号码"] not in dead
    }
    assert 0.92 < len(entitled & listed) / len(entitled) < 0.98


def test_every_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def interrupted(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_city_files(tmp_path / "city", scale=20_000, seed=1, on=ON, progress=interrupted)
    assert not (tmp_path / "city").exists()
    write_city_files(tmp_path / "city", scale=20_000, seed=1, on=ON)
    assert sorted(path.name for path in (tmp_path / "city").iterdir()) == sorted(files.FILES)


def test_every_figure_names_its_source() -> None:
    assert unsourced() == []
    assert unsourced({"some": {"figure": {"value": 1}}}) == ["some.figure"]


@pytest.mark.parametrize("scale", [0, -5])
def test_a_scale_that_is_none_is_refused(tmp_path: Path, scale: int) -> None:
    with pytest.raises(ValueError, match="正整数"):
        write_city_files(tmp_path / "city", scale=scale)
