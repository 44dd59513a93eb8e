"""Words and forms of the workforce pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_workforce import kinds
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.statuses import Status

STATUSES = {
    "entry_claimed": Status(gettext_lazy("待审核"), "info"),
    "entry_approved": Status(gettext_lazy("已批准"), "good"),
    "entry_refused": Status(gettext_lazy("未批准"), "bad"),
    "entry_paid": Status(gettext_lazy("已拨付"), "good"),
    "standing_due": Status(gettext_lazy("可申领"), "good"),
    "standing_wait": Status(gettext_lazy("未满期"), "info"),
    "standing_left": Status(gettext_lazy("停发"), "neutral"),
    "standing_done": Status(gettext_lazy("已领完"), "neutral"),
    "standing_no_degree": Status(gettext_lazy("学历不符"), "neutral"),
    "standing_doubled": Status(gettext_lazy("两处缴费，停发"), "bad"),
    "recognition_filed": Status(gettext_lazy("待审核"), "info"),
    "recognition_recognised": Status(gettext_lazy("已认定"), "good"),
    "recognition_refused": Status(gettext_lazy("未认定"), "bad"),
    "recognition_removed": Status(gettext_lazy("已移出"), "bad"),
}
CONDITIONS = {
    "credit": gettext_lazy("信用等级"),
    "grade": gettext_lazy("等级评定"),
    "size": gettext_lazy("规模"),
}
LEVELS = [(level, word) for level, word in kinds.LEVELS.items()]


class HireForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    number = forms.CharField(
        label=gettext_lazy("身份证号码"),
        max_length=18,
        min_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    post = forms.ChoiceField(label=gettext_lazy("岗位"), choices=kinds.POSTS)
    contract = forms.CharField(label=gettext_lazy("劳动合同编号"), max_length=40)
    is_full = forms.BooleanField(label=gettext_lazy("全日制"), required=False, initial=True)
    degree = forms.ChoiceField(label=gettext_lazy("学历"), choices=kinds.DEGREES)
    degree_paper = forms.CharField(label=gettext_lazy("学历证书编号"), max_length=40, required=False)
    day = forms.DateField(label=gettext_lazy("入职日期"), widget=DayInput)


class OfWorkerForm(forms.Form):
    employment = forms.TypedChoiceField(label=gettext_lazy("人员"), coerce=int)


class EndForm(OfWorkerForm):
    day = forms.DateField(label=gettext_lazy("离职日期"), widget=DayInput)
    because = forms.ChoiceField(label=gettext_lazy("原因"), choices=kinds.ENDS)


class CertificateForm(OfWorkerForm):
    level = forms.TypedChoiceField(label=gettext_lazy("技能等级"), coerce=int, choices=LEVELS)
    number = forms.CharField(label=gettext_lazy("证书编号"), max_length=40)
    issued_on = forms.DateField(label=gettext_lazy("发证日期"), widget=DayInput)


class EnrolForm(OfWorkerForm):
    course = forms.TypedChoiceField(label=gettext_lazy("培训班"), coerce=int)


class AttendanceForm(forms.Form):
    enrolment = forms.TypedChoiceField(label=gettext_lazy("参训人员"), coerce=int)
    hours = forms.IntegerField(label=gettext_lazy("出勤课时"), min_value=0)


class ResultForm(forms.Form):
    enrolment = forms.TypedChoiceField(label=gettext_lazy("参训人员"), coerce=int)
    score = forms.IntegerField(label=gettext_lazy("成绩"), min_value=0, max_value=100)
    certificate = forms.CharField(label=gettext_lazy("证书编号（合格者）"), max_length=40, required=False)


class CourseForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    level = forms.TypedChoiceField(label=gettext_lazy("技能等级"), coerce=int, choices=LEVELS)
    hours = forms.IntegerField(label=gettext_lazy("课时"), min_value=1)
    first_day = forms.DateField(label=gettext_lazy("开始"), widget=DayInput)
    last_day = forms.DateField(label=gettext_lazy("结束"), widget=DayInput)
    places = forms.IntegerField(label=gettext_lazy("名额"), min_value=1)


class DecideForm(forms.Form):
    claim = forms.TypedChoiceField(label=gettext_lazy("申领"), coerce=int)
    words = forms.CharField(
        label=gettext_lazy("不予批准的理由（批准的留空）"), max_length=200, required=False
    )


class ClaimForm(forms.Form):
    claim = forms.TypedChoiceField(label=gettext_lazy("申领"), coerce=int)


class RecogniseForm(forms.Form):
    application = forms.TypedChoiceField(label=gettext_lazy("申请"), coerce=int)
    why_not = forms.CharField(
        label=gettext_lazy("不予认定的理由（认定的留空）"), max_length=200, required=False
    )


class TakeOffForm(forms.Form):
    application = forms.TypedChoiceField(label=gettext_lazy("机构"), coerce=int)
    because = forms.CharField(label=gettext_lazy("移出理由"), max_length=200)


class ContestForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("竞赛名称"), max_length=80)
    level = forms.ChoiceField(label=gettext_lazy("级别"), choices=kinds.CONTESTS)
    number = forms.IntegerField(label=gettext_lazy("届次"), min_value=1, required=False)
    held_on = forms.DateField(label=gettext_lazy("举办日期"), widget=DayInput)
    source = forms.CharField(label=gettext_lazy("依据"), max_length=100)


class PlaceForm(OfWorkerForm):
    contest = forms.TypedChoiceField(label=gettext_lazy("竞赛"), coerce=int)
    place = forms.IntegerField(label=gettext_lazy("名次"), min_value=1)
    award = forms.CharField(label=gettext_lazy("奖项"), max_length=40, required=False)
