"""An index crosses its line, the month's list is frozen, two officials decide, each person is paid once."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import Error, connection, transaction

from minzheng.domains.price_linkage import actions
from minzheng.domains.price_linkage.models import IndexReading
from minzheng.domains.price_linkage.queries import series
from minzheng.domains.price_linkage.tests.town import ON, SEPTEMBER, SOURCE, Town
from minzheng.domains.price_linkage.trigger import subsidy_fen, trigger_of
from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import queries
from minzheng.kernel.eventgrants.errors import EmptyList, GrantRefused, NotReady, NotTriggered, SameOfficer
from minzheng.kernel.eventgrants.models import Activation, Entry, Strike
from minzheng.kernel.payments.errors import NothingToPay
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def listed(town: Town) -> tuple[Town, Person]:
    """Prices rose in September, and one person's household receives the allowance."""
    person = town.person()
    town.allowance(town.household(person), person, Month(2022, 1))
    town.prices()
    return town, person


@pytest.mark.parametrize(
    ("month", "cpi", "food", "met_by"),
    [
        (Month(2022, 7), 34, 59, ()),
        (Month(2022, 7), 35, 59, ("cpi",)),
        (Month(2022, 7), 36, 59, ("cpi",)),
        (Month(2022, 7), 34, 60, ("food",)),
        (Month(2022, 7), 34, 61, ("food",)),
        (Month(2022, 7), 35, 60, ("cpi", "food")),
        (Month(2022, 7), None, None, ()),
        # The temporary line of 3.0 % holds for the index months 2022-08 to 2023-02.
        (Month(2022, 7), 30, 0, ()),
        (Month(2022, 8), 29, 0, ()),
        (Month(2022, 8), 30, 0, ("cpi",)),
        (Month(2023, 2), 30, 0, ("cpi",)),
        (Month(2023, 3), 30, 0, ()),
        (Month(2023, 3), 35, 0, ("cpi",)),
    ],
)
def test_a_rise_that_reaches_its_line_starts_the_mechanism(
    month: Month, cpi: int | None, food: int | None, met_by: tuple[str, ...]
) -> None:
    assert trigger_of(month, cpi=cpi, food=food).met_by == met_by


@pytest.mark.parametrize(
    ("month", "rise", "yuan"),
    [
        (Month(2020, 9), 35, 43),  # 1,240 x 3.5 % = 43.40
        (Month(2020, 2), 35, 41 + 21),  # 1,160 x 3.5 % = 40.60; half of 41 is 20.5
        (Month(2022, 9), 28, 40),  # 1,420 x 2.8 % = 39.76
        (Month(2022, 9), 88, 125),  # 1,420 x 8.8 % = 124.96
        (Month(2022, 6), 25, 33),  # 1,330 x 2.5 % = 33.25
        (Month(2022, 9), 0, 0),
        (Month(2022, 9), -5, 0),
    ],
)
def test_the_sum_is_the_standard_times_the_rise_in_whole_yuan(month: Month, rise: int, yuan: int) -> None:
    assert subsidy_fen(month, rise) == yuan * 100


@pytest.mark.parametrize(("cpi", "food", "measure"), [(29, 59, 0), (30, 59, 30), (29, 60, 60), (61, 60, 61)])
def test_the_series_that_reached_its_line_measures_the_sum(cpi: int, food: int, measure: int) -> None:
    assert trigger_of(Month(2022, 9), cpi=cpi, food=food).measure == measure


@pytest.mark.parametrize(("cpi", "food", "measure"), [(29, 59, 0), (30, 59, 30), (29, 60, 29), (None, 60, 0)])
def test_in_the_other_reading_consumer_prices_measure_the_sum(
    cpi: int | None, food: int, measure: int
) -> None:
    held = replace(trigger_of(Month(2022, 9), cpi=cpi, food=food), is_measured_by_trigger=False)
    assert held.measure == measure


def test_the_reading_is_kept_with_the_start_as_an_assumption(listed: tuple[Town, Person]) -> None:
    town, _ = listed
    kept = town.propose().evidence["thresholds"]["measured_by_trigger"]
    assert (kept["value"], kept["provenance"]) == (1, "illustrative") and "7188万元" in kept["source"]


def test_each_member_of_a_household_on_the_allowance_is_listed_once(town: Town) -> None:
    head, parent, stranger = town.person(), town.person(), town.person(local=False)
    town.allowance(town.household(head, parent, stranger), head, Month(2022, 1))
    town.told("is_extreme_poverty_supported", person=parent)
    town.prices()
    activation = town.propose()
    # The stranger has no local hukou and is no family: not a member, as in the allowance itself.
    assert town.listed(activation) == {head.pk, parent.pk}
    assert (activation.list_count, activation.list_fen) == (2, 25_000)
    with town.seeing():
        assert set(activation.entries.values_list("ground", flat=True)) == {"subsistence"}


def test_the_extremely_poor_are_listed_and_low_income_households_only_under_the_temporary_extension(
    town: Town,
) -> None:
    poor, edge = town.person(), town.person()
    town.told("is_extreme_poverty_supported", person=poor)
    town.told("is_low_income_recognised", home=town.household(edge))
    for month in (Month(2022, 7), Month(2022, 8), Month(2023, 2), Month(2023, 3)):
        town.prices(month)
    assert [town.listed(town.propose(m)) for m in (Month(2022, 7), Month(2023, 3))] == [{poor.pk}] * 2
    assert [town.listed(town.propose(m)) for m in (Month(2022, 8), Month(2023, 2))] == [
        {poor.pk, edge.pk}
    ] * 2


def test_the_list_is_frozen_whoever_joins_later_is_not_on_it(listed: tuple[Town, Person]) -> None:
    town, person = listed
    activation = town.propose()
    later = town.person()
    town.allowance(town.household(later), later, Month(2022, 10))
    again = town.propose()
    assert again.pk == activation.pk and again.list_sha256 == activation.list_sha256
    assert town.listed(activation) == {person.pk}
    town.approve(activation)
    with acting(town.approver):
        assert actions.add_late(activation_id=activation.pk, month=SEPTEMBER, on=ON) == 0


def test_what_we_learn_later_of_the_month_itself_adds_a_person_marked_late(
    listed: tuple[Town, Person],
) -> None:
    town, person = listed
    activation = town.approve(town.propose())
    missed = town.person()
    town.allowance(town.household(missed), missed, Month(2022, 9))
    with acting(town.proposer), pytest.raises(SameOfficer):
        actions.add_late(activation_id=activation.pk, month=SEPTEMBER, on=ON)
    with acting(town.approver):
        assert actions.add_late(activation_id=activation.pk, month=SEPTEMBER, on=ON) == 1
        assert actions.add_late(activation_id=activation.pk, month=SEPTEMBER, on=ON) == 0
    town.pay(activation)
    assert {p for p, _, _ in town.orders()} == {person.pk, missed.pk}
    with acting(town.approver):
        (row,) = queries.rows("price_linkage")
    assert (row.activation.list_count, row.late) == (1, 1)


def test_who_died_before_the_month_is_not_paid_and_who_died_in_it_is(town: Town) -> None:
    before, within, known_later = (
        town.person(died=date(2022, 8, 31)), town.person(died=date(2022, 9, 1)), town.person()
    )  # fmt: skip
    for person in (before, within, known_later):
        town.told("is_extreme_poverty_supported", person=person)
    town.prices()
    activation = town.propose()
    assert town.listed(activation) == {within.pk, known_later.pk}
    with town.seeing():
        Person.objects.filter(pk=known_later.pk).update(death_date=date(2022, 8, 31))
    town.approve(activation)
    town.pay(activation)
    assert {p for p, _, _ in town.orders()} == {within.pk}
    with town.seeing():
        assert list(Strike.objects.values_list("person_id", "reason")) == [(known_later.pk, "deceased")]


def test_records_merged_after_the_freeze_are_paid_once_to_the_survivor(town: Town) -> None:
    survivor, absorbed, elsewhere, renamed = (town.person() for _ in range(4))
    for person in (survivor, absorbed, renamed):
        town.told("is_extreme_poverty_supported", person=person)
    town.prices()
    activation = town.propose()
    with town.seeing():
        Person.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
        Person.objects.filter(pk=renamed.pk).update(merged_into=elsewhere)
    town.approve(activation)
    town.pay(activation)
    assert [p for p, _, _ in town.orders()] == [survivor.pk, elsewhere.pk]
    with town.seeing():
        assert list(Strike.objects.values_list("person_id", "reason")) == [(absorbed.pk, "merged")]


def test_a_record_merged_through_several_steps_is_paid_once_to_the_record_that_holds_now(town: Town) -> None:
    """first -> middle -> last, with the middle one off the list; and two listed records that meet in a third."""
    first, middle, last = (town.person() for _ in range(3))
    left, right, third = (town.person() for _ in range(3))
    for person in (first, last, left, right):
        town.told("is_extreme_poverty_supported", person=person)
    town.prices()
    activation = town.propose()
    with town.seeing():
        for absorbed, survivor in ((first, middle), (middle, last), (left, right), (right, third)):
            Person.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
    town.approve(activation)
    town.pay(activation)
    assert [p for p, _, _ in town.orders()] == [last.pk, third.pk]
    with town.seeing():
        struck = set(Strike.objects.values_list("person_id", "reason"))
    assert struck == {(first.pk, "merged"), (right.pk, "merged")}


def test_whoever_is_dead_at_the_end_of_the_chain_is_not_paid(town: Town) -> None:
    first, last = town.person(), town.person()
    town.told("is_extreme_poverty_supported", person=first)
    town.prices()
    activation = town.propose()
    with town.seeing():
        Person.objects.filter(pk=first.pk).update(merged_into=last)
        Person.objects.filter(pk=last.pk).update(death_date=date(2022, 8, 31))
    town.approve(activation)
    with town.seeing():
        assert list(Strike.objects.values_list("person_id", "reason")) == [(first.pk, "deceased")]
        assert not Award.objects.filter(benefit="price_subsidy").exists()


def test_however_often_it_is_repeated_each_person_is_paid_once(listed: tuple[Town, Person]) -> None:
    town, person = listed
    activation = town.propose()
    for _ in range(2):
        activation = town.approve(town.propose())
    assert activation.pay_by == date(2022, 10, 30)
    batch = town.pay(activation)
    assert town.pay(activation).pk == batch.pk
    assert town.orders() == [(person.pk, "2022-09", 12_500)]
    from minzheng.kernel.payments.actions import approve_batch, confirm_paid, export_batch

    with acting(town.payer):
        approve_batch(batch_id=batch.pk, on=ON)
        export_batch(batch_id=batch.pk, format="pain.001", on=ON)
    with acting(town.preparer):
        confirm_paid(batch_id=batch.pk, on=ON)
    with acting(town.preparer), pytest.raises(NothingToPay):
        actions.pay(activation_id=activation.pk, month=Month(2022, 11), on=date(2022, 11, 20))
    with acting(town.approver):
        (row,) = queries.rows("price_linkage")
        assert row.is_paid and not row.is_overdue(date(2023, 1, 1))
        assert queries.year_figures(queries.rows("price_linkage"), 2022) == {
            "activations": 1, "listed": 1, "listed_fen": 12_500, "paid_fen": 12_500,
        }  # fmt: skip


def test_four_starts_in_2022_follow_from_the_series(listed: tuple[Town, Person]) -> None:
    """Rises of 2022 as entered with the demonstration series: food reaches 6 % in July to October."""
    town, _person = listed
    cpi = (9, 9, 15, 21, 21, 25, 27, 25, 28, 21, 16, 18)
    food = (-38, -39, -15, 19, 23, 29, 63, 61, 88, 70, 37, 48)
    for number in range(1, 13):
        town.prices(Month(2022, number), cpi[number - 1], food[number - 1])
    started = []
    for number in range(1, 13):
        try:
            started.append(town.approve(town.propose(Month(2022, number)), on=date(2022, 12, 20)))
        except NotTriggered:
            continue
    assert [f"{a.month:%Y-%m}" for a in started] == ["2022-07", "2022-08", "2022-09", "2022-10"]
    town.pay(started[-1], Month(2022, 12))
    # 1,420 x 6.3 %, 6.1 %, 8.8 %, 7.0 % = 89.46, 86.62, 124.96, 99.40
    assert [fen for _, _, fen in town.orders()] == [8_900, 8_700, 12_500, 9_900]
    with acting(town.approver):
        assert queries.year_figures(queries.rows("price_linkage"), 2022)["activations"] == 4
        lines = series(Month(2022, 1), Month(2022, 12))
    assert [str(line.month) for line in lines if line.trigger.is_met] == [
        "2022-07", "2022-08", "2022-09", "2022-10",
    ]  # fmt: skip


def test_below_the_line_nothing_is_proposed_and_the_refusal_names_the_figures(town: Town) -> None:
    town.prices(SEPTEMBER, cpi=29, food=59)
    with pytest.raises(NotTriggered, match=r"2\.9%（须达 3\.0%）"):
        town.propose()


def test_a_month_without_anybody_on_support_is_refused(town: Town) -> None:
    town.prices()
    with pytest.raises(EmptyList, match="nobody was entitled"):
        town.propose()


def test_a_corrected_reading_counts_and_the_evidence_keeps_what_was_decided_on(
    listed: tuple[Town, Person],
) -> None:
    town, _ = listed
    activation = town.propose()
    town.reading("food", SEPTEMBER, 90)
    town.reading("food", SEPTEMBER, 90)
    with town.seeing():
        assert IndexReading.objects.filter(series="food").count() == 2
        assert activation.evidence["readings"]["food"]["rise_permille"] == 88
        assert activation.evidence["thresholds"]["food_threshold"]["value"] == 60
    with acting(town.proposer):
        grants.withdraw(activation_id=activation.pk, reason="指数更正", on=ON)
    assert town.propose().evidence["amount_fen"] == 12_800  # 1,420 x 9.0 % = 127.80


def test_who_proposed_does_not_approve_even_by_raw_sql(listed: tuple[Town, Person]) -> None:
    town, _ = listed
    activation = town.propose()
    with acting(town.proposer):
        with pytest.raises(SameOfficer):
            grants.approve(activation_id=activation.pk, on=ON)
        statement = """UPDATE eventgrants_activation SET state = 'approved', approved_on = now(), pay_by = now(),
                       approved_by_id = %s"""
        for official, said in (
            (town.approver.official_id, "the approver is"),
            (town.proposer.official_id, "two_people"),
        ):
            with pytest.raises(Error, match=said), transaction.atomic():
                connection.cursor().execute(statement, [official])


def test_raw_sql_changes_neither_the_list_nor_what_was_proposed(listed: tuple[Town, Person]) -> None:
    town, _person = listed
    activation = town.approve(town.propose())
    other = town.person()
    with acting(town.approver):
        for statement, said in (
            ("UPDATE eventgrants_entry SET amount_fen = 1", "permission denied|append-only"),
            ("DELETE FROM eventgrants_entry", "permission denied|append-only"),
            ("UPDATE eventgrants_activation SET list_fen = 1", "cannot be rewritten"),
            (
                f"""INSERT INTO eventgrants_entry (activation_id, person_id, programme, division_code, ground,
                    amount_fen, is_late, listed_on) VALUES ({activation.pk}, {other.pk}, 'price_linkage', '310107',
                    'x', 1, false, now())""",
                "the list is frozen",
            ),
        ):
            with pytest.raises(Error, match=said), transaction.atomic():
                connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "role",
    [
        "street_officer",
        "district_reviewer",
        "finance_preparer",
        "finance_approver",
        "auditor",
        "statistician",
    ],
)
def test_roles_that_may_not_start_it(listed: tuple[Town, Person], role: str) -> None:
    town, _ = listed
    activation = town.propose()
    with acting(make_post(role, "310000")):
        with pytest.raises(NotPermitted):
            actions.propose(month=SEPTEMBER, on=ON)
        with pytest.raises((NotPermitted, NotReady)):
            grants.approve(activation_id=activation.pk, on=ON)
        with pytest.raises(NotPermitted):
            actions.enter_reading(series="cpi", month=SEPTEMBER, rise_permille=1, source=SOURCE, on=ON)


def test_the_service_never_approves(listed: tuple[Town, Person]) -> None:
    town, _ = listed
    activation = town.propose()
    with town.seeing(), pytest.raises(NotPermitted):
        grants.approve(activation_id=activation.pk, on=ON)


def test_a_district_sees_its_own_people_of_the_list_and_not_another_s(listed: tuple[Town, Person]) -> None:
    town, person = listed
    town.propose()
    with acting(make_post("district_reviewer", "310107")):
        assert list(Entry.objects.values_list("person_id", flat=True)) == [person.pk]
        assert not Activation.objects.exists()
    with acting(make_post("district_reviewer", "310151")):
        assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"series": "scpi"}, "series must be one of"),
        ({"rise_permille": 2_800}, "28 is 2.8 %"),
        ({"source": " "}, "name the publication"),
        ({"month": Month(2022, 10)}, "is not over"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_with_what_to_write(
    town: Town, change: dict[str, object], said: str
) -> None:
    values = {"series": "cpi", "month": SEPTEMBER, "rise_permille": 28, "source": SOURCE, "on": ON}
    with acting(town.proposer), pytest.raises(GrantRefused, match=said):
        actions.enter_reading(**(values | change))


def test_nothing_is_due_before_the_approval(listed: tuple[Town, Person]) -> None:
    town, _ = listed
    activation = town.propose()
    with acting(town.preparer), pytest.raises(NotReady, match="not approved"):
        actions.pay(activation_id=activation.pk, month=Month(2022, 10), on=ON)
    with town.seeing():
        assert not Award.objects.filter(benefit="price_subsidy").exists()
