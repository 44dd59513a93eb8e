"""Two sessions read the register side by side, each as whoever acts, and find what one would."""

from __future__ import annotations

from datetime import date

import polars as pl
import psycopg
import pytest

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people import frames
from minzheng.kernel.people.actions import FACT_SCHEMA, record_facts
from minzheng.kernel.people.frames import frames_of_households, population_frames
from minzheng.kernel.people.models import Household
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, JUNE, person, register
from minzheng.kernel.periods import Month
from minzheng.kernel.storage import bulk
from minzheng.kernel.storage.bulk import Query, read_frame, read_frames

JULY = Month(2022, 7)
WHO = Query("SELECT count(*) FROM people_person", (), {"n": pl.Int64})


@pytest.fixture
def town(fresh_database: str) -> list[int]:
    """Six committed households, every other one elsewhere, with a pension and means."""
    with acting_as_service("test"):
        places = [HERE if at % 2 else ELSEWHERE for at in range(1, 7)]
        told = register(
            *(
                person(at, household_number=f"H{at:06d}", division_code=place, hukou_division_code=place)
                for at, place in enumerate(places, 1)
            )
        )
        homes = sorted(Household.objects.values_list("id", flat=True))
        for source, subject, kind, ids in (
            ("人社", "person_id", "pension_fen", told["person_id"].to_list()),
            ("核对", "household_id", "money_assets_fen", homes),
        ):
            rows = [
                {
                    "row": at,
                    subject: one,
                    "kind": kind,
                    "int_value": 100 * at,
                    "start": date(2022, 6, 1),
                    "end": None,
                }
                for at, one in enumerate(ids, 1)
            ]
            record_facts(pl.DataFrame(rows, schema=FACT_SCHEMA), source=source, observed_on=JUNE)
    return homes


def test_a_second_session_changes_nothing_of_what_is_read(
    town: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_WORTH_A_SESSION", 3)
    opened = []
    usual = bulk._second_session
    monkeypatch.setattr(bulk, "_second_session", lambda: opened.append(1) or usual())
    asked = town[:5]
    with acting_as_service("test"):
        alone = frames_of_households(asked, JULY)
        assert not opened
        beside = frames_of_households(asked, JULY, is_committed=True)
        assert opened
        for one, two in zip(alone, beside, strict=True):
            assert one.equals(two) and one.height == 5
        whole = population_frames(JULY)[0].filter(pl.col("household_id").is_in(asked))
        assert beside[0].equals(whole)
        assert frames_of_households(town[:3], JULY, is_committed=True)[0].height == 3 and len(opened) == 1


def test_the_second_session_sees_what_the_post_sees_and_ends_with_the_reading(town: list[int]) -> None:
    count = Query(
        "SELECT pg_backend_pid(), count(*) FROM people_person GROUP BY 1",
        (),
        {"pid": pl.Int64, "n": pl.Int64},
    )
    for post, seen in ((("district_reviewer", HERE[:6]), 3), (("district_reviewer", ELSEWHERE[:6]), 3), (("statistician", "310000"), 0)):  # fmt: skip
        with acting(make_post(*post)):
            found = read_frames([count] * 8, beside=True)
            assert {one["n"].to_list()[0] if one.height else 0 for one in found} == {seen}
    with acting_as_service("test"):
        assert {one["n"].item() for one in read_frames([WHO] * 8, beside=True)} == {6}
        with bulk._second_session() as other:
            assert not other.closed
        assert other.closed


def test_nobody_acting_sees_nothing_in_either_session(town: list[int]) -> None:
    assert {one["n"].item() for one in read_frames([WHO] * 4, beside=True)} == {0}


def test_the_second_session_writes_nothing_and_its_failure_is_told(town: list[int]) -> None:
    with acting_as_service("test"), bulk._second_session() as other:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            other.execute("DELETE FROM people_householdmark")
        other.rollback()
    wrong = Query("SELECT 1 / 0", (), {"n": pl.Int64})
    with acting_as_service("test"), pytest.raises(psycopg.errors.DivisionByZero):
        read_frames([WHO, wrong], beside=True)


def test_a_long_reading_comes_in_parts_and_is_the_same(
    town: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT n, CASE WHEN n % 3 > 0 THEN repeat('长', n % 7) || E'\n\"' END, n % 2 = 0 FROM generate_series(1, 5000) n"
    schema = {"n": pl.Int64, "word": pl.String, "is_even": pl.Boolean}
    whole = read_frame(query, schema=schema)
    monkeypatch.setattr(bulk, "_PART", 1000)
    assert read_frame(query, schema=schema).equals(whole) and whole.height == 5000
    assert whole["word"].null_count() == 1666
    assert read_frame("SELECT 1 WHERE false", schema={"n": pl.Int64}).height == 0
