"""Price linkage on screen: the index against its lines, the year's starts with list, sum and day to pay by (物价联动)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.price_linkage import actions, queries
from minzheng.domains.price_linkage.importing import permille
from minzheng.domains.price_linkage.models import IndexReading
from minzheng.domains.price_linkage.programme import PROGRAMME
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import queries as grant_queries
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.city.starts import starts_table, year_asked
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day

SERIES = {"cpi": gettext_lazy("居民消费价格"), "food": gettext_lazy("食品价格")}


class PercentField(forms.CharField):
    """A rise in percent with one decimal; cleans to thousandths."""

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            return permille(text)
        except ValueError as fault:
            raise forms.ValidationError(_("请填写百分数，至多一位小数，例如 2.8")) from fault


class ReadingForm(forms.Form):
    """A month's index with its paper."""

    month = MonthField(label=gettext_lazy("指数月份"))
    series = forms.ChoiceField(label=gettext_lazy("指数"), choices=list(SERIES.items()))
    rise = PercentField(label=gettext_lazy("同比涨幅（%）"), max_length=8)
    source = forms.CharField(label=gettext_lazy("发布文件"), max_length=200)
    provenance = forms.ChoiceField(
        label=gettext_lazy("来源性质"),
        choices=[("public", gettext_lazy("公开发布")), ("illustrative", gettext_lazy("示例"))],
    )


class ProposeForm(forms.Form):
    """The index month to start for."""

    month = MonthField(label=gettext_lazy("指数月份"))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries, whatever the length of the lists."""
    require("grants.look", PROGRAMME.code)
    return _show(request, ReadingForm(prefix="reading"), ProposeForm(prefix="propose"))


def _show(
    request: HttpRequest, reading_form: ReadingForm, propose_form: ProposeForm, status: int = 200
) -> HttpResponse:
    year = year_asked(request, working_day())
    lines = queries.series(Month(year, 1), Month(year, 12))
    every = grant_queries.rows(PROGRAMME.code)
    rows = [r for r in every if r.activation.month.year == year]
    table = _starts(request, rows)
    if table.wants_export:
        return table.excel_response()
    started = {r.activation.month for r in every if r.activation.state != Activation.State.WITHDRAWN}
    actor = current_actor()
    return render(
        request,
        "city/prices.html",
        {
            "year": year,
            "years": [year - 1, year + 1],
            "chart": _chart(year, lines) if lines else None,
            "lines": _lines(request, lines),
            "due": [line for line in lines if line.trigger.is_met and line.month.first_day not in started],
            "figures": grant_queries.year_figures(every, year),
            "table": table,
            "waiting": [r for r in rows if r.activation.state == Activation.State.PROPOSED],
            "official": actor.official_id if actor else None,
            "paper_of_sum": queries.paper_of_sum(Month(year, 12)),
            "is_illustrative": any(line.is_illustrative for line in lines),
            "reading_form": reading_form,
            "propose_form": propose_form,
            "may_propose": may("grants.propose"),
            "may_approve": may("grants.approve"),
            "may_pay": may("payments.prepare_batch"),
        },
        status=status,
    )


def _percent(value: int | None) -> float | None:
    return None if value is None else value / 10


def _chart(year: int, lines: list[queries.MonthLine]) -> Chart:
    by_month = {line.month: line.trigger for line in lines}
    months = list(iter_months(Month(year, 1), Month(year, 12)))

    def values(name: str) -> list[float | None]:
        return [_percent(getattr(by_month[m], name)) if m in by_month else None for m in months]

    return Chart(
        id="chart-prices",
        title=_("%(year)s 年同比涨幅与启动条件") % {"year": year},
        kind="line",
        unit="percent",
        categories=[str(month) for month in months],
        series=[
            Series(_("居民消费价格"), values("cpi")),
            Series(_("居民消费价格须达"), values("cpi_threshold")),
            Series(_("食品价格"), values("food")),
            Series(_("食品价格须达"), values("food_threshold")),
        ],
        category_label=_("月份"),
        note=_("任一指数达到其启动条件即启动。"),
    )


def _lines(request: HttpRequest, lines: list[queries.MonthLine]) -> Table:
    return Table(
        [
            Column("month", _("指数月份"), is_heading=True),
            Column("met", _("达到启动条件"),
                   value=lambda x: "、".join(str(SERIES[s]) for s in x.trigger.met_by) or formats.DASH),
            Column("amount_fen", _("每人标准"), kind="money", value=lambda x: x.amount_fen or None),
            Column("source", _("发布文件"), value=lambda x: "；".join(x.sources), is_wide=True),
        ],
        lines, request, caption=_("指数"), name="index", is_exportable=False,
    )  # fmt: skip


def _starts(request: HttpRequest, rows: list[grant_queries.Row]) -> Table:
    month = Column("month", _("指数月份"), kind="month", value=lambda r: r.activation.month, is_heading=True)
    return starts_table(
        request, rows, [month], today=working_day(), caption=_("启动"), name="price-linkage", empty=_("本年没有启动记录。"),
    )  # fmt: skip


def _back() -> HttpResponse:
    return redirect(reverse("city_prices"))


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Enters a reading, or shows what is wrong with it."""
    require("grants.propose", PROGRAMME.code)
    form = ReadingForm(request.POST, prefix="reading")
    if not form.is_valid():
        return _show(request, form, ProposeForm(prefix="propose"), status=422)
    told = form.cleaned_data

    def enter() -> IndexReading:
        return actions.enter_reading(
            series=told["series"], month=told["month"], rise_permille=told["rise"], source=told["source"],
            provenance=told["provenance"], on=working_day(),
        )  # fmt: skip

    attempt(request, enter, done=_("指数已登记。"))
    return redirect(f"{reverse('city_prices')}?year={told['month'].year}")


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Proposes a start; its list is frozen."""
    require("grants.propose", PROGRAMME.code)
    form = ProposeForm(request.POST, prefix="propose")
    if not form.is_valid():
        return _show(request, ReadingForm(prefix="reading"), form, status=422)
    month = form.cleaned_data["month"]
    attempt(
        request,
        lambda: actions.propose(month=month, on=working_day()),
        done=_("名单已冻结，等待另一位业务主管审批。"),
    )
    return redirect(f"{reverse('city_prices')}?year={month.year}")


@require_POST
def act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Approves or withdraws a proposal."""
    acts: dict[str, tuple[Callable[[], Activation], str]] = {
        "approve": (
            lambda: actions.approve(activation_id=number, on=working_day()),
            _("已启动，可由财务编制发放批次。"),
        ),
        "withdraw": (
            lambda: grants.withdraw(
                activation_id=number,
                reason=request.POST.get("reason", "").strip() or _("页面撤回"),
                on=working_day(),
            ),
            _("已撤回。"),
        ),
    }
    if act not in acts:
        raise Http404
    done = attempt(request, acts[act][0], done=acts[act][1])
    return redirect(f"{reverse('city_prices')}?year={done.month.year}") if done else _back()
