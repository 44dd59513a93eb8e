"""The register on screen: search within bounds, the list behind a figure, one entry with all that came later (登记档案)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration.models import OFFICE, Registration
from minzheng.domains.marriage_registration.requirements import acts, requirements
from minzheng.kernel.access import may, require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import mask, normalise
from minzheng.kernel.places.queries import scope
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.desk_couple import party_of_entry
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties, me, show
from minzheng.surfaces.web.marriage.desk_papers import papers_of
from minzheng.surfaces.web.marriage.desk_words import (
    KINDS,
    SIDE_WORDS,
    SIDES,
    districts,
    field_word,
    parties,
    party_rows,
)
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import is_english

SEARCHES_PER_MINUTE = 60
EXPORTED = 5000
REGISTRATIONS = ("marriage", "divorce")


class FindForm(forms.Form):
    """What is looked for: a number, an exact name, and what narrows a list."""

    q = forms.CharField(
        label=gettext_lazy("登记编号、证件号码或姓名"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=gettext_lazy("编号和证件号码须完整，姓名须全名。"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    office = forms.ChoiceField(label=gettext_lazy("登记处"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("登记地"), required=False)
    cross = forms.ChoiceField(label=gettext_lazy("跨区"), required=False)
    first = forms.DateField(label=gettext_lazy("自"), widget=DayInput, required=False)
    last = forms.DateField(label=gettext_lazy("至"), widget=DayInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        offer(self, "kind", [*every, ("pairs", _("结婚和离婚登记")), *KINDS.items()])
        offer(self, "office", [*every, *((str(pk), name) for pk, name in offices().items())])
        offer(self, "place", [*every, ("here", _("本辖区登记"))])
        offer(self, "cross", [*every, ("1", _("跨区办理")), ("0", _("本区办理"))])


def offices() -> dict[int, str]:
    """Every registry office of the city; there are a score, and they are public."""
    return dict(Facility.objects.filter(kind=OFFICE).order_by("code").values_list("pk", "name"))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Entries within sight that fit, the latest first; nothing is listed before something is asked."""
    actor = require("marriage.look")
    asked = any(request.GET.get(name) for name in FindForm.base_fields)
    form = FindForm(request.GET if asked else None, auto_id="find_%s")
    table = None
    if asked and form.is_valid():
        limit(f"marriage:{actor.official_id}", SEARCHES_PER_MINUTE)
        table = _table(request, matching(**form.cleaned_data))
        told = {name: str(value) for name, value in form.cleaned_data.items() if value and name != "q"}
        if table.wants_export:
            record("marriage.export_list", detail=told)
            return table.excel_response()
        if form.cleaned_data["q"]:
            record("marriage.search", detail=told)
    return show(
        request, "register", {"form": form, "table": table, "active": len(request.GET)}, tab="marriage_register"
    )  # fmt: skip


def matching(
    *, q: str = "", kind: str = "", office: str = "", place: str = "", cross: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Registration]:  # fmt: skip
    """Entries that fit all of it; the database leaves out what the post may not see."""
    rows = Registration.objects.select_related("office")
    words = q.strip()
    if words:
        number = normalise(words)
        rows = rows.filter(
            Q(number=number) | Q(man_identifier=number) | Q(woman_identifier=number) | Q(man_name=words) | Q(woman_name=words)
        )  # fmt: skip
    if kind:
        rows = rows.filter(kind__in=REGISTRATIONS if kind == "pairs" else [kind])
    if office:
        rows = rows.filter(office_id=int(office))
    if place:
        low, high = scope(me().division_code)
        rows = rows.filter(division_code__gte=low, division_code__lt=high)
    if cross:
        rows = rows.filter(is_cross_district=cross == "1")
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    return rows.order_by("-on", "-id")


def _table(request: HttpRequest, rows: QuerySet[Registration]) -> Table:
    if request.GET.get("export"):
        rows = rows[:EXPORTED]
    return Table(
        columns=[
            Column("number", _("登记编号"), is_heading=True, href=lambda r: reverse("marriage_entry", args=[r.pk])),
            Column("kind", _("类型"), value=lambda r: KINDS.get(r.kind, r.kind)),
            Column("on", _("登记日期"), kind="date"),
            Column("parties", _("当事人"), value=parties),
            Column("office.name", _("登记处")),
            Column("is_cross_district", _("跨区"), kind="yes_no"),
        ],
        source=rows, request=request, caption=_("登记档案"), export_name="marriage-register", page_size=40,
        empty_title=_("没有符合的登记"), empty_text=_("编号、证件号码须完整；外区登记不在查看范围内的不会列出。"),
    )  # fmt: skip


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry as it was written, what it refers to and every later entry; each of them stays readable."""
    require("marriage.look")
    row = (
        Registration.objects.select_related("office", "registrar", "licence", "refers_to")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise Http404
    look_at_parties(row, _("婚姻登记档案"))
    chain = chain_of(row)
    places = districts([row])
    return show(
        request, "entry",
        {
            "row": row, "kind": KINDS.get(row.kind, row.kind), "parties": parties(row),
            "sides": [(SIDE_WORDS[side], party_rows(row, side, places)) for side in SIDES if getattr(row, f"{side}_name")],
            "facts": _facts(row, places), "details": _details(row), "evidence": _evidence(row),
            "files": papers_of(row), "acts": _acts(row), "attachments": list(row.attachments.order_by("what")),
            "chain": _timeline(chain, row),
            "superseded": next((one for one in chain if one.refers_to_id == row.pk and one.kind in ("correction", "revocation", "divorce")), None),
        },
        tab="marriage_register",
    )  # fmt: skip


def chain_of(row: Registration) -> list[Registration]:
    """The first entry of the matter and every entry that refers to it, in the order they were written; at most 40."""
    first = row
    for _step in range(20):
        if first.refers_to is None:
            break
        first = first.refers_to
    found, fringe = [first], [first.pk]
    while fringe and len(found) < 40:
        later = list(
            Registration.objects.select_related("office").filter(refers_to_id__in=fringe).order_by("on", "id")[:40]
        )  # fmt: skip
        found += later
        fringe = [one.pk for one in later]
    return sorted(found, key=lambda one: (one.on, one.pk))


def _timeline(chain: list[Registration], current: Registration) -> list[dict[str, Any]]:
    return [
        {
            "when": one.on,
            "title": f"{KINDS.get(one.kind, one.kind)} {one.number}",
            "text": _("本页") if one.pk == current.pk else str(one.office.name),
            "href": "" if one.pk == current.pk else reverse("marriage_entry", args=[one.pk]),
            "tone": "info" if one.pk == current.pk else "neutral",
        }
        for one in chain
    ]


def _facts(row: Registration, places: dict[str, str]) -> list[dict[str, Any]]:
    serials = "、".join(str(one) for one in (row.man_serial, row.woman_serial) if one)
    district = places.get(row.division_code, row.division_code)
    told: list[dict[str, Any]] = [
        {"label": _("登记编号"), "value": row.number},
        {"label": _("登记日期"), "value": row.on},
        {"label": _("登记处"), "value": f"{row.office.name}（{district}）"},
        {"label": _("跨区办理"), "value": _("是") if row.is_cross_district else _("否")},
        {"label": _("登记员"), "value": f"{row.registrar.name} {row.licence.number if row.licence else ''}" if row.registrar else "—"},
        {"label": _("证书印制号"), "value": serials or "—"},
        {"label": _("来源"), "value": row.source},
    ]  # fmt: skip
    return told


def _details(row: Registration) -> list[dict[str, Any]]:
    """What only this kind of entry says: what a correction changed, which court judged, what a certificate is for."""
    told = row.detail
    rows = [
        {"label": field_word(name), "value": f"{change['before'] or '—'} → {change['now'] or '—'}"}
        for name, change in told.get("changes", {}).items()
        if "identifier" not in name or name.endswith("kind")
    ]
    rows += [
        {"label": field_word(name), "value": f"{mask(change['before'])} → {mask(change['now'])}"}
        for name, change in told.get("changes", {}).items()
        if name.endswith("identifier")
    ]
    lost = "、".join(str(SIDE_WORDS.get(side, side)) for side in told.get("lost", ()))
    rows += [
        {"label": label, "value": value}
        for label, value in (
            (_("理由"), told.get("reason")), (_("补领"), lost), (_("法院"), told.get("court")), (_("案号"), told.get("judgment")),
            (_("生效日期"), told.get("judged_on")), (_("离婚登记申请"), told.get("application")),
            (_("结婚证字号"), told.get("marriage_certificate")), (_("查询起始日期"), told.get("since")),
            (_("用途"), told.get("purpose")), (_("原档案号"), told.get("old_number")), (_("存放位置"), told.get("place")),
        )
        if value
    ]  # fmt: skip
    return rows


def _evidence(row: Registration) -> list[dict[str, Any]]:
    """The check list as it was ticked, in words."""
    couple = {side: party_of_entry(row, side) for side in SIDES}
    words = {
        one.code: one.label_en if is_english() else one.label
        for act in acts()
        for one in requirements(act, couple)
    }
    held = [code for name in ("documents", "declarations") for code in row.evidence.get(name, ())]
    lines: list[dict[str, Any]] = [{"label": words.get(code, code), "text": ""} for code in held]
    if row.evidence.get("photographed"):
        lines.append({"label": _("现场拍照"), "text": ""})
    if row.evidence.get("checks"):
        count = len(row.evidence["checks"])
        lines.append({"label": _("登记条件"), "text": _("当日 %(count)s 项条件全部符合") % {"count": count}})
    return lines


def _acts(row: Registration) -> list[tuple[Any, str]]:
    """What may be done with the entry by this post."""
    if not may("marriage.register") or row.kind not in ("marriage", "divorce", "archive", "archive_divorce"):
        return []
    verbs = [("reissue", _("补领证书")), ("correct", _("更正"))]
    verbs += [("revoke", _("按判决撤销婚姻"))] if row.kind in ("marriage", "archive") else []
    return [(label, reverse("marriage_later", args=[row.pk, verb])) for verb, label in verbs]
