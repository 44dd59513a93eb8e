"""What each act asks beyond papers, and the domain's verb that writes it (补充内容、落笔)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.checks import open_ties
from minzheng.domains.marriage_registration.models import DivorceApplication, Facility, Registration
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.requirements import Evidence
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.marriage.desk_couple import Couple


class AgreementForm(forms.Form):
    """The parties' own words on what the law wants settled (民法典 第1076条)."""

    marriage_certificate = forms.CharField(
        label=gettext_lazy("结婚证字号"), max_length=60, required=False,
        help_text=gettext_lazy("本市登记的婚姻自动关联；外地登记的请填写结婚证字号。"),
    )  # fmt: skip
    children = forms.CharField(label=gettext_lazy("子女抚养"), widget=forms.Textarea(attrs={"rows": 2}),
                               help_text=gettext_lazy("没有的请写“无”。"))  # fmt: skip
    property = forms.CharField(label=gettext_lazy("财产处理"), widget=forms.Textarea(attrs={"rows": 2}))
    debts = forms.CharField(label=gettext_lazy("债务处理"), widget=forms.Textarea(attrs={"rows": 2}))


class PurposeForm(forms.Form):
    """What a certificate of no record covers and is for."""

    since = forms.DateField(label=gettext_lazy("查询起始日期"), widget=DayInput)
    purpose = forms.CharField(label=gettext_lazy("用途"), max_length=100)


_EXTRA: dict[str, type[forms.Form]] = {"divorce_application": AgreementForm, "no_record": PurposeForm}


def extra_form(act: str, data: Any = None) -> forms.Form | None:
    """The act's further questions, where it has any."""
    kind = _EXTRA.get(act)
    return kind(data, auto_id="extra_%s") if kind else None


def marriage_of(parties: dict[str, Party]) -> int | None:
    """The entry of the marriage that binds exactly these two, where this city's register holds it."""
    found: dict[int, set[str]] = {}
    for tie in open_ties(list(parties.values())):
        found.setdefault(tie.registration_id, set()).add(tie.side)
    return next((pk for pk, sides in found.items() if len(sides) == 2), None)


def write(
    couple: Couple,
    office: Facility,
    parties: dict[str, Party],
    evidence: Evidence,
    on: date,
    told: dict[str, Any],
) -> Registration | DivorceApplication:
    """Writes the act by the domain's verb; whatever it refuses is raised."""
    if couple.act == "no_record":
        party = next(iter(parties.values()))
        return actions.issue_no_record(office=office, party=party, evidence=evidence, on=on, **told)
    man, woman = parties["man"], parties["woman"]
    if couple.act == "marriage":
        return actions.register_marriage(office=office, man=man, woman=woman, evidence=evidence, on=on)
    if couple.act == "divorce":
        application = DivorceApplication.objects.get(pk=couple.application or 0)
        return actions.register_divorce(
            application=application, man=man, woman=woman, evidence=evidence, on=on
        )
    return actions.apply_for_divorce(
        office=office, man=man, woman=woman, evidence=evidence, on=on, marriage=marriage_of(parties),
        marriage_certificate=told["marriage_certificate"],
        agreement={name: told[name] for name in ("children", "property", "debts")},
    )  # fmt: skip
