"""Search of the old paper records (历史档案查询): by full name or number, with a reason that the trace keeps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minzheng.domains.marriage_registration.models import Kind, Registration
from minzheng.kernel.access import require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.audit import record
from minzheng.kernel.people.identifiers import normalise
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties, show
from minzheng.surfaces.web.marriage.desk_words import KINDS, parties
from minzheng.surfaces.web.marriage.register import SEARCHES_PER_MINUTE

SHOWN = 30


class ArchiveForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("姓名全名、证件号码或档案编号"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    year = forms.IntegerField(label=gettext_lazy("登记年份"), min_value=1950, max_value=2100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("查询理由"), min_length=4, max_length=200,
        help_text=gettext_lazy("写明谁为何事申请查询，至少四个字；当事人可以看到。"),
        error_messages={"min_length": gettext_lazy("理由至少四个字")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The form, and after it at most thirty records; what was asked and why stays in the trace."""
    actor = require("marriage.look")
    form = ArchiveForm(request.POST or None, auto_id="archive_%s")
    rows: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        limit(f"marriage:{actor.official_id}", SEARCHES_PER_MINUTE)
        found = _matching(form.cleaned_data["q"], form.cleaned_data["year"])
        record("marriage.search_archive", reason=form.cleaned_data["reason"], detail={"found": len(found)})
        for one in found:
            look_at_parties(one, _("婚姻登记历史档案"), form.cleaned_data["reason"])
        rows = [
            {
                "row": one,
                "kind": KINDS[one.kind],
                "parties": parties(one),
                "box": " ".join(filter(None, (one.detail.get("old_number"), one.detail.get("place")))),
            }
            for one in found
        ]
    return show(request, "archive", {"form": form, "rows": rows, "most": SHOWN}, tab="marriage_archive")


def _matching(text: str, year: int | None) -> list[Registration]:
    words, number = text.strip(), normalise(text)
    rows = Registration.objects.select_related("office").filter(
        Q(man_name=words) | Q(woman_name=words) | Q(man_identifier=number) | Q(woman_identifier=number) | Q(number=number) | Q(detail__old_number=words),
        kind__in=[Kind.ARCHIVE, Kind.ARCHIVE_DIVORCE],
    )  # fmt: skip
    if year:
        rows = rows.filter(on__year=year)
    return list(rows.order_by("on", "id")[:SHOWN])
