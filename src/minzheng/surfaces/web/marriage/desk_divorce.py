"""An application for divorce (离婚登记申请): both periods on a strip of days, withdrawal by one, collection by both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.models import DivorceApplication, DivorceState
from minzheng.kernel.access import may, require
from minzheng.kernel.people.attendance import NotIdentified
from minzheng.kernel.periods.workdays import is_workday
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.marriage import desk_couple as couples
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties, me, show
from minzheng.surfaces.web.marriage.desk_papers import papers_of
from minzheng.surfaces.web.marriage.desk_words import SIDE_WORDS, SIDES, districts, parties, party_rows
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day


class WithdrawForm(forms.Form):
    by = forms.ChoiceField(
        label=gettext_lazy("由哪一方撤回"), widget=forms.RadioSelect, choices=list(SIDE_WORDS.items())
    )


def found(pk: int) -> DivorceApplication:
    """The application, where the post may see it.

    Raises:
        Http404.
    """
    row = (
        DivorceApplication.objects.select_related("office", "marriage", "registration").filter(pk=pk).first()
    )
    if row is None:
        raise Http404
    return row


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One application with its days, and only what may be done today."""
    require("marriage.look")
    row, on = found(pk), working_day()
    look_at_parties(row, _("离婚登记申请"))
    serves = (
        may("marriage.register") and me().reaches(row.division_code) and row.state == DivorceState.PENDING
    )
    places = districts([row])
    return show(
        request, "divorce",
        {
            "row": row, "state": f"divorce_{row.state}", "parties": parties(row), "now": stage(row, on),
            "sides": [(SIDE_WORDS[side], party_rows(row, side, places)) for side in SIDES],
            "files": papers_of(row), "strip": strip(row, on), "periods": periods(row), "facts": _facts(row),
            "withdraw": WithdrawForm() if serves and on <= row.cooling_last else None,
            "may_collect": serves and row.collect_first <= on <= row.collect_last,
        },
        tab="marriage_desk",
    )  # fmt: skip


def periods(row: DivorceApplication) -> list[dict[str, Any]]:
    """Both periods in words: the first and the last day of each."""
    told = "%s – %s"
    return [
        {
            "label": _("可以撤回（冷静期）"),
            "value": told % (formats.day(row.cooling_first), formats.day(row.cooling_last)),
        },
        {
            "label": _("双方共同领证"),
            "value": told % (formats.day(row.collect_first), formats.day(row.collect_last)),
        },
    ]


def strip(row: DivorceApplication, on: date) -> list[dict[str, Any]]:
    """Every day from the receipt to the last day of collecting, as the little calendar shows them."""
    edges = {row.cooling_first, row.cooling_last, row.collect_first, row.collect_last}
    days = []
    for at in range((row.collect_last - row.received_on).days + 1):
        day = row.received_on + timedelta(days=at)
        kind = (
            "received" if day == row.received_on else "cooling" if day <= row.cooling_last else "collecting"
        )
        marks = [f"mr-day--{kind}"]
        marks += ["mr-day--edge"] if day in edges else []
        marks += [] if is_workday(day) else ["mr-day--rest"]
        marks += ["mr-day--today"] if day == on else []
        shown = f"{day.month}/{day.day}" if day.day == 1 or at == 0 else str(day.day)
        days.append({"text": shown, "marks": " ".join(marks), "day": day})
    return days


def stage(row: DivorceApplication, on: date) -> tuple[str, str]:
    """Where the application stands today, in one sentence with its tone."""
    if row.state != DivorceState.PENDING:
        return "", ""
    if on <= row.cooling_last:
        return _("冷静期内：任何一方可以撤回，%(day)s起双方可以领证。") % {
            "day": formats.day(row.collect_first)
        }, "info"
    if on <= row.collect_last:
        return _("领证期内：双方须在%(day)s前亲自共同领证，逾期视为撤回。") % {
            "day": formats.day(row.collect_last)
        }, "good"
    return _("已超过领证期限，视为撤回；当日结转后状态更新。"), "warn"


def _facts(row: DivorceApplication) -> list[dict[str, Any]]:
    marriage = row.marriage.number if row.marriage else row.marriage_certificate
    told = [
        (_("受理登记处"), row.office.name), (_("受理日期"), row.received_on), (_("所涉婚姻"), marriage),
        (_("子女抚养"), row.agreement.get("children")), (_("财产处理"), row.agreement.get("property")),
        (_("债务处理"), row.agreement.get("debts")),
        (_("撤回方"), SIDE_WORDS.get(row.withdrawn_by, "")), (_("结束日期"), row.closed_on),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in told if value]


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the application back for one party."""
    require("marriage.register")
    row, form = found(pk), WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择由哪一方撤回。"))
    else:
        attempt(
            request,
            lambda: actions.withdraw_divorce(application=row, by=form.cleaned_data["by"], on=working_day()),
            done=_("申请已撤回。"),
        )
    return redirect("marriage_divorce", pk)


@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins to serve the two who applied, now that both are here for the certificate."""
    require("marriage.register")
    row = found(pk)
    cards = {side: (getattr(row, f"{side}_identifier"), getattr(row, f"{side}_name")) for side in SIDES}
    try:
        couples.begin(request, act="divorce", cards=cards, application=row.pk)
    except NotIdentified as refusal:
        couples.end(request)
        messages.error(request, said(refusal))
        return redirect("marriage_divorce", pk)
    return redirect("marriage_couple")
