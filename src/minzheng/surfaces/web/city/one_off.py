"""One-off subsidies on screen (一次性补贴): state a notice, take in a department's list, approve, see who is paid what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.one_off_subsidies import actions, lists
from minzheng.domains.one_off_subsidies.listing import GROUPS
from minzheng.domains.one_off_subsidies.models import DepartmentList, ListedRow
from minzheng.domains.one_off_subsidies.notice import BENEFITS, Notice
from minzheng.domains.one_off_subsidies.programme import PROGRAMME
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.audit import record
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import queries as grant_queries
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.forms import DayInput, MoneyField, MonthField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.city.starts import starts_table, year_asked
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import benefit_name, is_english

TROUBLES = {
    ListedRow.Trouble.NONE: gettext_lazy("已比中"),
    ListedRow.Trouble.UNREADABLE: gettext_lazy("证件号码有误"),
    ListedRow.Trouble.UNKNOWN: gettext_lazy("人口库中没有这个证件号码"),
    ListedRow.Trouble.OTHER_NAME: gettext_lazy("姓名与人口库不一致"),
    ListedRow.Trouble.REPEATED: gettext_lazy("与前面的行是同一人"),
}
LARGEST = 50 * 1024 * 1024
_SUM = "sum_"


def group_name(code: str) -> str:
    """A group in the reader's language."""
    group = GROUPS.get(code)
    if group is None:
        return code
    return group.name_en if is_english() else group.name


def _benefits() -> list[tuple[str, str]]:
    return [(code, benefit_name(code)) for code in BENEFITS]


class NoticeForm(forms.Form):
    """A notice: what is paid to which groups, as of which day, by which paper."""

    benefit = forms.ChoiceField(label=gettext_lazy("补贴"), choices=_benefits)
    cutoff_on = forms.DateField(
        label=gettext_lazy("认定截止日"),
        widget=DayInput,
        help_text=gettext_lazy("按这一天的登记情况生成名单"),
    )
    source = forms.CharField(label=gettext_lazy("依据的通知"), max_length=200)
    provenance = forms.ChoiceField(
        label=gettext_lazy("来源性质"),
        choices=[("public", gettext_lazy("公开发布")), ("illustrative", gettext_lazy("示例"))],
    )
    pay_days = forms.IntegerField(
        label=gettext_lazy("审批后几日内发放"), min_value=1, max_value=90, initial=15
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for code, group in GROUPS.items():
            each = _("每户金额，不发放的留空") if group.each == "household" else _("每人金额，不发放的留空")
            self.fields[_SUM + code] = MoneyField(label=group_name(code), required=False, help_text=each)

    def notice(self) -> Notice:
        told = self.cleaned_data
        amounts = {code: told[_SUM + code] for code in GROUPS if told[_SUM + code] is not None}
        return Notice(
            told["benefit"],
            told["cutoff_on"],
            amounts,
            told["source"].strip(),
            told["provenance"],
            told["pay_days"],
        )


class ListForm(forms.Form):
    """A department's list for the payment of a month."""

    benefit = forms.ChoiceField(label=gettext_lazy("补贴"), choices=_benefits)
    month = MonthField(label=gettext_lazy("认定截止日所在月份"))
    file = forms.FileField(
        label=gettext_lazy("人社部门名单"),
        help_text=gettext_lazy("CSV 或 Excel，须有“证件号码”“姓名”两列；同一文件重复导入不会重复列入。"),
        error_messages={"required": gettext_lazy("请选择名单文件"), "empty": gettext_lazy("文件是空的")},
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > LARGEST:
            raise forms.ValidationError(_("文件超过 50 MB，请分成几个文件"))
        return found


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries, whatever the length of the lists."""
    require("grants.look", PROGRAMME.code)
    return _show(request, NoticeForm(prefix="notice"), ListForm(prefix="list"))


def _show(
    request: HttpRequest, notice_form: NoticeForm, list_form: ListForm, status: int = 200
) -> HttpResponse:
    year = year_asked(request, working_day())
    every = grant_queries.rows(PROGRAMME.code)
    rows = [row for row in every if row.activation.month.year == year]
    table = starts_table(
        request, rows,
        [
            Column("benefit", _("补贴"), value=lambda r: benefit_name(r.activation.benefit), is_heading=True,
                   hint=lambda r: r.activation.evidence["source"]),
            Column("cutoff_on", _("认定截止日"), kind="date", value=lambda r: r.activation.cutoff_on),
        ],
        today=working_day(), caption=_("发放"), name="one-off-subsidies", empty=_("本年没有一次性补贴。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    parts = grant_queries.grounds([row.activation for row in rows])
    actor = current_actor()
    return render(
        request,
        "city/one_off.html",
        {
            "year": year,
            "years": [year - 1, year + 1],
            "figures": grant_queries.year_figures(every, year),
            "table": table,
            "parts": _parts(request, {row.activation.pk: row.activation for row in rows}, parts),
            "waiting": [
                {"row": row, "name": benefit_name(row.activation.benefit), "parts": _told(row, parts)}
                for row in rows
                if row.activation.state == Activation.State.PROPOSED
            ],
            # Whoever proposed a payment does not add to it.
            "late": [
                {"row": row, "name": benefit_name(row.activation.benefit)}
                for row in rows
                if row.activation.state == Activation.State.APPROVED
                and may("grants.approve")
                and not (actor and row.activation.proposed_by_id == actor.official_id)
            ],
            "is_illustrative": any(r.activation.evidence["provenance"] == "illustrative" for r in rows),
            "lists": _lists(request, year),
            "official": actor.official_id if actor else None,
            "notice_form": notice_form,
            "list_form": list_form,
            "may_propose": may("grants.propose"),
            "may_approve": may("grants.approve"),
            "may_pay": may("payments.prepare_batch"),
        },
        status=status,
    )


def _told(row: grant_queries.Row, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **part,
            "name": group_name(part["ground"]),
            "each": row.activation.evidence["amounts"].get(part["ground"]),
        }
        for part in parts
        if part["activation_id"] == row.activation.pk
    ]


def _parts(request: HttpRequest, starts: dict[int, Activation], parts: list[dict[str, Any]]) -> Table:
    """Head count and sum of each payment by group and by the office whose records name it."""
    return Table(
        [
            Column("group", _("对象"), value=lambda p: group_name(p["ground"]), is_heading=True),
            Column("office", _("名单提供部门"), value=lambda p: GROUPS[p["ground"]].office),
            Column("benefit", _("补贴"), value=lambda p: benefit_name(starts[p["activation_id"]].benefit)),
            Column("month", _("月份"), kind="month", value=lambda p: starts[p["activation_id"]].month),
            Column("each", _("标准"), kind="money",
                   value=lambda p: starts[p["activation_id"]].evidence["amounts"].get(p["ground"])),
            Column("persons", _("名单人数"), kind="count"),
            Column("fen", _("名单金额"), kind="money"),
        ],
        parts, request, caption=_("按对象和提供部门"), name="groups", export_name="one-off-groups",
        empty_text=_("本年没有一次性补贴。"),
    )  # fmt: skip


def _lists(request: HttpRequest, year: int) -> Table:
    found = DepartmentList.objects.filter(month__year=year).order_by("-id")
    return Table(
        [
            Column("file_name", _("名单"), is_heading=True, href=lambda one: reverse("city_one_off_list", args=[one.pk])),
            Column("sender", _("提供部门")),
            Column("benefit", _("补贴"), value=lambda one: benefit_name(one.benefit)),
            Column("month", _("月份"), kind="month"),
            Column("rows_count", _("行数"), kind="count"),
            Column("matched_count", _("比中"), kind="count"),
            Column("taken_on", _("接收日期"), kind="date"),
        ],
        found, request, caption=_("部门名单"), name="lists", is_exportable=False, empty_text=_("本年没有接收名单。"),
    )  # fmt: skip


@require_safe
def list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a list that were not joined, or all of them; looking is traced."""
    require("grants.look", PROGRAMME.code)
    taken = get_object_or_404(DepartmentList, pk=pk)
    found = ListedRow.objects.filter(list=taken).order_by("row")
    if request.GET.get("show") != "all":
        found = found.exclude(trouble="")
    table = Table(
        [
            Column("row", _("行"), kind="count", is_heading=True),
            Column("name", _("姓名")),
            Column("identifier", _("证件号码"), kind="masked"),
            Column("trouble", _("比对结果"), value=lambda row: str(TROUBLES[row.trouble])),
        ],
        found, request, caption=_("名单各行"), export_name="department-list",
        empty_text=_("每一行都已比中。"),
    )  # fmt: skip
    record(
        "one_off.look_list", subject=f"one_off.list:{pk}", detail={"all": request.GET.get("show") == "all"}
    )
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "city/one_off_list.html",
        {"taken": taken, "table": table, "shows_all": request.GET.get("show") == "all",
         "benefit": benefit_name(taken.benefit), "back": _address(taken.month.year), "left": taken.rows_count - taken.matched_count},
    )  # fmt: skip


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Takes in a department's list, and shows what of it could not be joined."""
    require("grants.propose", PROGRAMME.code)
    form = ListForm(request.POST, request.FILES, prefix="list")
    if not form.is_valid():
        return _show(request, NoticeForm(prefix="notice"), form, status=422)
    told = form.cleaned_data
    content = told["file"].read()
    taken = attempt(
        request,
        lambda: lists.take_list(
            benefit=told["benefit"], month=told["month"], file_name=told["file"].name[:200], content=content,
            on=working_day(),
        ),
        done=_("名单已接收。"),
    )  # fmt: skip
    return redirect("city_one_off_list", taken.pk) if taken else _back(told["month"].year)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """States a notice; its list is frozen."""
    require("grants.propose", PROGRAMME.code)
    form = NoticeForm(request.POST, prefix="notice")
    if not form.is_valid():
        return _show(request, form, ListForm(prefix="list"), status=422)
    done = attempt(
        request,
        lambda: actions.propose(notice=form.notice(), on=working_day()),
        done=_("名单已冻结，等待另一位业务主管审批。"),
    )
    if done is None:
        # What was typed stays, with the refusal above it.
        return _show(request, form, ListForm(prefix="list"), status=422)
    return _back(done.month.year)


@require_POST
def act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Approves, withdraws, or adds who was missed."""
    on = working_day()
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "approve": (
            lambda: actions.approve(activation_id=number, on=on),
            _("已审批，可由财务编制发放批次。"),
        ),
        "withdraw": (
            lambda: grants.withdraw(
                activation_id=number, reason=request.POST.get("reason", "").strip() or _("页面撤回"), on=on
            ),
            _("已撤回。"),
        ),
        "late": (lambda: (actions.add_late(activation_id=number, on=on),), _("已按最新登记补列。")),
    }
    if act not in acts:
        raise Http404
    done = attempt(request, acts[act][0], done=acts[act][1])
    year = done.month.year if isinstance(done, Activation) else Month.of(on).year
    return _back(year)


def _address(year: int) -> str:
    return f"{reverse('city_one_off')}?year={year}"


def _back(year: int) -> HttpResponse:
    return redirect(_address(year))
