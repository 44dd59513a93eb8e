"""Reforms in the database: who starts, sees, shares; what the database hands to whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.monthend.folders import snapshot_folder
from minzheng.kernel.monthend.tests.town import Town
from minzheng.kernel.periods import Month
from minzheng.kernel.reforms import actions, population, queries
from minzheng.kernel.reforms.changes import Change
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.examples import household_under_both
from minzheng.kernel.reforms.models import Reform, ReformExample, ReformFigure
from minzheng.kernel.reforms.tests import made_city
from minzheng.kernel.reforms.tests.made_city import JULY
from minzheng.kernel.rules import explain, read_snapshot_record

STANDARD = Change("subsistence_allowance.standard", 150_000)


@pytest.fixture
def city(monkeypatch, tmp_path: Path) -> Path:
    """The made-up city as the month's population, in its place by identity."""
    folder = made_city.snapshot(tmp_path / "s")
    final = snapshot_folder(str(JULY), read_snapshot_record(folder).identity)
    if not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(final)
    monkeypatch.setattr(actions, "population_of", lambda month: final)
    return final


@pytest.fixture
def officer(db):
    return make_post("city_policy_officer", "310000")


def start(post, *changes: Change, title: str = "低保标准1500元") -> Reform:
    with acting(post):
        return actions.start_reform(title=title, month=JULY, changes=changes or (STANDARD,))


@pytest.fixture
def done(city, officer) -> Reform:
    return actions.compute_reform(start(officer).pk)


def shared(reform: Reform, officer) -> Reform:
    with acting(officer):
        actions.share_reform(reform, is_shared=True)
    return reform


def test_a_reform_is_queued_computed_and_traced(done, officer) -> None:
    assert ProcrastinateJob.objects.filter(task_name="reforms.compute", args__reform_id=done.pk).count() == 1
    assert (done.state, done.done, done.total > 0) == ("done", done.total, True) and done.findings_sha256
    with acting(officer):
        lines = queries.lines_of(done)
        total = lines["all"][0]
        assert total.values["gainers"] > 0 and total.change_fen > 0
        assert total.values["households"] == 120
        assert queries.examples_of(done).count() > 0
    with acting_as_service("test"):
        acts = set(Entry.objects.filter(subject=f"reforms.reform:{done.pk}").values_list("act", flat=True))
    assert acts == {"reforms.save", "reforms.compute"}


def test_computed_again_it_gives_the_same_figures_and_examples(done, officer) -> None:
    def kept():
        with acting_as_service("test"):
            return (
                list(ReformFigure.objects.filter(reform=done).order_by("is_masked", "position").values_list("key", "values")),
                list(ReformExample.objects.filter(reform=done).order_by("kind", "id").values_list("household_id", "after_fen")),
            )  # fmt: skip

    before = kept()
    actions.compute_reform(done.pk)
    assert kept() == before


@pytest.mark.parametrize("role", ["neighbourhood_worker", "centre_clerk", "street_officer", "district_reviewer",
                                  "finance_preparer", "finance_approver", "statistician", "auditor", "system_admin"])  # fmt: skip
def test_only_the_citys_policy_officers_compute_reforms(db, role) -> None:
    with acting(make_post(role, "310000")), pytest.raises(NotPermitted, match=r"reforms\.run"):
        actions.start_reform(title="", month=JULY, changes=[STANDARD])


def test_an_officer_of_one_programme_computes_reforms_of_that_one_alone(db) -> None:
    with (
        acting(make_post("city_policy_officer", "310000", ("old_age_allowance",))),
        pytest.raises(NotPermitted),
    ):
        actions.start_reform(title="", month=JULY, changes=[STANDARD])


def test_a_reform_without_a_change_or_of_a_parameter_no_rule_reads_is_refused(officer) -> None:
    with acting(officer):
        for changes in ([], [Change("old_age_allowance.pay_months", (1,))], [STANDARD, STANDARD]):
            with pytest.raises(ReformRefused):
                actions.start_reform(title="", month=JULY, changes=changes)


def seen_by(role: str, place: str, reform: Reform) -> tuple[int, int, int, int]:
    """Rows a post is handed by the database: reforms, open figures, hidden figures, examples."""
    with acting(make_post(role, place)):
        figures = ReformFigure.objects.filter(reform=reform)
        return (
            Reform.objects.filter(pk=reform.pk).count(),
            int(figures.filter(is_masked=False).exists()),
            int(figures.filter(is_masked=True).exists()),
            int(ReformExample.objects.filter(reform=reform).exists()),
        )


@pytest.mark.parametrize(
    ("role", "place", "unshared", "after_sharing"),
    [
        ("city_policy_officer", "310000", (0, 0, 0, 0), (1, 1, 1, 1)),
        ("auditor", "310000", (0, 0, 0, 0), (1, 1, 1, 1)),
        ("statistician", "310000", (0, 0, 0, 0), (1, 0, 1, 0)),
        ("statistician", "310107", (0, 0, 0, 0), (0, 0, 0, 0)),
        ("street_officer", "310107014", (0, 0, 0, 0), (0, 0, 0, 0)),
        ("district_reviewer", "310107", (0, 0, 0, 0), (0, 0, 0, 0)),
        ("centre_clerk", "310107014", (0, 0, 0, 0), (0, 0, 0, 0)),
        ("finance_approver", "310000", (0, 0, 0, 0), (0, 0, 0, 0)),
        ("system_admin", "310000", (0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_the_database_hands_each_role_its_own(done, officer, role, place, unshared, after_sharing) -> None:
    assert seen_by(role, place, done) == unshared
    shared(done, officer)
    assert seen_by(role, place, done) == after_sharing


def test_a_statistician_is_shown_no_count_below_ten(done, officer) -> None:
    shared(done, officer)
    with acting(make_post("statistician", "310000")):
        lines = queries.lines_of(done)
        counts = [line.values["gainers"] for group in lines.values() for line in group]
        assert None in counts and not [n for n in counts if n is not None and 0 < n < 10]
    with acting(officer):
        assert None not in [
            v for group in queries.lines_of(done).values() for line in group for v in line.values.values()
        ]


def test_nobody_but_the_service_writes_figures(done, officer) -> None:
    with acting(officer):
        row = ReformFigure.objects.filter(reform=done).first()
        row.pk = None
        row.key = "x"
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
        assert ReformFigure.objects.filter(reform=done).delete()[0] == 0


def test_only_its_maker_shares_a_finished_reform(city, officer) -> None:
    waiting = start(officer)
    with acting(officer), pytest.raises(ReformRefused, match="once it is computed"):
        actions.share_reform(waiting, is_shared=True)
    finished = actions.compute_reform(waiting.pk)
    with (
        acting(make_post("city_policy_officer", "310000")),
        pytest.raises(ReformRefused, match="only its maker"),
    ):
        actions.share_reform(finished, is_shared=True)


def test_a_household_is_explained_under_both_laws_from_the_same_facts(done, officer) -> None:
    with acting(officer):
        example = ReformExample.objects.filter(reform=done, kind="gains").first()
        both = household_under_both(done, example.household_id)
    amounts = [
        sum(
            explain(law, trace, code, None if benefit.unit == "household" else person["person_id"]).amount_fen
            for code, benefit in law.benefits.items()
            for person in (both.inputs.persons if benefit.unit == "person" else [{}])
            if explain(law, trace, code, person.get("person_id")).status == "eligible"
        )
        for law, trace in ((both.law, both.before), (both.reform, both.after))
    ]
    assert amounts == [example.before_fen, example.after_fen]


def test_where_the_month_was_not_run_the_registers_are_the_population(db) -> None:
    with acting_as_service("test"):
        Town().household(
            "1",
            {"money_assets_fen": 0, "homes": 1, "non_residential_properties": 0, "vehicles": 0},
            {"name": "甲"},
        )
        folder = population.population_of(Month(2022, 6))
    assert read_snapshot_record(folder).persons == 1


def test_an_empty_register_fails_with_words_and_can_be_started_again(officer) -> None:
    failed = actions.compute_reform(start(officer).pk)
    assert failed.state == "failed" and "请先接收各部门数据" in failed.error
    with acting(officer):
        actions.restart_reform(failed)
    with acting_as_service("test"):
        assert Reform.objects.get(pk=failed.pk).state == "waiting"
