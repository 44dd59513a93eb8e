"""Entries after an act (补领、更正、撤销): chosen on the entry's page, each a new entry that refers to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.errors import MarriageRefused
from minzheng.domains.marriage_registration.later_entries import current_version
from minzheng.domains.marriage_registration.models import Registration
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.requirements import Evidence
from minzheng.kernel.access import require
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import normalise
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.marriage import desk_couple as couples
from minzheng.surfaces.web.marriage.desk_couple import party_of_entry
from minzheng.surfaces.web.marriage.desk_evidence import EvidenceForm
from minzheng.surfaces.web.marriage.desk_pages import show
from minzheng.surfaces.web.marriage.desk_words import KINDS, NATIONALITIES, SIDE_WORDS, SIDES, parties
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.day import working_day

VERBS = {
    "reissue": KINDS["reissue"],
    "correct": gettext_lazy("更正登记"),
    "revoke": gettext_lazy("按判决撤销婚姻"),
}
_SIDES = list(SIDE_WORDS.items())


class ReissueForm(forms.Form):
    present = forms.MultipleChoiceField(
        label=gettext_lazy("到场人"), widget=forms.CheckboxSelectMultiple, choices=_SIDES
    )
    lost = forms.MultipleChoiceField(
        label=gettext_lazy("遗失或损毁的是哪一方的证书"), widget=forms.CheckboxSelectMultiple, choices=_SIDES
    )


class CorrectForm(forms.Form):
    """What should be read instead; what stays empty stays as it is."""

    side = forms.ChoiceField(label=gettext_lazy("更正哪一方"), widget=forms.RadioSelect, choices=_SIDES)
    name = forms.CharField(label=gettext_lazy("姓名更正为"), max_length=60, required=False)
    identifier = forms.CharField(label=gettext_lazy("证件号码更正为"), max_length=30, required=False)
    birth_date = forms.DateField(label=gettext_lazy("出生日期更正为"), widget=DayInput, required=False)
    nationality = forms.ChoiceField(
        label=gettext_lazy("身份更正为"), choices=[("", "—"), *NATIONALITIES.items()], required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("更正理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def changes(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in ("name", "birth_date", "nationality")}
        told["identifier"] = normalise(self.cleaned_data["identifier"])
        return {name: value for name, value in told.items() if value}


class RevokeForm(forms.Form):
    court = forms.CharField(label=gettext_lazy("作出判决的人民法院"), max_length=80)
    judgment = forms.CharField(label=gettext_lazy("判决书案号"), max_length=80)
    judged_on = forms.DateField(label=gettext_lazy("生效日期"), widget=DayInput)


_FORMS: dict[str, type[forms.Form]] = {"reissue": ReissueForm, "correct": CorrectForm, "revoke": RevokeForm}


def page(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb on one entry: what it asks, the papers it needs, then the new entry."""
    actor, on = require("marriage.register"), working_day()
    entry = Registration.objects.select_related("office").filter(pk=pk).first()
    office = couples.office_of(actor, on)
    if entry is None or office is None or verb not in VERBS:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = _FORMS[verb](data, auto_id="later_%s")
    papers, refusal = None, ""
    if data is None and verb == "revoke":
        papers = EvidenceForm("revocation", {})
    elif data is not None and form.is_valid():
        act, needed = _papers(verb, entry, form.cleaned_data)
        # The papers depend on who came and what is missing: they are asked once that has been said.
        papers = EvidenceForm(act, needed, data if "papers" in data else None)
        if papers.is_bound and papers.is_valid():
            try:
                made = _write(verb, entry, office, form, needed, papers.evidence(), on)
            except MarriageRefused as refused:
                refusal = said(refused)
            else:
                messages.success(request, _("已办结：%(number)s") % {"number": made.number})
                return redirect("marriage_entry", made.pk)
    return show(
        request, "later",
        {"entry": entry, "verb": verb, "title": VERBS[verb], "names": parties(entry), "form": form, "papers": papers,
         "refusal": refusal},
        tab="marriage_register",
    )  # fmt: skip


def _papers(verb: str, entry: Registration, told: dict[str, Any]) -> tuple[str, dict[str, Party]]:
    """The act of the requirements, and whose papers are asked for."""
    latest = current_version(entry)
    if verb == "reissue":
        act = "reissue_both" if len(told["lost"]) == len(SIDES) else "reissue_one"
        return act, {side: party_of_entry(latest, side) for side in told["present"]}
    if verb == "correct":
        return "correction", {told["side"]: party_of_entry(latest, told["side"])}
    return "revocation", {}


def _write(
    verb: str, entry: Registration, office: Facility, form: Any, needed: dict[str, Party], evidence: Evidence, on: Any
) -> Registration:  # fmt: skip
    told = form.cleaned_data
    common = {"office": office, "entry": entry, "evidence": evidence, "on": on}
    if verb == "reissue":
        return actions.reissue_certificate(lost=tuple(told["lost"]), present=needed, **common)
    if verb == "correct":
        return actions.correct_entry(
            side=told["side"], changes=form.changes(), reason=told["reason"], **common
        )
    return actions.revoke_marriage(**common, **told)
