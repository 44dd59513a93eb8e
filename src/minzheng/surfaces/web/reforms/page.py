"""One what-if: how far it is, what it found, its examples, what may be done with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import current_actor, may
from minzheng.kernel.reforms.actions import restart_reform, share_reform
from minzheng.kernel.reforms.models import Reform, ReformExample, State
from minzheng.kernel.reforms.queries import examples_of, lines_of, open_promotion
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.reforms import breakdown
from minzheng.surfaces.web.reforms.words import asked_reform, change_views, summary
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.queries.months import has_worker
from minzheng.surfaces.web.work.words import place_names


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """The result in words, figures, charts, tables and examples; its progress until then."""
    reform = asked_reform(number)
    actor = current_actor()
    context: dict[str, Any] = {
        "reform": reform,
        "changes": change_views(reform),
        "progress": _progress(reform),
        "is_own": actor is not None and reform.created_by_id == actor.official_id and may("reforms.run"),
        "may_promote": may("reforms.promote"),
        "promotion": open_promotion(reform),
    }
    if reform.state == State.DONE:
        lines = lines_of(reform)
        tables = breakdown.tables(request, lines)
        examples = _examples(request, reform) if may("people.look") and may("rules.explain") else None
        exported = next(
            (t.excel_response() for t in (*tables, examples) if t is not None and t.wants_export), None
        )
        if exported is not None:
            return exported
        total = lines["all"][0]
        context |= {
            "total": total,
            "sentences": summary(reform, total),
            "tables": tables,
            "charts": breakdown.charts(lines),
            "map": breakdown.district_map(lines),
            "examples": examples,
            "is_masked": not may("people.look"),
        }
    return render(request, "reforms/page.html", context)


def _examples(request: HttpRequest, reform: Reform) -> Table:
    rows = list(examples_of(reform))
    named = place_names({row.division_code[:9] for row in rows} | {row.division_code[:6] for row in rows})

    def place(row: ReformExample) -> str:
        return named.get(row.division_code[:9]) or named.get(row.division_code[:6], "")

    return Table(
        [
            Column("id", _("示例"), is_heading=True, value=lambda r: _("第 %(n)s 户") % {"n": rows.index(r) + 1},
                   href=lambda r: reverse("reform_example", args=[reform.pk, r.pk])),
            Column("kind", _("变化"), kind="status", value=lambda r: f"reform_{r.kind}"),
            Column("place", _("区划"), value=place),
            Column("people", _("人数"), kind="count", order_by="people"),
            Column("before_fen", _("现行每月"), kind="money", order_by="before_fen"),
            Column("after_fen", _("试算每月"), kind="money", order_by="after_fen"),
            Column("change", _("差额"), kind="money", value=lambda r: r.after_fen - r.before_fen, order_by="change"),
        ],
        rows, request, caption=_("示例家庭"), name="examples", is_exportable=False, page_size=20,
    )  # fmt: skip


def _progress(reform: Reform) -> dict[str, Any]:
    at_work = reform.state in (State.WAITING, State.RUNNING)
    detail = ""
    if reform.state == State.WAITING:
        detail = (
            _("已排队，等待后台服务开始。")
            if has_worker()
            else _("已排队，但后台服务没有运行，请联系系统管理员。")
        )
    elif at_work and reform.total:
        detail = f"{formats.count(reform.done)} / {formats.count(reform.total)}"
    return {
        "is_at_work": at_work,
        "state": reform.state,
        "done": reform.done,
        "total": reform.total,
        "detail": detail,
        "error": reform.error,
        "poll_url": reverse("reform_progress", args=[reform.pk]),
    }


@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress alone, asked again every two seconds; once it ended, the whole page is fetched anew."""
    found = _progress(asked_reform(number))
    answer = render(request, "reforms/_progress.html", {"progress": found})
    if not found["is_at_work"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def share(request: HttpRequest, number: int) -> HttpResponse:
    """Shares, or takes back."""
    reform = asked_reform(number)
    wanted = request.POST.get("shared") == "yes"
    done = _("已共享给市级业务主管、统计和审计人员。") if wanted else _("已改为仅本人可见。")
    attempt(request, partial(share_reform, reform, is_shared=wanted), done=done)
    return redirect("reform", number)


@require_POST
def restart(request: HttpRequest, number: int) -> HttpResponse:
    """Computes a failed one again."""
    reform = asked_reform(number)
    attempt(request, partial(restart_reform, reform), done=_("已重新排队。"))
    return redirect("reform", number)
