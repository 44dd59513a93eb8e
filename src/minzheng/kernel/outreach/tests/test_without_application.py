"""What starts, changes and ends without an application: told first, stopped by a word, and never by a gap in a file."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.models import Award
from minzheng.kernel.awards.queries import monthly_amount
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.automatic import adjust_to_standard, change_without_application
from minzheng.kernel.outreach.difference import compare
from minzheng.kernel.outreach.errors import OutreachError
from minzheng.kernel.outreach.models import Lead, Notice, OptOut
from minzheng.kernel.outreach.notices import issue_notices, take_effect
from minzheng.kernel.outreach.tests.conftest import JUL, ON
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_code, load_programmes
from minzheng.kernel.rules import write_snapshot

AUG, AUG_END = Month(2022, 8), date(2022, 8, 31)


def window_days() -> int:
    programme, benefit = benefit_by_code("old_age_allowance")
    return programme.objection_days(benefit, JUL)


@pytest.fixture
def elder(as_post, household, tmp_path):
    """A person of a given month of birth with a snapshot that holds nobody else."""
    as_post("service")

    def make(born: Month):
        home, (person,) = household()
        persons = pl.DataFrame(
            {
                "person_id": [person],
                "household_id": [home],
                "birth_month": [born.index],
                "sex": [1],
                "is_alive": [True],
                "hukou_is_local": [True],
                "relation": [1],
            }
        )
        homes = pl.DataFrame({"household_id": [home], "division_code": [310107014029]})
        write_snapshot(persons, homes, tmp_path, month=JUL, as_of=JUL.first_day)
        return home, person

    return make


def issue(folder, month=JUL, on=ON):
    programmes = load_programmes()
    compare(month=month, programmes=programmes)
    return issue_notices(month=month, on=on, programmes=programmes, snapshot_dir=folder)


def effect(month, on):
    compare(month=month, programmes=load_programmes())
    return take_effect(month=month, on=on)


def test_who_turned_65_in_may_is_told_and_paid_from_may(elder, found, tmp_path):
    home, person = elder(Month(1957, 5))
    found(home, person, fen=7_500)
    assert issue(tmp_path) == {"issued": 1, "withdrawn": 0}
    notice = Notice.objects.get()
    assert notice.start_month == date(2022, 5, 1)
    assert "2022年5月" in notice.letter and "75.00元" in notice.letter
    assert (notice.window_until - ON).days == window_days() > 0
    assert not Award.objects.exists() and not Lead.objects.exists()
    found(home, person, fen=7_500, month=AUG)
    assert effect(AUG, AUG_END) == 1
    award = Award.objects.get()
    assert (award.start_month, award.origin) == (date(2022, 5, 1), "automatic")
    assert effect(AUG, AUG_END) == 0


def test_who_turned_70_in_june_is_paid_both_bands_in_arrears(elder, found, tmp_path):
    home, person = elder(Month(1952, 6))
    found(home, person, fen=15_000)
    issue(tmp_path)
    found(home, person, fen=15_000, month=AUG)
    effect(AUG, AUG_END)
    award = Award.objects.get()
    # Arrears reach back twelve months at most: July 2021 to June 2022 before the month itself.
    assert award.start_month == date(2021, 7, 1)
    assert [monthly_amount(award, Month(2022, m)) for m in (5, 6, 7, 8)] == [7_500, 15_000, 15_000, 15_000]


@pytest.mark.parametrize(("days_after", "starts"), [(0, 0), (1, 1)])
def test_the_award_starts_on_the_day_after_the_window_and_not_on_its_last_day(
    elder, found, tmp_path, days_after, starts
):
    home, person = elder(Month(1957, 5))
    found(home, person, fen=7_500)
    issue(tmp_path)
    found(home, person, fen=7_500, month=AUG)
    assert effect(AUG, ON + timedelta(days=window_days() + days_after)) == starts


def test_an_objection_holds_the_award_until_it_is_settled(elder, found, tmp_path):
    home, person = elder(Month(1957, 5))
    found(home, person, fen=7_500)
    issue(tmp_path)
    found(home, person, fen=7_500, month=AUG)
    actions.object_to(notice=Notice.objects.get(), on=ON, words="出生日期有误")
    assert effect(AUG, AUG_END) == 0
    actions.settle_objection(notice=Notice.objects.get(), upheld=False, on=ON, note="核对无误")
    assert effect(AUG, AUG_END) == 1


def test_an_upheld_objection_withdraws_the_notice(elder, found, tmp_path):
    home, person = elder(Month(1957, 5))
    found(home, person, fen=7_500)
    issue(tmp_path)
    actions.object_to(notice=Notice.objects.get(), on=ON, words="出生日期有误")
    actions.settle_objection(notice=Notice.objects.get(), upheld=True, on=ON, note="已更正")
    assert Notice.objects.get().state == "withdrawn"
    with pytest.raises(OutreachError):
        actions.object_to(notice=Notice.objects.get(), on=ON, words="再次")


def test_who_opts_out_is_neither_paid_nor_told_again_until_they_take_it_back(elder, found, tmp_path):
    home, person = elder(Month(1957, 5))
    found(home, person, fen=7_500)
    issue(tmp_path)
    actions.opt_out(person_id=person, programme="old_age_allowance", on=ON)
    assert Notice.objects.get().state == "opted_out"
    found(home, person, fen=7_500, month=AUG)
    assert effect(AUG, AUG_END) == 0
    assert issue(tmp_path, JUL)["issued"] == 0
    actions.withdraw_opt_out(person_id=person, programme="old_age_allowance", on=ON)
    assert issue(tmp_path, JUL)["issued"] == 1
    with pytest.raises(OutreachError):
        actions.withdraw_opt_out(person_id=person, programme="old_age_allowance", on=ON)


def test_opting_out_ends_an_award_in_force_with_the_month(elder, grant_of):
    home, person = elder(Month(1957, 5))
    award = awards.grant(
        grant=grant_of(
            person, home, programme="old_age_allowance", benefit="old_age_allowance", origin="automatic"
        ),
        on=ON,
    )
    actions.opt_out(person_id=person, programme="old_age_allowance", on=ON)
    actions.opt_out(person_id=person, programme="old_age_allowance", on=ON)
    award.refresh_from_db()
    assert award.end_month == date(2022, 7, 1) and OptOut.objects.count() == 1


@pytest.fixture
def held(elder, grant_of):
    home, person = elder(Month(1952, 7))
    award = awards.grant(
        grant=grant_of(
            person, home, programme="old_age_allowance", benefit="old_age_allowance", monthly_fen=7_500
        ),
        on=ON,
    )
    return home, person, award


def test_a_new_age_band_changes_the_amount_by_itself_and_is_told_once(held, found):
    home, person, award = held
    found(home, person, fen=15_000)
    for expected in (1, 0):
        compare(month=JUL, programmes=load_programmes())
        assert change_without_application(month=JUL, on=ON) == {"changed": expected, "ended": 0}
    assert (monthly_amount(award, JUL - 1), monthly_amount(award, JUL)) == (7_500, 15_000)
    notice = Notice.objects.get()
    assert (notice.about, notice.previous_fen, notice.amount_fen) == ("change", 7_500, 15_000)
    assert "75.00元" in notice.letter and "150.00元" in notice.letter


def test_a_hukou_that_left_the_city_ends_the_award_by_itself(held):
    _, person, award = held
    Person.objects.filter(pk=person).update(hukou_is_local=False)
    compare(month=JUL, programmes=load_programmes())
    assert change_without_application(month=JUL, on=ON) == {"changed": 0, "ended": 1}
    award.refresh_from_db()
    assert award.end_month == date(2022, 6, 1)
    assert Notice.objects.get().about == "end"


def test_somebody_who_is_merely_missing_from_the_findings_keeps_the_money_and_becomes_a_lead(
    held, outreach_month
):
    _, _, award = held
    outreach_month()
    assert change_without_application(month=JUL, on=ON) == {"changed": 0, "ended": 0}
    award.refresh_from_db()
    assert award.end_month is None
    assert Lead.objects.get().kind == "ends"


def test_a_change_of_standard_adjusts_from_its_month_names_the_paper_and_tells(
    as_post, household, found, grant_of
):
    as_post("service")
    home, (person,) = household()
    award = awards.grant(grant=grant_of(person, home, unit="household", monthly_fen=133_000), on=ON)
    found(home, fen=142_000, reference_fen=133_000)
    paper = "最低生活保障标准：1330.00元 → 1420.00元"
    for expected in (1, 0):
        compare(month=JUL, programmes=load_programmes())
        assert adjust_to_standard(month=JUL, on=ON, papers={"subsistence_allowance": paper}) == expected
    assert (monthly_amount(award, JUL - 1), monthly_amount(award, JUL)) == (133_000, 142_000)
    event = award.events.latest("id")
    assert (event.reason, event.note, event.month) == ("standard_changed", paper, date(2022, 7, 1))
    assert paper in Notice.objects.get(about="standard").letter
