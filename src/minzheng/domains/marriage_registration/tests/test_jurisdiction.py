"""Where a couple may register on which day; how the two periods of a divorce are counted; who is too closely related."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.marriage_registration.jurisdiction import may_register_at
from minzheng.domains.marriage_registration.kinship import Kinship, ancestors, forbidden_kinship, parents_of
from minzheng.domains.marriage_registration.periods import divorce_periods
from minzheng.domains.marriage_registration.requirements import acts, everything, missing, requirements
from minzheng.domains.marriage_registration.tests.conftest import stranger
from minzheng.domains.marriage_registration.working_rules import districts_at, working_rules
from minzheng.kernel.periods.workdays import is_workday

PUTUO, XUHUI, JINSHAN = (
    "310107",
    "310104",
    "310116",
)  # the first two are of the illustrative nine, 金山 is not


def at(office, homes, on):
    found = may_register_at(office_district=office, hukou_districts=homes, on=date.fromisoformat(on))
    return found.allowed, found.is_cross_district


@pytest.mark.parametrize(
    "office, homes, on, allowed, crosses",
    [
        (PUTUO, [PUTUO, XUHUI], "2022-08-31", True, False),  # either party's own district, always
        (PUTUO, [None, PUTUO], "2022-08-31", True, False),
        (PUTUO, [XUHUI, XUHUI], "2022-08-31", False, True),  # the day before the pilot
        (PUTUO, [XUHUI, XUHUI], "2022-09-01", True, True),  # its first day, both districts in it
        (PUTUO, [XUHUI, None], "2022-09-01", True, True),
        (PUTUO, [JINSHAN, JINSHAN], "2022-11-30", False, True),  # the parties' district is outside
        (JINSHAN, [PUTUO, XUHUI], "2022-11-30", False, True),  # the office's district is outside
        (JINSHAN, [PUTUO, XUHUI], "2022-12-01", True, True),  # everywhere
        (PUTUO, [None, None], "2022-12-01", False, False),  # neither has a hukou in the city
        ("310000", [None, JINSHAN], "2022-01-04", True, False),  # the city's office
    ],
)
def test_a_couple_registers_at_home_and_later_elsewhere(office, homes, on, allowed, crosses):
    assert at(office, homes, on) == (allowed, crosses)


def test_the_table_is_of_nine_districts_and_then_of_sixteen():
    sizes = [len(districts_at(date.fromisoformat(day))) for day in ("2022-08-31", "2022-09-01", "2022-12-01")]
    assert sizes == [0, 9, 16]
    nine, all_ = working_rules().parameters["cross_district"].entries
    assert (nine.provenance, all_.provenance) == ("illustrative", "seed")


@pytest.mark.parametrize(
    "received, last_to_withdraw, first_to_collect, last_to_collect",
    [
        ("2022-03-01", "2022-03-31", "2022-04-01", "2022-05-05"),  # +30 = 30 April, holiday until 4 May
        ("2022-08-31", "2022-09-30", "2022-10-01", "2022-10-31"),  # the thirtieth day is the last before the holiday: 30+31
        ("2022-09-01", "2022-10-08", "2022-10-09", "2022-11-07"),  # the thirtieth day is 1 October: opens again on the 8th
        ("2022-09-08", "2022-10-08", "2022-10-09", "2022-11-07"),  # the thirtieth day is 8 October, a working Saturday
        ("2022-09-09", "2022-10-09", "2022-10-10", "2022-11-08"),  # the day after
        ("2021-12-31", "2022-01-30", "2022-01-31", "2022-03-01"),  # 30 January is a working Sunday before Spring Festival
        ("2022-01-01", "2022-02-07", "2022-02-08", "2022-03-09"),  # 31 January is New Year's Eve: opens on 7 February
    ],
)  # fmt: skip
def test_both_periods_are_counted_from_the_day_after(
    received, last_to_withdraw, first_to_collect, last_to_collect
):
    found = divorce_periods(date.fromisoformat(received))
    told = (found.cooling_last, found.collect_first, found.collect_last)
    assert tuple(day.isoformat() for day in told) == (last_to_withdraw, first_to_collect, last_to_collect)


@given(st.dates(date(2021, 1, 1), date(2023, 9, 30)))
@settings(max_examples=60)
def test_a_period_is_never_shorter_than_thirty_days_and_ends_on_a_working_day(received):
    found = divorce_periods(received)
    assert (found.cooling_first - received).days == 1
    for first, last in ((found.cooling_first, found.cooling_last), (found.collect_first, found.collect_last)):
        assert (last - first).days >= 29 and is_workday(last)
    assert (found.collect_first - found.cooling_last).days == 1


# --- kinship: a random family, generation by generation


@st.composite
def families(draw):
    """(parent, child) pairs of a family in which every child has two parents of the generation before."""
    generations, edges, born = [list(range(4))], [], 4
    for _ in range(4):
        above, children = generations[-1], []
        for _ in range(draw(st.integers(2, 5))):
            one, other = draw(st.permutations(above))[:2]
            edges += [(one, born), (other, born)]
            children.append(born)
            born += 1
        generations.append(children)
    return edges, born


@given(families(), st.data())
@settings(max_examples=60)
def test_kinship_is_what_the_tree_says(family, data):
    edges, people = family
    parents = parents_of(edges)
    one, other = data.draw(st.integers(0, people - 1)), data.draw(st.integers(0, people - 1))
    if one == other:
        return
    found = forbidden_kinship(parents, one, other)
    assert found == forbidden_kinship(parents, other, one)
    up, over = ancestors(parents, one), ancestors(parents, other)
    lineal = one in over or other in up
    # Within three generations: a common ancestor no further than a grandparent of either.
    near = any(max(up[a], over[a]) <= 2 for a in up.keys() & over.keys())
    assert (found is Kinship.LINEAL) == lineal
    assert (found is not None) == (lineal or near)


def test_first_cousins_are_barred_and_second_cousins_are_not():
    tree = parents_of([(1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)])
    assert forbidden_kinship(tree, 4, 5) is Kinship.COUSINS
    assert forbidden_kinship(tree, 4, 7) is None  # a first cousin's child: four generations from that side
    assert forbidden_kinship(tree, 6, 7) is None
    assert forbidden_kinship(tree, 1, 6) is Kinship.LINEAL  # great-grandparent
    assert forbidden_kinship({}, 1, 2) is None


def test_a_loop_in_bad_data_ends():
    assert forbidden_kinship(parents_of([(1, 2), (2, 1)]), 1, 2) is Kinship.LINEAL


def test_every_act_names_papers_with_their_source_and_everything_lacks_nothing():
    couple = {"man": stranger(1), "woman": stranger(2, nationality="taiwan", identifier_kind="taiwan")}
    for act in acts():
        wanted = requirements(act, couple)
        assert wanted and all(one.source and one.provenance in ("public", "illustrative") for one in wanted)
        assert not missing(act, couple, everything(act, couple))
    codes = {one.code for one in requirements("marriage", couple)}
    assert {
        "man.id_card",
        "woman.travel_permit",
        "woman.unmarried_proof",
    } <= codes and "woman.id_card" not in codes
