"""What the pages of a facility ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_facilities import kinds
from minzheng.kernel.ui.forms import DayInput, MoneyField
from minzheng.surfaces.web.eldercare.words import ENDS, UNITS, choose

GRADES = [("", gettext_lazy("未评估")), *[(str(grade), str(grade)) for grade in range(7)]]


def _grade(*, required: bool = False) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("照护等级"), choices=GRADES, coerce=int, empty_value=None, required=required
    )


class RightForm(forms.Form):
    """By which right somebody has the bed."""

    entitlement = forms.ChoiceField(label=gettext_lazy("入住资格"), choices=kinds.ENTITLEMENTS)
    grade = _grade()
    paper = forms.CharField(label=gettext_lazy("依据材料"), max_length=100, required=False)


class AdmitForm(RightForm):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    number = forms.CharField(
        label=gettext_lazy("身份证号码"),
        max_length=18,
        min_length=15,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "number", "entitlement", "grade", "paper")


class MoveForm(forms.Form):
    bed = forms.TypedChoiceField(label=gettext_lazy("换到"), coerce=int)


class AwayForm(forms.Form):
    because = forms.ChoiceField(label=gettext_lazy("事由"), choices=kinds.ABSENCES)


class LeaveForm(forms.Form):
    because = forms.ChoiceField(
        label=gettext_lazy("原因"), choices=[(code, ENDS[code]) for code in ("left", "deceased", "closed")]
    )
    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput)


class ContractForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("合同编号"), max_length=40)
    grade = _grade(required=True)
    monthly_fen = MoneyField(label=gettext_lazy("每月费用"))
    signed_by = forms.CharField(label=gettext_lazy("代签人"), max_length=40, required=False)


class PriceForm(forms.Form):
    item = forms.CharField(label=gettext_lazy("收费项目"), max_length=60)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), choices=UNITS)
    amount_fen = MoneyField(label=gettext_lazy("金额"))
    start = forms.DateField(label=gettext_lazy("执行之日"), widget=DayInput)


class LicenceForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=kinds.LICENCES)
    number = forms.CharField(label=gettext_lazy("编号"), max_length=60)
    issuer = forms.CharField(label=gettext_lazy("发证机关"), max_length=60)
    start = forms.DateField(label=gettext_lazy("有效期自"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("有效期至"), widget=DayInput, required=False)


class MedicalForm(forms.Form):
    form = forms.ChoiceField(label=gettext_lazy("形式"), choices=kinds.MEDICAL)
    partner = forms.CharField(label=gettext_lazy("医疗机构"), max_length=60, required=False)
    number = forms.CharField(label=gettext_lazy("许可或合同编号"), max_length=60, required=False)
    last = forms.DateField(label=gettext_lazy("到期日"), widget=DayInput, required=False)


class LinkForm(forms.Form):
    hospital = forms.CharField(label=gettext_lazy("互联网医院"), max_length=60)
    number = forms.CharField(label=gettext_lazy("合同编号"), max_length=60)
    start = forms.DateField(label=gettext_lazy("自"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("至"), widget=DayInput, required=False)


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class BookForm(forms.Form):
    resident = forms.TypedChoiceField(label=gettext_lazy("老人"), coerce=int)
    link = forms.TypedChoiceField(label=gettext_lazy("互联网医院"), coerce=int)
    at = forms.DateTimeField(label=gettext_lazy("时间"), widget=_Moment)


class HoldForm(forms.Form):
    consultation = forms.TypedChoiceField(label=gettext_lazy("预约"), coerce=int)
    doctor = forms.CharField(label=gettext_lazy("医师"), max_length=40)
    advice = forms.CharField(
        label=gettext_lazy("诊疗意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    prescription = forms.CharField(label=gettext_lazy("处方号"), max_length=40, required=False)


class IncidentForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("事件"), choices=kinds.INCIDENTS)
    resident = forms.TypedChoiceField(
        label=gettext_lazy("涉及老人"), coerce=int, empty_value=None, required=False
    )
    happened_at = forms.DateTimeField(label=gettext_lazy("发生时间"), widget=_Moment)
    words = forms.CharField(
        label=gettext_lazy("经过和措施"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FollowForm(forms.Form):
    incident = forms.TypedChoiceField(label=gettext_lazy("事件"), coerce=int)
    words = forms.CharField(
        label=gettext_lazy("处置情况"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    closes = forms.BooleanField(label=gettext_lazy("办结"), required=False)


class FilingForm(forms.Form):
    opened_on = forms.DateField(label=gettext_lazy("收住老年人之日"), widget=DayInput)
    papers = forms.CharField(
        label=gettext_lazy("提交的材料"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一项"),
    )  # fmt: skip

    def clean_papers(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["papers"].splitlines() if line.strip()]


class ApproveForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("备案回执号"), max_length=40)


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ClaimForm(forms.Form):
    measure = forms.ChoiceField(label=gettext_lazy("措施"))


class DecideForm(forms.Form):
    claim = forms.TypedChoiceField(label=gettext_lazy("申领"), coerce=int)
    approved_fen = MoneyField(
        label=gettext_lazy("批准金额"), required=False, help_text=gettext_lazy("不批准的留空，并写明理由")
    )
    words = forms.CharField(label=gettext_lazy("意见"), max_length=300, required=False)


class PayForm(forms.Form):
    claim = forms.TypedChoiceField(label=gettext_lazy("申领"), coerce=int)


def with_choices(form: type[forms.Form], /, **choices: Any) -> Any:
    """The form with what its fields offer, known only when it is asked for."""

    def make(*args: Any, **kwargs: Any) -> forms.Form:
        made = form(*args, **kwargs)
        for name, offered in choices.items():
            made.fields[name].choices = [*choose({}), *offered]  # type: ignore[attr-defined]
        return made

    return make


def starting(form: type[forms.Form], /, **initial: Any) -> Any:
    """The form with values to begin with."""

    def make(data: Any = None, *, auto_id: str = "") -> forms.Form:
        return form(data, auto_id=auto_id, initial=initial)

    return make
