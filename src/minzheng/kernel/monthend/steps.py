"""The six steps of a month. Each reads what the step before left on record, and may be done again without harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from minzheng.kernel.awards.deaths import follow_deaths
from minzheng.kernel.awards.moves import follow_moves
from minzheng.kernel.monthend import folders
from minzheng.kernel.monthend.carrying import read_register
from minzheng.kernel.monthend.errors import MonthRefused
from minzheng.kernel.monthend.findings import load_findings
from minzheng.kernel.monthend.law import MonthLaw, law_of
from minzheng.kernel.monthend.live import begin_anew
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.monthend.recalculation import recalculate
from minzheng.kernel.monthend.telling import tell_of_arrears
from minzheng.kernel.monthend.totals import write_totals
from minzheng.kernel.outreach.automatic import adjust_to_standard, change_without_application
from minzheng.kernel.outreach.difference import compare
from minzheng.kernel.outreach.leads import raise_leads
from minzheng.kernel.outreach.notices import issue_notices, take_effect
from minzheng.kernel.outreach.reasons import fill_reasons
from minzheng.kernel.payments.actions import draft_orders
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, load_programmes
from minzheng.kernel.rules import evaluate_snapshot, read_findings
from minzheng.kernel.storage.paths import findings_home, snapshots_home

Report = Callable[[int, int], None]


@dataclass
class Work:
    """What the steps of one run share."""

    run: MonthRun
    month: Month
    on: date
    report: Report = lambda done, total: None
    whole: bool = False

    @cached_property
    def programmes(self) -> list[Programme]:
        return [p for p in load_programmes() if p.in_force(self.month)]

    @cached_property
    def law(self) -> MonthLaw:
        return law_of(self.programmes, self.month)

    @property
    def snapshot_dir(self) -> Path:
        return folders.snapshot_folder(str(self.month), self.run.snapshot_identity)

    @property
    def findings_dir(self) -> Path:
        return folders.findings_folder(str(self.month), self.run.law_identity, self.run.snapshot_identity)


def snapshot(work: Work) -> dict[str, Any]:
    """Writes the month's population as columns (人口快照), on from the snapshot before where there is one."""
    folder = folders.working_folder(snapshots_home(), work.run.pk)
    record, anew = read_register(work.month, folder, whole=work.whole)
    if record.persons == 0:
        raise MonthRefused(
            "登记库中没有人员，请先接收各部门数据 / the register is empty; load the offices' files first"
        )
    work.report(1, 2)
    folders.put_in_place(folder, folders.snapshot_folder(str(work.month), record.identity))
    work.run.snapshot_identity = record.identity
    work.run.law_identity = work.law.law.identity
    begin_anew(work.month, record.identity)
    work.report(2, 2)
    return {
        "persons": record.persons,
        "households": record.households,
        "parts": record.parts,
        "read_anew": record.households if anew is None else anew,
        "whole": anew is None,
    }


def evaluate(work: Work) -> dict[str, Any]:
    """Evaluates everybody by the month's law, and by the law without this month's change of parameters (认定)."""
    folder = folders.working_folder(findings_home(), work.run.pk)
    result = evaluate_snapshot(work.law.law, work.snapshot_dir, folder, progress=work.report)
    if work.law.reference is not None:
        evaluate_snapshot(work.law.reference, work.snapshot_dir, folder / "reference", progress=work.report)
    folders.put_in_place(folder, work.findings_dir)
    work.run.findings_sha256 = result.findings_sha256
    return {
        "rows": result.rows,
        "law_changed": work.law.reference is not None,
        "benefits": {
            t.benefit: {"eligible": t.eligible, "may_qualify": t.may_qualify, "amount_fen": t.amount_fen}
            for t in result.totals
        },
    }


def findings(work: Work) -> dict[str, Any]:
    """Copies the findings into the database, with what last month's parameters would have given (认定结果入库)."""
    roll = read_findings(work.findings_dir)
    reference = read_findings(work.findings_dir / "reference") if work.law.reference is not None else None
    count = load_findings(month=work.month, findings=roll, reference=reference)
    work.report(count, count)
    return {"rows": count}


def outreach(work: Work) -> dict[str, Any]:
    """Compares findings with awards: leads for people to work on, notices for what starts by itself (主动发现)."""
    difference = compare(month=work.month, programmes=work.programmes)
    work.report(1, 4)
    leads = raise_leads(month=work.month, on=work.on)
    work.report(2, 4)
    fill_reasons(
        month=work.month, programmes=work.programmes, law=work.law.law, snapshot_dir=work.snapshot_dir
    )
    work.report(3, 4)
    notices = issue_notices(
        month=work.month, on=work.on, programmes=work.programmes, snapshot_dir=work.snapshot_dir
    )
    work.report(4, 4)
    return {"difference": difference, "leads": leads, "notices": notices}


def adjust(work: Work) -> dict[str, Any]:
    """Follows deaths, changes of standard, what happens without application and late facts into the awards (待遇调整)."""
    deaths = follow_deaths(month=work.month, on=work.on)
    moved = follow_moves(month=work.month, on=work.on)
    work.report(1, 4)
    compare(month=work.month, programmes=work.programmes)
    standard = adjust_to_standard(month=work.month, on=work.on, papers=work.law.papers)
    work.report(2, 4)
    automatic = change_without_application(month=work.month, on=work.on)
    work.report(3, 4)
    granted = take_effect(month=work.month, on=work.on)
    looked = recalculate(month=work.month, on=work.on)
    work.report(4, 4)
    return {
        "recalculated": looked.corrected,
        "left_to_officials": looked.left,
        "ended_by_death": deaths.ended,
        "payees_changed": deaths.payees_changed,
        "moved": moved,
        "standard": standard,
        "granted": granted,
        **automatic,
    }


def draft(work: Work) -> dict[str, Any]:
    """Drafts the month's payments and counts the month (生成发放清单、合计)."""
    report = draft_orders(month=work.month, on=work.on)
    letters = tell_of_arrears(month=work.month, on=work.on)
    work.report(1, 2)
    work.run.differences = write_totals(run=work.run, month=work.month)
    work.report(2, 2)
    return {
        "drafted": report.drafted,
        "overpaid": report.overpaid,
        "netted": report.netted,
        "deducted": report.deducted,
        "arrears_letters": letters,
        "refreshed": report.refreshed,
        "cancelled": report.cancelled,
        "waiting": report.waiting,
        "waiting_fen": report.waiting_fen,
        "held": report.held,
    }


STEPS: dict[str, Callable[[Work], dict[str, Any]]] = {
    "snapshot": snapshot,
    "evaluate": evaluate,
    "findings": findings,
    "outreach": outreach,
    "adjust": adjust,
    "draft": draft,
}
LABELS = {
    "snapshot": "人口快照",
    "evaluate": "认定",
    "findings": "认定结果入库",
    "outreach": "主动发现",
    "adjust": "待遇调整",
    "draft": "生成发放清单",
}
