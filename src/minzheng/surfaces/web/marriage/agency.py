"""Marriage agencies on screen: who they are, the campaign, one agency's check and how it ended (婚姻介绍机构)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration import agencies
from minzheng.domains.marriage_registration.agency_models import Campaign, Target
from minzheng.kernel.access import may
from minzheng.kernel.organisations.models import Organisation
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.desk_pages import me, require_any, show
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import place_names

LOOKS = ("marriage.look", "inspections.look")
RESULTS = {
    "": gettext_lazy("未检查"),
    "passed": gettext_lazy("未发现问题"),
    "faulty": gettext_lazy("发现问题"),
}
OUTCOMES = {
    "rectified": gettext_lazy("已整改"),
    "deregistered": gettext_lazy("已注销"),
    "handed_over": gettext_lazy("已移送"),
}


class AgencyForm(forms.Form):
    uscc = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=18,
        min_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("社会团体或社会服务机构，已在单位档案中。"),
    )
    business = forms.CharField(
        label=gettext_lazy("业务范围"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)


class CampaignForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("行动名称"), max_length=80)
    paper = forms.CharField(label=gettext_lazy("文件依据"), max_length=120)
    due_on = forms.DateField(label=gettext_lazy("完成期限"), widget=DayInput)


class CheckForm(forms.Form):
    result = forms.ChoiceField(label=gettext_lazy("检查结果"), widget=forms.RadioSelect,
                               choices=[(code, RESULTS[code]) for code in ("passed", "faulty")])  # fmt: skip
    clause = forms.CharField(label=gettext_lazy("违反条款"), max_length=120, required=False)
    fault = forms.CharField(
        label=gettext_lazy("问题"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    deadline = forms.DateField(label=gettext_lazy("整改期限"), widget=DayInput, required=False)


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("结果"), widget=forms.RadioSelect, choices=list(OUTCOMES.items())
    )
    note = forms.CharField(label=gettext_lazy("依据（复查记录、注销决定、移送函）"), max_length=300)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The agencies within sight and the campaigns with what is left of each."""
    return _overview(request)


def _overview(request: HttpRequest, **bound: forms.Form) -> HttpResponse:
    actor = require_any(*LOOKS)
    rows = agencies.agencies_in_force(actor.division_code, working_day())
    places = place_names({row.division_code[:6] for row in rows})
    table = Table(
        columns=[
            Column("organisation.name", _("机构"), is_heading=True),
            Column("organisation.uscc", _("统一社会信用代码")),
            Column("scope", _("业务范围")),
            Column("division_code", _("所在区"), value=lambda a: places.get(a.division_code[:6], a.division_code)),
            Column("source", _("依据文件")),
        ],
        source=rows, request=request, caption=_("在册婚姻介绍机构"), export_name="marriage-agencies", page_size=30,
        empty_title=_("辖区内没有婚姻介绍机构"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return show(
        request,
        "agencies",
        {
            "table": table,
            "campaigns": agencies.campaigns_with_progress(),
            "agency_form": bound.get("agency") or AgencyForm(auto_id="agency_%s") if may("organisations.edit") else None,
            "campaign_form": bound.get("campaign") or CampaignForm(auto_id="campaign_%s") if may("inspections.plan") else None,
            "faulty": list(bound.values()),
        },
        tab="marriage_agencies",
    )  # fmt: skip


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Enters an agency from the register of organisations."""
    require_any(*LOOKS)
    form = AgencyForm(request.POST, auto_id="agency_%s")
    found = None
    if form.is_valid():
        found = Organisation.objects.filter(uscc=form.cleaned_data["uscc"].upper()).first()
        if found is None:
            form.add_error("uscc", _("单位档案中没有这个代码，请核对"))
    if found is None:
        return _overview(request, agency=form)
    given = form.cleaned_data
    attempt(
        request,
        lambda: agencies.register_agency(
            organisation=found, business=given["business"], source=given["source"], on=working_day(), provenance="public"
        ),
        done=_("已登记。"),
    )  # fmt: skip
    return redirect("marriage_agencies")


@require_POST
def open_campaign(request: HttpRequest) -> HttpResponse:
    """Opens a campaign over the post's place."""
    require_any(*LOOKS)
    form = CampaignForm(request.POST, auto_id="campaign_%s")
    if not form.is_valid():
        return _overview(request, campaign=form)
    made = attempt(
        request,
        lambda: agencies.open_campaign(
            division_code=me().division_code, on=working_day(), **form.cleaned_data
        ),
        done=_("专项整治已开始，整治对象已列出。"),
    )
    return redirect("marriage_campaign", made.pk) if made else redirect("marriage_agencies")


@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign: each agency with what was found, by when to mend it, and how it ended."""
    require_any(*LOOKS)
    found = get_object_or_404(Campaign, pk=pk)
    on = working_day()
    rows = found.targets.select_related("agency__organisation").order_by("agency__organisation__uscc")
    table = Table(
        columns=[
            Column("agency.organisation.name", _("机构"), is_heading=True, href=lambda t: reverse("marriage_target", args=[t.pk])),
            Column("result", _("检查结果"), value=lambda t: RESULTS[t.result]),
            Column("clause", _("违反条款")),
            Column("fault", _("问题")),
            Column("deadline", _("整改期限"), kind="date", order_by="deadline"),
            Column("outcome", _("结果"), value=lambda t: OUTCOMES[t.outcome] if t.outcome else _late(t, on)),
            Column("note", _("依据")),
        ],
        source=rows, request=request, caption=_("整治对象"), export_name=f"campaign-{pk}", page_size=50,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    total, left = rows.count(), rows.filter(agencies.OPEN).count()
    return show(
        request, "campaign",
        {"campaign": found, "table": table, "total": total, "left": left, "settled": total - left,
         "may_close": may("inspections.plan") and found.closed_on is None},
        tab="marriage_agencies",
    )  # fmt: skip


def _late(target: Target, on: Any) -> str:
    if target.is_settled or not target.deadline:
        return "—"
    return _("超期未整改") if target.deadline < on else _("整改中")


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the campaign, where every agency is settled."""
    require_any(*LOOKS)
    attempt(
        request, lambda: agencies.close_campaign(campaign=pk, on=working_day()), done=_("专项整治已办结。")
    )
    return redirect("marriage_campaign", pk)


def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One agency: its check, then how it ended."""
    require_any(*LOOKS)
    row = Target.objects.select_related("agency__organisation", "campaign").filter(pk=pk).first()
    if row is None:
        raise Http404
    may_check = may("inspections.inspect") or may("marriage.review")
    is_open = row.campaign.closed_on is None and not row.outcome
    verb = request.POST.get("verb", "")
    check = CheckForm(request.POST if verb == "check" else None, auto_id="check_%s")
    settle = SettleForm(request.POST if verb == "settle" else None, auto_id="settle_%s")
    if request.method == "POST":
        if verb == "check" and check.is_valid():
            made = attempt(
                request, lambda: agencies.check_agency(target=pk, on=working_day(), **check.cleaned_data),
                done=_("检查结果已登记。"),
            )  # fmt: skip
            if made:
                return redirect("marriage_campaign", row.campaign_id)
        elif verb == "settle" and settle.is_valid():
            made = attempt(
                request, lambda: agencies.settle_agency(target=pk, on=working_day(), **settle.cleaned_data),
                done=_("已销号。"),
            )  # fmt: skip
            if made:
                return redirect("marriage_campaign", row.campaign_id)
    return show(
        request, "target",
        {"target": row, "facts": _facts(row), "campaign_href": reverse("marriage_campaign", args=[row.campaign_id]), "check": check if is_open and may_check else None,
         "settle": settle if is_open and row.result == "faulty" and may("marriage.review") else None},
        tab="marriage_agencies",
    )  # fmt: skip


def _facts(row: Target) -> list[dict[str, Any]]:
    told = [(_("统一社会信用代码"), row.agency.organisation.uscc), (_("业务范围"), row.agency.scope),
            (_("检查结果"), RESULTS[row.result]), (_("违反条款"), row.clause), (_("问题"), row.fault),
            (_("检查人"), row.checked_by), (_("整改期限"), row.deadline), (_("结果"), OUTCOMES.get(row.outcome, "")),
            (_("依据"), row.note)]  # fmt: skip
    return [{"label": label, "value": value or "—"} for label, value in told]
