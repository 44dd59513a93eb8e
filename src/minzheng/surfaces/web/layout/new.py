"""A new plan: district, how many sites, what is asked for."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_layout.actions import MOST_METRES, MOST_SECONDS, MOST_SITES, start_plan
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.needs import years_known
from minzheng.domains.eldercare_layout.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.surfaces.web.layout.common import districts, model_word, tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day


class PlanForm(forms.Form):
    """What a plan asks for."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    district = forms.ChoiceField(label=gettext_lazy("区"))
    model = forms.ChoiceField(label=gettext_lazy("目标"), widget=forms.RadioSelect)
    sites = forms.IntegerField(label=gettext_lazy("拟建数量"), min_value=1, max_value=MOST_SITES)
    year = forms.ChoiceField(label=gettext_lazy("按哪一年的老年人口"))
    reach_metres = forms.IntegerField(
        label=gettext_lazy("服务半径（步行米）"), min_value=1, max_value=MOST_METRES
    )
    detour_percent = forms.IntegerField(label=gettext_lazy("绕行系数（%）"), min_value=100, max_value=300)
    seconds = forms.IntegerField(label=gettext_lazy("求解时限（秒）"), min_value=1, max_value=MOST_SECONDS)


def page(request: HttpRequest) -> HttpResponse:
    """The form; posted, the plan is queued."""
    require("layout.plan")
    day, years = working_day(), years_known()
    rules = rules_on(day)
    form = PlanForm(
        request.POST or None,
        initial={
            "title": _("新建方案"), "model": Model.P_MEDIAN, "sites": 3, "reach_metres": int(rules.reach_metres),
            "detour_percent": int(rules.detour_percent), "seconds": int(rules.solver_seconds),
        },
    )  # fmt: skip
    offer(form, "district", districts())
    offer(form, "model", [(one, model_word(one)) for one in Model])
    offer(form, "year", [(str(year), str(year)) for year in years])
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        asked = told | {"model": Model(told["model"]), "year": int(told["year"]), "on": day}
        made = attempt(request, lambda: start_plan(**asked))
        if made is not None:
            return redirect("layout_plan", made.pk)
    return render(
        request, "layout/new.html", {"tabs": tabs("layout_plans"), "form": form, "is_ready": bool(years)}
    )
