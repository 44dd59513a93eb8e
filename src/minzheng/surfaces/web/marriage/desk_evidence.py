"""The check list of an act (材料、声明、照片、签名): told all at once where something is missing, kept with the act."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration.attachments import Act, Taken, act_with
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.requirements import Evidence, Requirement, missing, requirements
from minzheng.surfaces.web.marriage.desk_words import SIDE_WORDS, SIDES
from minzheng.surfaces.web.work.words import is_english

_PNG = "data:image/png;base64,"
MOST_DRAWN = 400_000
# Acts that the parties sign before the registrar.
SIGNED = ("marriage", "divorce_application", "divorce")


class EvidenceForm(forms.Form):
    """One box for each paper and declaration that the act needs from these parties, a photograph, two signatures."""

    def __init__(self, act: str, parties: dict[str, Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act, self.parties = act, parties
        self.wanted = requirements(act, parties)
        for one in self.wanted:
            if one.what != "photograph":
                self.fields[_name(one)] = forms.BooleanField(
                    label=_label(one), required=False, help_text=one.source
                )
        if any(one.what == "photograph" for one in self.wanted):
            self.fields["photo"] = forms.FileField(
                label=gettext_lazy("双方合影（拍摄或选择图片）"), required=False,
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "user"}),
            )  # fmt: skip
            self.fields["photo_paper"] = forms.CharField(
                label=gettext_lazy("或填写相片编号"), max_length=40, required=False
            )
        for side in self._signers():
            self.fields[f"drawn_{side}"] = forms.CharField(
                required=False, widget=forms.HiddenInput(attrs={"data-mr-drawn": ""})
            )
            self.fields[f"paper_{side}"] = forms.CharField(
                label=_("%(side)s纸质签名件编号") % {"side": SIDE_WORDS[side]}, max_length=40, required=False
            )

    def _signers(self) -> list[str]:
        return [side for side in SIDES if side in self.parties] if self.act in SIGNED else []

    def document_fields(self) -> list[Any]:
        return [self[_name(one)] for one in self.wanted if one.what == "document"]

    def declaration_fields(self) -> list[Any]:
        return [self[_name(one)] for one in self.wanted if one.what == "declaration"]

    def photo_fields(self) -> list[Any]:
        return [self[name] for name in ("photo", "photo_paper") if name in self.fields]

    def signature_boxes(self) -> list[dict[str, Any]]:
        return [
            {
                "heading": f"{SIDE_WORDS[side]} {self.parties[side].name}",
                "label": _("%(side)s签名框") % {"side": SIDE_WORDS[side]},
                "drawn": self[f"drawn_{side}"],
                "paper": self[f"paper_{side}"],
            }
            for side in self._signers()
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for one in missing(self.act, self.parties, self.evidence(given)):
            field = "photo" if one.what == "photograph" else _name(one)
            self.add_error(field, _("尚缺"))
        for side in self._signers():
            if not given.get(f"paper_{side}", "").strip() and not _picture(given.get(f"drawn_{side}", "")):
                self.add_error(f"paper_{side}", _("%(side)s尚未签名") % {"side": SIDE_WORDS[side]})
        return given

    def evidence(self, given: dict[str, Any] | None = None) -> Evidence:
        """What the boxes say."""
        told = self.cleaned_data if given is None else given
        ticked = {what: frozenset(one.code for one in self.wanted if one.what == what and told.get(_name(one)))
                  for what in ("document", "declaration")}  # fmt: skip
        return Evidence(
            ticked["document"], ticked["declaration"], bool(told.get("photo") or told.get("photo_paper", "").strip())
        )  # fmt: skip

    def taken(self) -> list[Taken]:
        """The photograph and the signatures, as files or as numbers of paper."""
        told, found = self.cleaned_data, []
        if photo := told.get("photo"):
            found.append(Taken("photograph", photo.read(), photo.name))
        elif told.get("photo_paper"):
            found.append(Taken("photograph", paper_number=told["photo_paper"].strip()))
        for side in self._signers():
            drawn, paper = _picture(told.get(f"drawn_{side}", "")), told[f"paper_{side}"].strip()
            found.append(Taken(f"signature_{side}", drawn, f"{side}.png", paper))
        return found


def keep_evidence(*, form: EvidenceForm, write: Callable[[Evidence], Act], on: date) -> Act:
    """Writes the act with everything the form holds, in one step."""
    evidence = form.evidence()
    return act_with(lambda: write(evidence), form.taken(), on=on)


def _picture(drawn: str) -> bytes:
    """The bytes of a signature as the canvas sends it; nothing where it is no such picture."""
    if not drawn.startswith(_PNG) or len(drawn) > MOST_DRAWN:
        return b""
    try:
        return base64.b64decode(drawn.removeprefix(_PNG), validate=True)
    except binascii.Error:
        return b""


def _name(one: Requirement) -> str:
    return "need_" + one.code.replace(".", "_")


def _label(one: Requirement) -> str:
    return one.label_en if is_english() else one.label
