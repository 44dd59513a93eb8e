"""A reform becomes law by a paper, two officers, and a file that means exactly what was computed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms import actions, promotion
from minzheng.kernel.reforms.changes import Change, reformed_law
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Promotion, Reform, State
from minzheng.kernel.reforms.parameter_files import proposed_files, require_same_law, with_files
from minzheng.kernel.reforms.promotion import Paper
from minzheng.kernel.reforms.tests import made_city
from minzheng.kernel.reforms.tests.made_city import JULY
from minzheng.kernel.rules import evaluate_snapshot

PROGRAMMES = load_programmes(DOMAINS)
AUGUST = Month(2022, 8)
BANDS = Change("old_age_allowance.amounts", ((60, 7_500), (70, 20_000)))
CHANGES = [Change("subsistence_allowance.standard", 150_000), BANDS]
ISSUED = date(2022, 7, 20)
NOTICE = Paper("沪民规〔2022〕99号", "关于调整“低保”标准的通知", ISSUED, date(2022, 8, 1))


@pytest.fixture
def officer(db):
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def other(db):
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def reform(officer) -> Reform:
    with acting(officer):
        made = actions.save_reform(title="低保标准1500元", note="", month=JULY, changes=CHANGES)
    with acting_as_service("test"):
        Reform.objects.filter(pk=made.pk).update(state=State.DONE)
        return Reform.objects.get(pk=made.pk)


def proposed(reform: Reform, officer, paper: Paper = NOTICE) -> Promotion:
    with acting(officer):
        return promotion.propose(reform=reform, paper=paper, on=ISSUED)


def confirmed(reform: Reform, officer, other) -> Promotion:
    made = proposed(reform, officer)
    with acting(other):
        return promotion.decide(promotion=made, confirm=True, words="与印发文件一致", on=ISSUED)


def test_the_promoted_files_give_exactly_the_findings_that_the_reform_gave(
    reform, officer, other, tmp_path
) -> None:
    """The adopted files are read from disk like any others, over the same people: the same bytes."""
    made = confirmed(reform, officer, other)
    with acting_as_service("test"):
        written = promotion.adopt(made, tmp_path / "tree")
    assert len(written) == 2
    adopted = []
    for programme in PROGRAMMES:
        folder = tmp_path / "parameters" / programme.code
        folder.mkdir(parents=True)
        # A programme whose sums stand in its notices has no parameters.
        for path in (programme.folder / "parameters").glob("*.yaml"):
            shutil.copy(path, folder)
        for path in written:
            if programme.package.replace(".", "/") in str(path):
                shutil.copy(path, folder)
        adopted.append(replace(programme, parameters=ParameterSet(programme.code, load_folder(folder))))
    snapshot = made_city.snapshot(tmp_path / "s", month=AUGUST)
    as_reform = evaluate_snapshot(reformed_law(PROGRAMMES, CHANGES, AUGUST), snapshot, tmp_path / "a")
    as_law = evaluate_snapshot(compile_law(adopted, AUGUST), snapshot, tmp_path / "b")
    assert as_law.findings_sha256 == as_reform.findings_sha256
    standing = evaluate_snapshot(compile_law(PROGRAMMES, AUGUST), snapshot, tmp_path / "c")
    assert standing.findings_sha256 != as_law.findings_sha256
    # July and every month before it are as they were.
    for month in (JULY, JULY - 1):
        assert compile_law(adopted, month).identity == compile_law(PROGRAMMES, month).identity
    paper = compile_law(adopted, AUGUST).parameters["subsistence_allowance.standard"]
    assert "沪民规〔2022〕99号" in paper.source and paper.provenance == "public"


@settings(max_examples=8, deadline=None)
@given(
    standard=st.integers(0, 1_000_000),
    top=st.integers(0, 1_000_000),
    day=st.dates(date(2019, 1, 1), date(2026, 12, 31)),
    title=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30),
)
def test_whatever_is_promoted_from_whatever_day_the_files_mean_what_was_computed(
    standard, top, day, title
) -> None:
    changes = [
        Change("subsistence_allowance.standard", standard),
        Change("old_age_allowance.amounts", ((65, top),)),
    ]
    held = {e.from_ for p in PROGRAMMES for c in p.parameters for e in c.entries}
    if day in held:
        return
    files = proposed_files(
        PROGRAMMES, changes, source=f"沪民规〔2022〕1号{title}", effective_on=day, checked=day
    )
    first = Month.of(day) if day.day == 1 else Month.of(day) + 1
    if not any(first.first_day >= d > day for d in held):
        require_same_law(PROGRAMMES, files, changes, first)
    for before, after in zip(PROGRAMMES, with_files(PROGRAMMES, files), strict=True):
        for old, new in zip(before.parameters, after.parameters, strict=True):
            assert [e for e in new.entries if e.from_ != day] == list(old.entries)


def test_the_file_keeps_every_line_and_gains_one_in_its_place_by_date() -> None:
    file = proposed_files(
        PROGRAMMES, CHANGES[:1], source="甲", effective_on=date(2022, 8, 1), checked=ISSUED
    )[0]
    standard = PROGRAMMES[0].parameters.parameters["standard"]
    before, after = standard.path.read_text().splitlines(), file.text.splitlines()
    line = '  - {from: 2022-08-01, value: 150_000, source: "甲", provenance: public, checked: 2022-07-20}'
    at = after.index(line)
    assert after[:at] + after[at + 1 :] == before
    assert "from: 2022-07-01" in after[at - 1] and "from: 2023-07-01" in after[at + 1]


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        (replace(NOTICE, number="低保通知"), "is written like"),
        (replace(NOTICE, number="沪民规〔2021〕99号"), "not that of the day of issue"),
        (replace(NOTICE, on=date(2022, 7, 21)), "not issued yet"),
        (replace(NOTICE, effective_on=date(2022, 7, 1)), "already has a value from 2022-07-01"),
    ],
)
def test_a_paper_that_is_none_and_a_day_that_is_taken_are_refused(reform, officer, paper, told) -> None:
    with pytest.raises(ReformRefused, match=told):
        proposed(reform, officer, paper)


@pytest.mark.parametrize(
    ("closed", "effective_on", "is_refused"),
    [
        (AUGUST, date(2022, 8, 1), True),
        (AUGUST, date(2022, 8, 2), False),  # takes effect with September
        (AUGUST, date(2022, 9, 1), False),
        (JULY, date(2022, 8, 1), False),
    ],
)
def test_nothing_reaches_into_a_closed_month(reform, officer, closed, effective_on, is_refused) -> None:
    close(closed)
    paper = replace(NOTICE, effective_on=effective_on)
    if is_refused:
        with pytest.raises(ReformRefused, match="are closed"):
            proposed(reform, officer, paper)
    else:
        assert proposed(reform, officer, paper).state == "proposed"


def close(month: Month) -> None:
    with acting_as_service("test"):
        MonthClose.objects.create(
            month=month.first_day, closed_on=month.last_day, orders_count=0, paid_fen=0, carried_count=0, ledger_sha256="0" * 64
        )  # fmt: skip


def test_a_month_closed_after_the_proposal_stops_its_confirmation_and_the_database_does_too(
    reform, officer, other
) -> None:
    made = proposed(reform, officer)
    close(AUGUST)
    with acting(other):
        with pytest.raises(ReformRefused, match="are closed"):
            promotion.decide(promotion=made, confirm=True, words="同意", on=ISSUED)
        with pytest.raises(DatabaseError, match="closed month"), transaction.atomic():
            Promotion.objects.filter(pk=made.pk).update(
                state="confirmed", decided_by_id=other.official_id, decided_on=ISSUED
            )


def test_the_writer_does_not_decide_and_the_database_says_so_as_well(reform, officer) -> None:
    made = proposed(reform, officer)
    with acting(officer):
        with pytest.raises(ReformRefused, match="another officer must"):
            promotion.decide(promotion=made, confirm=True, words="同意", on=ISSUED)
        with pytest.raises(DatabaseError), transaction.atomic():
            Promotion.objects.filter(pk=made.pk).update(
                state="confirmed", decided_by_id=officer.official_id, decided_on=ISSUED
            )


def test_nobody_decides_in_anothers_name_and_what_was_decided_stays(reform, officer, other) -> None:
    made = proposed(reform, officer)
    third = make_post("city_policy_officer", "310000")
    with acting(third), pytest.raises(DatabaseError, match="acts for themself"), transaction.atomic():
        Promotion.objects.filter(pk=made.pk).update(
            state="confirmed", decided_by_id=other.official_id, decided_on=ISSUED
        )
    with acting(other):
        promotion.decide(promotion=made, confirm=False, words="文号有误", on=ISSUED)
        with pytest.raises(ReformRefused, match="decided already"):
            promotion.decide(promotion=made, confirm=True, words="同意", on=ISSUED)
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            Promotion.objects.filter(pk=made.pk).update(paper="沪民规〔2022〕1号", words="x")
    # What was sent back may be written anew.
    assert proposed(reform, officer).pk != made.pk


@pytest.mark.parametrize(
    "role",
    ["street_officer", "district_reviewer", "statistician", "auditor", "finance_approver", "system_admin"],
)
def test_other_roles_neither_write_nor_decide(reform, officer, role) -> None:
    made = proposed(reform, officer)
    with acting(make_post(role, "310000")):
        with pytest.raises(NotPermitted):
            promotion.propose(reform=reform, paper=NOTICE, on=ISSUED)
        with pytest.raises(NotPermitted):
            promotion.decide(promotion=made, confirm=True, words="同意", on=ISSUED)


def test_an_unconfirmed_proposal_is_not_adopted_and_a_changed_file_stops_it(
    reform, officer, other, tmp_path
) -> None:
    made = proposed(reform, officer)
    with acting_as_service("test"), pytest.raises(ReformRefused, match="not confirmed"):
        promotion.adopt(made, tmp_path)
    with acting(other):
        stale = promotion.decide(promotion=made, confirm=True, words="同意", on=ISSUED)
    stale.files[0]["base_sha256"] = "0" * 64
    with acting_as_service("test"), pytest.raises(ReformRefused, match="was changed since"):
        promotion.adopt(stale, tmp_path)
    assert not list(tmp_path.iterdir()) and not promotion.is_adopted(stale)
