"""From a reform to the parameter files (转为正式参数): one officer writes the proposal, another confirms it, the files are
handed to whoever installs the law. Decision 0015 says why the law stays in files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Max

from minzheng.kernel.access import Actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.reforms.changes import from_json
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Promotion, PromotionState, Reform, State
from minzheng.kernel.reforms.parameter_files import ProposedFile, proposed_files, require_same_law

_PAPER = re.compile(r"^[\u4e00-\u9fff（）()]{1,30}〔(\d{4})〕\d{1,5}号$")


@dataclass(frozen=True, slots=True)
class Paper:
    """The notice that makes the reform law: 文号, title, the day it was issued, the day it takes effect."""

    number: str
    title: str
    on: date
    effective_on: date

    @property
    def citation(self) -> str:
        day = self.on
        return f"{self.number}（{self.title}，{day.year}年{day.month}月{day.day}日印发）"


def propose(*, reform: Reform, paper: Paper, on: date) -> Promotion:
    """Writes the proposal (拟稿): the files with the new entry, checked to mean what the reform computed.

    Raises:
        NotPermitted: the acting post may not, or not for one of the programmes.
        ReformRefused: not computed, the paper is no paper, the day lies in a closed month, or the files do not take it.
    """
    changes = from_json(reform.changes)
    actor = _require_promote(reform)
    if reform.state != State.DONE:
        raise ReformRefused("计算完成后才能拟稿 / it can be proposed once it is computed")
    if reform.promotions.exclude(state=PromotionState.REJECTED).exists():
        raise ReformRefused("该试算已有拟稿 / there is a proposal already")
    _require_paper(paper, on)
    programmes = load_programmes()
    first = _first_month(paper.effective_on)
    _require_open(first)
    files = proposed_files(
        programmes, changes, source=paper.citation, effective_on=paper.effective_on, checked=on
    )
    require_same_law(programmes, files, changes, first)
    if not reform.is_shared:
        if reform.created_by_id != actor.official:
            raise ReformRefused("经办本人共享后才能由他人拟稿 / its maker shares it first")
        Reform.objects.filter(pk=reform.pk).update(is_shared=True)
    made = Promotion.objects.create(
        reform=reform,
        paper=paper.number,
        paper_title=paper.title,
        paper_on=paper.on,
        effective_on=paper.effective_on,
        files=[file.to_json() for file in files],
        proposed_by_id=actor.official,
        proposed_on=on,
    )
    record(
        "reforms.propose",
        subject=f"reforms.promotion:{made.pk}",
        detail={"reform": reform.pk, "paper": paper.number, "effective_on": paper.effective_on,
                "files": {f.file: f.base_sha256 for f in files}},
    )  # fmt: skip
    return made


def _require_promote(reform: Reform) -> Actor:
    actor = require("reforms.promote")
    for programme in sorted({change.programme for change in from_json(reform.changes)}):
        require("reforms.promote", domain=programme)
    return actor


def _require_paper(paper: Paper, on: date) -> None:
    found = _PAPER.match(paper.number)
    if found is None:
        raise ReformRefused(
            f"文号“{paper.number}”应写作 沪民规〔2022〕10号 / the paper's number is written like 沪民规〔2022〕10号"
        )
    if int(found[1]) != paper.on.year:
        raise ReformRefused("文号的年份与印发日期不一致 / the number's year is not that of the day of issue")
    if paper.on > on:
        raise ReformRefused("文件尚未印发，不能拟稿 / the paper is not issued yet")


def _first_month(effective_on: date) -> Month:
    month = Month.of(effective_on)
    return month if month.first_day == effective_on else month + 1


def _require_open(first: Month) -> None:
    closed = MonthClose.objects.aggregate(last=Max("month"))["last"]
    if closed is not None and first <= Month.of(closed):
        raise ReformRefused(
            f"{Month.of(closed).chinese}及以前各月已结账，新标准最早从{(Month.of(closed) + 1).chinese}起施行；"
            f"以前月份的差额另行补发 / months up to {Month.of(closed)} are closed; arrears are another matter"
        )


def decide(*, promotion: Promotion, confirm: bool, words: str, on: date) -> Promotion:
    """Confirms the proposal or sends it back (复核), by another officer than its writer; everything is checked anew.

    Raises:
        ReformRefused: decided already, by its writer, no words for a refusal, or the check fails.
    """
    actor = _require_promote(promotion.reform)
    locked = Promotion.objects.select_for_update().get(pk=promotion.pk)
    if locked.state != PromotionState.PROPOSED:
        raise ReformRefused("该拟稿已复核 / it was decided already")
    if locked.proposed_by_id == actor.official:
        raise ReformRefused(
            "拟稿人不能复核本人的拟稿，须由另一名工作人员办理 / its writer may not decide; another officer must"
        )
    if not confirm and len(words.strip()) < 4:
        raise ReformRefused("请写明退回原因（至少四个字）/ say why it is sent back")
    if confirm:
        check(locked)
    locked.state = PromotionState.CONFIRMED if confirm else PromotionState.REJECTED
    locked.decided_by_id, locked.decided_on, locked.words = actor.official, on, words.strip()
    locked.save(update_fields=["state", "decided_by", "decided_on", "words"])
    record(
        "reforms.confirm" if confirm else "reforms.reject",
        subject=f"reforms.promotion:{locked.pk}",
        detail={"reform": locked.reform_id, "paper": locked.paper},
        reason=words,
    )
    return locked


def files_of(promotion: Promotion) -> list[ProposedFile]:
    return [ProposedFile(**row) for row in promotion.files]


def check(promotion: Promotion) -> None:
    """That the proposal may still be adopted: months open, files unchanged, the same law as the reform.

    Raises:
        ReformRefused: names what stands in its way.
    """
    _require_open(promotion.first_month)
    changes = from_json(promotion.reform.changes)
    require_same_law(load_programmes(), files_of(promotion), changes, promotion.first_month)


def is_adopted(promotion: Promotion) -> bool:
    """Whether the parameter files of this installation hold the proposal's entries."""
    by_code = {p.code: p for p in load_programmes()}
    for change in from_json(promotion.reform.changes):
        parameter = by_code[change.programme].parameters.parameters[change.key]
        if not any(
            e.from_ == promotion.effective_on and e.value == change.value and promotion.paper in e.source
            for e in parameter.entries
        ):
            return False
    return True


def adopt(promotion: Promotion, folder: Path | None = None) -> list[Path]:
    """Writes a confirmed proposal's files in place of the present ones (写入参数文件), or into a folder.

    Processes that run read their law once: they are started anew afterwards.

    Raises:
        ReformRefused: not confirmed, or the check fails.
    """
    if promotion.state != PromotionState.CONFIRMED:
        raise ReformRefused("拟稿尚未复核 / the proposal is not confirmed")
    check(promotion)
    by_code = {p.code: p for p in load_programmes()}
    written = []
    for file in files_of(promotion):
        present = by_code[file.programme].parameters.parameters[file.key].path
        target = present if folder is None else folder / file.file
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        partial.write_text(file.text, encoding="utf-8")
        partial.replace(target)
        written.append(target)
    record(
        "reforms.adopt",
        subject=f"reforms.promotion:{promotion.pk}",
        detail={"files": [str(path) for path in written], "in_place": folder is None},
    )
    return written
