"""Verbs of what-ifs: put one into the queue, compute it, share it, send a proposal for the parameter files on its way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import polars as pl
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import acting_as_service, require
from minzheng.kernel.audit import record
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms.changes import Change, check_changes, choices, from_json, reformed_law, to_json
from minzheng.kernel.reforms.comparing import Comparison
from minzheng.kernel.reforms.computing import WhatIf, what_if
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Reform, ReformExample, ReformFigure, State
from minzheng.kernel.reforms.population import population_of
from minzheng.kernel.reforms.small_figures import masked
from minzheng.kernel.reforms.tasks import compute_job
from minzheng.kernel.reforms.working_rules import working_rules
from minzheng.kernel.storage.paths import findings_home

SERVICE_NAME = "政策试算"
EXAMPLES_OF_A_KIND = 20


def save_reform(*, title: str, note: str, month: Month, changes: Sequence[Change]) -> Reform:
    """Keeps a reform, not computed yet (保存试算).

    Raises:
        NotPermitted: the acting post may not compute reforms, or not of one of the programmes.
        ReformRefused: nothing is changed, a parameter is set twice, or no rule reads it in the month.
    """
    actor = require("reforms.run")
    for programme in sorted({change.programme for change in changes}):
        require("reforms.run", domain=programme)
    if not changes:
        raise ReformRefused("请至少改动一项参数 / change at least one parameter")
    check_changes(changes)
    offered = choices(load_programmes(), month)
    unread = [c.name for c in changes if c.name not in offered]
    if unread:
        raise ReformRefused(f"{month} 没有规则读取 {'、'.join(unread)} / no rule reads them in {month}")
    made = Reform.objects.create(
        title=title.strip()[:80] or "政策试算",
        note=note,
        month=month.first_day,
        changes=to_json(changes),
        created_by_id=actor.official,
    )
    record(
        "reforms.save",
        subject=f"reforms.reform:{made.pk}",
        detail={"month": str(month), "changes": to_json(changes)},
    )
    return made


def start_reform(*, title: str, note: str = "", month: Month, changes: Sequence[Change]) -> Reform:
    """Keeps a reform and puts its computation into the queue of jobs (提交试算); refuses as `save_reform`."""
    with transaction.atomic():
        made = save_reform(title=title, note=note, month=month, changes=changes)
        compute_job.configure(queueing_lock=f"reform {made.pk}").defer(reform_id=made.pk)
    return made


def compute_reform(reform_id: int) -> Reform:
    """Computes a reform (计算试算) as the platform's service; call it outside of any acting block.

    It may be done again without harm: figures and examples are replaced as a whole.
    """
    folder = findings_home() / f".reform-{reform_id}"
    try:
        with acting_as_service(SERVICE_NAME):
            reform = Reform.objects.get(pk=reform_id)
            Reform.objects.filter(pk=reform_id).update(state=State.RUNNING, done=0, total=0, error="")
            snapshot = population_of(reform.when)
        done = _evaluated(reform, snapshot, folder)
        with acting_as_service(SERVICE_NAME):
            _keep(reform, done)
    except Exception as error:
        with suppress(DatabaseError), acting_as_service(SERVICE_NAME):
            words = str(error) if isinstance(error, ReformRefused) else f"{type(error).__name__}: {error}"
            Reform.objects.filter(pk=reform_id).update(state=State.FAILED, error=words[:2000])
        if not isinstance(error, ReformRefused):
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with acting_as_service(SERVICE_NAME):
        return Reform.objects.get(pk=reform_id)


def _evaluated(reform: Reform, snapshot: Path, folder: Path) -> WhatIf:
    """Outside of any transaction, so that progress is seen while it works."""
    programmes = [p for p in load_programmes() if p.in_force(reform.when)]
    last = [0.0]

    def report(done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - last[0] < 0.5:
            return
        last[0] = now
        with acting_as_service(SERVICE_NAME):
            Reform.objects.filter(pk=reform.pk).update(done=done, total=total)

    law = compile_law(programmes, reform.when)
    other = reformed_law(programmes, from_json(reform.changes), reform.when)
    return what_if(law, other, snapshot, folder, reform.when, report=report)


def _keep(reform: Reform, done: WhatIf) -> None:
    ReformFigure.objects.filter(reform=reform).delete()
    ReformExample.objects.filter(reform=reform).delete()
    smallest = int(working_rules().at(reform.when).smallest_figure)
    figures = done.comparison.figures
    open_lines = [(f.dimension, f.key, dict(f.values)) for f in figures]
    ReformFigure.objects.bulk_create(
        ReformFigure(
            reform=reform, position=at, dimension=dimension, key=key, is_masked=is_masked, values=values
        )
        for is_masked, lines in ((False, open_lines), (True, masked(figures, smallest)))
        for at, (dimension, key, values) in enumerate(lines)
    )
    ReformExample.objects.bulk_create(
        ReformExample(reform=reform, **row) for row in _examples(done.comparison)
    )
    Reform.objects.filter(pk=reform.pk).update(
        state=State.DONE,
        law_identity=done.before.law,
        reform_identity=done.after.law,
        snapshot_identity=done.before.snapshot,
        findings_sha256=done.after.findings_sha256,
        ended_at=Now(),
    )
    total = done.comparison.total
    record(
        "reforms.compute",
        subject=f"reforms.reform:{reform.pk}",
        detail={
            "law": done.before.law,
            "reform": done.after.law,
            "snapshot": done.before.snapshot,
            "gainers": total.values["gainers"],
            "losers": total.values["losers"],
            "cost_fen_month": total.change_fen,
        },
    )


def _examples(comparison: Comparison) -> list[dict[str, object]]:
    """A few households of each kind of change, drawn by a hash of their number so that the same ones come again."""
    before, after = pl.col("before_fen"), pl.col("after_fen")
    kind = (
        pl.when((before == 0) & (after > 0)).then(pl.lit("started"))
        .when((before > 0) & (after == 0)).then(pl.lit("ended"))
        .when(after > before).then(pl.lit("gains"))
        .otherwise(pl.lit("loses"))
    )  # fmt: skip
    chosen = (
        comparison.changed.with_columns(kind.alias("kind"), (pl.col("household_id") * 2_654_435_761 % 4_294_967_291).alias("draw"))
        .sort("kind", "draw", "household_id")
        .group_by("kind", maintain_order=True)
        .head(EXAMPLES_OF_A_KIND)
    )  # fmt: skip
    return [
        {
            "kind": row["kind"],
            "household_id": row["household_id"],
            # A snapshot holds twelve digits; a district alone is padded with zeros.
            "division_code": str(row["division"] or 310_000_000_000),
            "people": row["people"],
            "before_fen": row["before_fen"],
            "after_fen": row["after_fen"],
        }
        for row in chosen.to_dicts()
    ]


def share_reform(reform: Reform, *, is_shared: bool) -> None:
    """Shows a finished reform to the other policy officers, statisticians and auditors of the city, or to its maker alone.

    Raises:
        ReformRefused: not finished, another officer's, or on its way into the parameter files.
    """
    actor = require("reforms.run")
    if reform.created_by_id != actor.official:
        raise ReformRefused("只有经办本人可以共享或取消共享 / only its maker shares it")
    if reform.state != State.DONE:
        raise ReformRefused("计算完成后才能共享 / it can be shared once it is computed")
    if not is_shared and reform.promotions.exists():
        raise ReformRefused("已拟稿的试算不能取消共享 / a reform with a proposal stays shared")
    Reform.objects.filter(pk=reform.pk).update(is_shared=is_shared)
    reform.is_shared = is_shared
    record("reforms.share", subject=f"reforms.reform:{reform.pk}", detail={"is_shared": is_shared})


def restart_reform(reform: Reform) -> None:
    """Puts a failed reform into the queue again (重新计算)."""
    actor = require("reforms.run")
    if reform.created_by_id != actor.official or reform.state != State.FAILED:
        raise ReformRefused("只有经办本人可以重新计算出错的试算 / only its maker restarts one that failed")
    Reform.objects.filter(pk=reform.pk).update(state=State.WAITING, error="")
    # A job that still waits in the queue will do.
    with suppress(AlreadyEnqueued), transaction.atomic():
        compute_job.configure(queueing_lock=f"reform {reform.pk}").defer(reform_id=reform.pk)
