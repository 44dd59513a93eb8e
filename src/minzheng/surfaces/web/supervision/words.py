"""Names of areas, departments and states in the reader's language, the tabs, and what the pages share."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.db import models
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_supervision import KIND
from minzheng.kernel.access import may
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.uploads import download_of, keep_upload
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.inspections.checklists import CheckList, checklists, departments
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

Row = TypeVar("Row", bound=models.Model)
STATES = {
    "plan_committed": (gettext_lazy("已公布种子摘要"), "neutral"),
    "plan_frozen": (gettext_lazy("名单已锁定"), "info"),
    "plan_drawn": (gettext_lazy("已抽取"), "good"),
    "plan_published": (gettext_lazy("验证文件已公开"), "good"),
    "visit_planned": (gettext_lazy("待检查"), "info"),
    "visit_under_way": (gettext_lazy("检查中"), "warn"),
    "visit_done": (gettext_lazy("已完成"), "good"),
    "visit_cancelled": (gettext_lazy("已取消"), "neutral"),
    "finding_open": (gettext_lazy("待整改"), "warn"),
    "finding_overdue": (gettext_lazy("逾期未改"), "bad"),
    "finding_answered": (gettext_lazy("已整改待复查"), "info"),
    "finding_closed": (gettext_lazy("复查合格"), "good"),
    "penalty_told": (gettext_lazy("已告知，可陈述申辩"), "warn"),
    "penalty_decided": (gettext_lazy("已处罚"), "bad"),
    "penalty_dropped": (gettext_lazy("不予处罚"), "neutral"),
    "sheet_told": (gettext_lazy("异议期"), "warn"),
    "sheet_decided": (gettext_lazy("已审定"), "good"),
    "level_A": (gettext_lazy("A 级"), "good"),
    "level_B": (gettext_lazy("B 级"), "info"),
    "level_C": (gettext_lazy("C 级"), "warn"),
    "level_D": (gettext_lazy("D 级"), "bad"),
    "severity_minor": (gettext_lazy("一般"), "neutral"),
    "severity_serious": (gettext_lazy("较重"), "warn"),
    "severity_major": (gettext_lazy("重大"), "bad"),
}
register_statuses({code: Status(label, tone) for code, (label, tone) in STATES.items()})
ITEMS = {
    "finding": gettext_lazy("检查问题"),
    "penalty": gettext_lazy("行政处罚"),
    "complaint": gettext_lazy("属实投诉"),
    "grade": gettext_lazy("等级评定"),
}
PENALTIES = {"warning": gettext_lazy("警告"), "fine": gettext_lazy("罚款")}
RESULTS = (
    ("met", gettext_lazy("符合")),
    ("not_met", gettext_lazy("不符合")),
    ("not_applicable", gettext_lazy("不适用")),
)


def lists() -> dict[str, CheckList]:
    return checklists(KIND)


def area_word(code: str) -> str:
    """The area's name in the reader's language; the code itself for one that is no longer listed."""
    found = lists().get(code)
    return code if found is None else found.name_en if is_english() else found.name


def department_word(code: str) -> str:
    found = departments().get(code, {"name": code, "name_en": code})
    return found["name_en" if is_english() else "name"]


def half(text: str) -> str:
    """The reader's half of a text that holds both, Chinese first, parted by ' / '."""
    chinese, mark, english = text.partition(" / ")
    return english if mark and is_english() else chinese


def tabs(current: str) -> list[NavItem]:
    """The pages of supervision beside each other, as far as the acting post may open them."""
    own = my_facility()
    if own is not None:
        entries = [("supervision_facility", _("本机构"), "inspections.look", [own])]
    else:
        entries = [
            ("supervision", _("概况"), "inspections.look", []),
            ("supervision_visits", _("我的检查"), "inspections.inspect", []),
            ("supervision_plans", _("计划与抽取"), "inspections.look", []),
            ("supervision_campaigns", _("专项行动"), "inspections.look", []),
        ]
    entries += [
        ("supervision_findings", _("问题整改"), "inspections.look", []),
        ("supervision_credit", _("信用评价"), "ratings.look", []),
    ]
    return [
        NavItem(label, reverse(name, args=args), name == current)
        for name, label, needs, args in entries
        if may(needs)
    ]


def asked(model: type[Row], pk: int, *related: str) -> Row:
    """A row that the acting post may see; else the page does not exist for it.

    Raises:
        Http404.
    """
    found = model._default_manager.select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class FileInput(forms.FileInput):
    """A photo from the phone's camera, or a file."""

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*,.pdf", "capture": "environment"})


class ReportForm(forms.Form):
    """Words and a photo: of a rectification, a re-check, an objection."""

    text = forms.CharField(
        label=gettext_lazy("情况说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    photo = forms.FileField(label=gettext_lazy("照片或材料"), required=False, widget=FileInput())


class WordsForm(forms.Form):
    """Reasons alone."""

    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def sent_file(request: HttpRequest, name: str = "photo") -> Upload | None:
    """The file of a form, kept; None where none was chosen."""
    given: Any = request.FILES.get(name)
    if given is None:
        return None
    return keep_upload(content=given.read(), name=given.name or "", on=working_day())


def as_download(upload: Upload | None) -> FileResponse:
    """A kept file, given back as a download only."""
    if upload is None:
        raise Http404
    given = download_of(upload)
    return FileResponse(
        given.path.open("rb"), as_attachment=True, filename=given.name, content_type=given.content_type
    )
