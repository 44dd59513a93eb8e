"""The letter on a decision: signed by whom, what failed first, what is missing named."""

import pytest
from django.utils.translation import override

from minzheng.domains.old_age_allowance.programme import PROGRAMME as OLD_AGE
from minzheng.domains.subsistence_allowance.programme import PROGRAMME as RELIEF
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import HouseholdInputs, evaluate_household
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.landing import _own_language
from minzheng.surfaces.web.letters import issuing_office, reason_letter

MONTH = Month(2022, 7)


def told(*, wage_fen=0, money_fen=1000_00, homes=1):
    """A household of one, told about the subsistence allowance."""
    person = {"person_id": 1, "household_id": 1, "birth_month": 1970 * 12, "sex": 1, "is_alive": True,
              "death_month": None, "hukou_is_local": True, "relation": 1, "wage_fen": wage_fen}  # fmt: skip
    household = {"household_id": 1, "division_code": 310107014001, "money_assets_fen": money_fen, "homes": homes,
                 "non_residential_properties": 0, "vehicles": 0}  # fmt: skip
    trace = evaluate_household(law_for(MONTH), HouseholdInputs(household, [person]))
    return explaining.tell(trace, "subsistence_allowance", None, MONTH, names={1: "某某"})


def test_whoever_qualifies_reads_the_amount_and_no_failing_condition():
    letter = reason_letter(told())
    assert "1,420.00" in letter.opening
    assert letter.failing == []
    assert letter.sums


def test_whoever_earns_the_standard_is_refused_and_reads_the_figure_and_the_limit():
    letter = reason_letter(told(wage_fen=1420_00))
    assert len(letter.failing) == 1
    assert "1,420.00" in letter.failing[0]
    assert letter.sums == []


def test_a_missing_check_is_named_instead_of_figures():
    letter = reason_letter(told(money_fen=None))
    assert any("尚未确认：" in line for line in letter.open_)
    assert letter.failing == []


def test_the_letter_speaks_the_readers_language():
    with override("en"):
        letter = reason_letter(told(wage_fen=1420_00))
    assert "does not qualify" in letter.opening


def test_the_inputs_of_a_condition_speak_the_readers_language():
    with override("en"):
        shown = {one.label: one.value for view in told(wage_fen=1420_00).conditions for one in view.inputs}
    assert "1,420.00 yuan" in shown.values()
    assert not {"是", "户主"} & set(shown.values())


@pytest.mark.django_db
def test_the_street_signs_where_the_programme_leaves_it_to_the_street():
    assert issuing_office(RELIEF, "310107014001") == "普陀区长风新村街道办事处"
    assert issuing_office(RELIEF, "310000") == RELIEF.authority
    assert issuing_office(OLD_AGE, "310107014001") == OLD_AGE.authority


@pytest.mark.parametrize(
    ("language", "shown"), [("zh-hans", "此页仅供居民本人查看。"), ("en", "This page is the resident's own.")]
)
def test_a_refusal_is_read_in_one_language(language, shown):
    with override(language):
        assert _own_language("此页仅供居民本人查看。This page is the resident's own.") == shown
        assert _own_language("没有权限。") == "没有权限。"
