"""What may be done with a case now, by whom: one table of acts, each with its form (当前环节可办的动作).

The page offers only what the acting post may do at this moment; the kernel's act checks the same again under its lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minzheng.kernel.access import Actor, may
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.authorising import is_means_tested
from minzheng.kernel.cases.economic_check import latest_check, object_until
from minzheng.kernel.cases.errors import MoveRefused
from minzheng.kernel.cases.models import Case, Decision, EconomicCheck, Publication
from minzheng.kernel.cases.moving import may_do
from minzheng.kernel.cases.queries import step_in_hand
from minzheng.kernel.cases.states import IN_HAND, State
from minzheng.kernel.items.model import Item, Step, StepKind
from minzheng.surfaces.web.casework.case_form import street_choices
from minzheng.surfaces.web.casework.words import OUTCOMES
from minzheng.surfaces.web.work.choices import offer


def _words(label: Any, *, required: bool, rows: int = 2, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=1000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请写明内容")},
    )


class Plain(forms.Form):
    """An act that asks nothing."""


class NoteForm(forms.Form):
    note = _words(_("说明"), required=False)


class ReasonForm(forms.Form):
    reason = _words(_("理由"), required=True)


class CheckForm(forms.Form):
    reason = _words(_("核对事由"), required=False, help_text=_("不填则按事项的核对类别记录。"))


class ResultForm(forms.Form):
    note = _words(_("核对结果"), required=True)


class OpinionForm(forms.Form):
    opinion = _words(
        _("审核意见"),
        required=True,
        rows=3,
        help_text=_("写明核实了什么、建议如何决定；只在办理单位内部可见。"),
    )


class CorrectionForm(forms.Form):
    note = _words(
        _("需要补正什么"), required=False, help_text=_("系统已列出的缺项会一并告知；另有要求的写在这里。")
    )


class ObjectionForm(forms.Form):
    who = forms.CharField(label=_("提出人"), required=False, max_length=60)
    words = _words(_("异议内容"), required=True)


class DecisionForm(forms.Form):
    """Confirm what the law finds, or depart from it with the reason in place."""

    outcome = forms.ChoiceField(
        label=_("决定"), widget=forms.RadioSelect, error_messages={"required": _("请选择决定")}
    )
    reason = _words(
        _("理由"),
        required=False,
        rows=3,
        help_text=_("不予，或与认定结果不一致的，必须写明；当事人可以看到。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "outcome", list(OUTCOMES.items()))


class ObjectionToCheckForm(forms.Form):
    words = _words(_("当事人的异议"), required=True)


class SettlementForm(forms.Form):
    """What was found of an objection against the report, and whether the check is done anew."""

    outcome = _words(_("处理意见"), required=True)
    again = forms.BooleanField(label=_("重新核对"), required=False)


class ConfirmationForm(forms.Form):
    agrees = forms.ChoiceField(
        label=_("复核意见"), widget=forms.RadioSelect, error_messages={"required": _("请选择复核意见")}
    )
    reason = _words(_("说明"), required=False, help_text=_("不同意的，须写明理由。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agrees", [("yes", _("同意")), ("no", _("不同意，退回"))])


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("答复"), widget=forms.RadioSelect, error_messages={"required": _("请选择答复")}
    )
    result = forms.CharField(
        label=_("办理结果"), required=False, max_length=200, help_text=_("写入告知申请人的文书。")
    )
    reason = _words(_("理由"), required=False, help_text=_("不予的，必须写明。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "outcome", list(OUTCOMES.items()))


class RerouteForm(forms.Form):
    place = forms.ChoiceField(
        label=_("移送到"), required=False, help_text=_("不选则按户籍和居住登记重新确定。")
    )
    reason = _words(_("理由"), required=True)

    def __init__(self, *args: Any, on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = street_choices(on) if on else []
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("按登记确定")), *places]


@dataclass(frozen=True, slots=True)
class Now:
    """A case at the moment it is looked at: what it waits for, and who looks."""

    case: Case
    item: Item
    actor: Actor
    on: date
    step: Step | None
    is_mine: bool
    publication: Publication | None
    proposal: Decision | None
    is_own_proposal: bool
    check: EconomicCheck | None

    @property
    def kind(self) -> StepKind | None:
        return self.step.kind if self.step else None

    @property
    def reaches(self) -> bool:
        """Whether the post stands where the case was taken in or is decided."""
        return self.actor.reaches(self.case.deciding_division) or self.actor.reaches(
            self.case.accepting_division
        )


def moment(case: Case, item: Item, actor: Actor, on: date) -> Now:
    """Reads what the table of acts needs to know; at most four queries."""
    step = step_in_hand(case)
    proposal, own, publication = None, False, None
    if case.state == State.PROPOSED:
        proposal = Decision.objects.filter(case=case, is_in_force=False, second_on=None).last()
        if proposal is not None:
            proposer = Post.objects.filter(pk=proposal.by_post_id or 0).values_list("official_id", flat=True)
            own = proposer.first() == actor.official_id
    if case.state == State.PUBLICISED:
        publication = Publication.objects.filter(case=case, closed_on=None).first()
    mine = step is not None and may_do(case, step, actor)
    check = latest_check(case) if is_means_tested(item) and case.accepted_on else None
    return Now(case, item, actor, on, step, mine, publication, proposal, own, check)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done with a case on its page.

    `is_main` is the step itself; the others stand folded below it.
    """

    code: str
    label: Promise
    done: Promise
    form: type[forms.Form]
    may: Callable[[Now], bool]
    run: Callable[[Case, dict[str, Any], date, int], Any]
    is_main: bool = True
    tone: str = ""
    hint: Promise | str = ""


def _step(now: Now, kind: StepKind, permission: str, *states: State) -> bool:
    return now.kind is kind and now.is_mine and now.case.state in states and may(permission, now.case.domain)


def _may_correct(now: Now) -> bool:
    examines = now.item.step(StepKind.EXAMINE) is not None
    kinds = (StepKind.EXAMINE,) if examines else (StepKind.DECIDE,)
    return now.kind in kinds and now.is_mine and now.case.state in (State.ACCEPTED, State.EXAMINED)


def _may_send_back(now: Now) -> bool:
    return _step(now, StepKind.DECIDE, "cases.decide", State.EXAMINED, State.PROPOSED)


def _may_pass_on(now: Now) -> bool:
    return (
        now.case.state == State.ACCEPTED
        and now.kind is StepKind.PASS_ON
        and may("cases.accept", now.case.domain)
        and now.actor.reaches(now.case.accepting_division)
    )


def _may_refuse_unpublished(now: Now) -> bool:
    """What is not to be granted is not published."""
    step = now.item.step(StepKind.DECIDE)
    return (
        now.kind is StepKind.PUBLICISE
        and now.case.state == State.EXAMINED
        and step is not None
        and may("cases.decide", now.case.domain)
        and may_do(now.case, step, now.actor)
    )


def _is_objected(now: Now) -> bool:
    return now.check is not None and now.check.state == EconomicCheck.State.OBJECTED


def _may_settle_check(now: Now) -> bool:
    step = now.item.step(StepKind.CHECK)
    return (
        now.check is not None
        and now.check.state == EconomicCheck.State.OBJECTED
        and step is not None
        and may("cases.check", now.case.domain)
        and may_do(now.case, step, now.actor)
    )


def _may_object_to_check(now: Now) -> bool:
    until = object_until(now.check) if now.check is not None else None
    return (
        now.check is not None
        and now.check.state == EconomicCheck.State.ANSWERED
        and until is not None
        and now.on <= until
        and may("cases.help", now.case.domain)
        and now.case.state in (State.ACCEPTED, State.EXAMINED, State.PUBLICISED, State.PROPOSED)
    )


def _check_of(case: Case) -> EconomicCheck:
    found = latest_check(case)
    if found is None:
        raise MoveRefused("没有经济状况核对 / the case has no economic check")
    return found


def _may_reroute(now: Now) -> bool:
    return (
        may("cases.examine", now.case.domain)
        and now.case.state in IN_HAND
        and now.case.state != State.SUBMITTED
        and now.actor.reaches(now.case.deciding_division)
    )


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("settle_check", _("处理核对异议"), _("异议已处理。"), SettlementForm, _may_settle_check,
            lambda case, data, on, version: actions.settle_objection(
                check=_check_of(case), on=on, outcome=data["outcome"], again=data["again"]),
            hint=_("由发起核对以外的人处理；选“重新核对”则回到核对环节。")),
        Act("request_check", _("委托经济状况核对"), _("已委托核对，办理时限暂停；各来源反馈后自动形成报告。"), Plain,
            lambda now: is_means_tested(now.item) and _step(now, StepKind.CHECK, "cases.check", State.ACCEPTED),
            lambda case, data, on, version: actions.request_check(case=case, on=on, version=version),
            hint=_("全体成年家庭成员授权后，向各来源核对收入和财产；核对期间办理时限停止计算。")),
        Act("begin_check", _("委托核对"), _("已委托核对，办理时限暂停。"), CheckForm,
            lambda now: not is_means_tested(now.item) and _step(now, StepKind.CHECK, "cases.check", State.ACCEPTED),
            lambda case, data, on, version: actions.begin_check(case=case, on=on, reason=data["reason"], version=version),
            hint=_("核对期间办理时限停止计算，核对本身另有期限。")),
        Act("end_check", _("登记核对结果"), _("核对结果已登记，时限恢复计算。"), ResultForm,
            lambda now: not is_means_tested(now.item) and _step(now, StepKind.CHECK, "cases.check", State.CHECKING),
            lambda case, data, on, version: actions.end_check(case=case, on=on, note=data["note"], version=version)),
        Act("examine", _("审核完成"), _("审核意见已登记。"), OpinionForm,
            lambda now: _step(now, StepKind.EXAMINE, "cases.examine", State.ACCEPTED) and not _is_objected(now),
            lambda case, data, on, version: actions.examine(case=case, on=on, opinion=data["opinion"], version=version)),
        Act("publicise", _("开始公示"), _("已开始公示。"), Plain,
            lambda now: _step(now, StepKind.PUBLICISE, "cases.examine", State.EXAMINED),
            lambda case, data, on, version: actions.publicise(case=case, on=on, version=version),
            hint=_("在居住地公示，只写事项和隐去部分的姓名。")),
        Act("close_publication", _("公示期满，结束公示"), _("公示已结束。"), Plain,
            lambda now: _step(now, StepKind.PUBLICISE, "cases.examine", State.PUBLICISED)
            and now.publication is not None and now.on > now.publication.until_on,
            lambda case, data, on, version: actions.close_publication(case=case, on=on, version=version)),
        Act("decide", _("作出决定"), _("决定已登记。"), DecisionForm,
            lambda now: _step(now, StepKind.DECIDE, "cases.decide", State.ACCEPTED, State.EXAMINED) and not _is_objected(now),
            lambda case, data, on, version: actions.decide(
                case=case, outcome=data["outcome"], reason=data["reason"], on=on, version=version)),
        Act("confirm", _("提交复核意见"), _("复核意见已登记。"), ConfirmationForm,
            lambda now: _step(now, StepKind.DECIDE, "cases.decide", State.PROPOSED) and not now.is_own_proposal,
            lambda case, data, on, version: actions.confirm(
                case=case, agrees=data["agrees"] == "yes", reason=data["reason"], on=on, version=version)),
        Act("answer", _("答复"), _("答复已登记，文书已生成。"), AnswerForm,
            lambda now: _step(now, StepKind.PASS_ON, "cases.answer", State.PASSED_ON),
            lambda case, data, on, version: actions.answer(
                case=case, outcome=data["outcome"], reason=data["reason"], result=data["result"], on=on, version=version)),
        Act("pass_on", _("再次转送"), _("已转送主管部门。"), NoteForm, _may_pass_on,
            lambda case, data, on, version: actions.pass_on(case=case, on=on, note=data["note"], version=version)),
        Act("refuse", _("不予，不再公示"), _("决定已登记。"), ReasonForm, _may_refuse_unpublished,
            lambda case, data, on, version: actions.decide(
                case=case, outcome=Decision.Outcome.REFUSED, reason=data["reason"], on=on, version=version),
            is_main=False, tone="secondary"),
        Act("ask_correction", _("一次性告知补正"), _("已告知补正，补正通知书已生成，办理时限暂停。"), CorrectionForm, _may_correct,
            lambda case, data, on, version: actions.ask_correction(case=case, on=on, note=data["note"], version=version),
            is_main=False, tone="secondary"),
        Act("close_check", _("部分来源未反馈，先行出具报告"), _("报告已出具，注明未反馈的来源。"), ReasonForm,
            lambda now: is_means_tested(now.item) and _step(now, StepKind.CHECK, "cases.check", State.CHECKING),
            lambda case, data, on, version: actions.close_check(check=_check_of(case), on=on, reason=data["reason"]),
            is_main=False, tone="secondary"),
        Act("object_to_check", _("登记核对异议"), _("异议已登记，处理后再审核。"), ObjectionToCheckForm, _may_object_to_check,
            lambda case, data, on, version: actions.object_to_check(check=_check_of(case), on=on, words=data["words"]),
            is_main=False, tone="secondary"),
        Act("object", _("登记公示异议"), _("异议已登记，公示结束后重新审核。"), ObjectionForm,
            lambda now: now.case.state == State.PUBLICISED and may("cases.help", now.case.domain) and now.publication is not None,
            lambda case, data, on, version: actions.object_to_publication(case=case, on=on, words=data["words"], who=data["who"]),
            is_main=False, tone="secondary"),
        Act("give_back", _("退回受理单位"), _("已退回受理单位。"), ReasonForm,
            lambda now: _step(now, StepKind.PASS_ON, "cases.answer", State.PASSED_ON),
            lambda case, data, on, version: actions.give_back(case=case, reason=data["reason"], on=on, version=version),
            is_main=False, tone="secondary"),
        Act("send_back", _("退回重新审核"), _("已退回重新审核。"), ReasonForm, _may_send_back,
            lambda case, data, on, version: actions.send_back(case=case, on=on, reason=data["reason"], version=version),
            is_main=False, tone="secondary"),
        Act("reroute", _("移送管辖"), _("已移送，两处仍都能看到这一件。"), RerouteForm, _may_reroute,
            lambda case, data, on, version: actions.reroute(case=case, on=on, reason=data["reason"], place=data["place"]),
            is_main=False, tone="secondary"),
        Act("withdraw", _("登记撤回"), _("已登记撤回。"), ReasonForm,
            lambda now: may("cases.help", now.case.domain) and now.case.is_open and now.reaches,
            lambda case, data, on, version: actions.withdraw(case=case, on=on, reason=data["reason"], version=version),
            is_main=False, tone="warning"),
    )
}  # fmt: skip


def offers(now: Now) -> list[Act]:
    """What may be done now, the step in hand first."""
    return [act for act in ACTS.values() if act.may(now)]


def blank_form(act: Act, now: Now, proposed: str = "", data: Any = None) -> forms.Form:
    """The act's form, with what the law proposes chosen already; `data` where it was sent."""
    kwargs: dict[str, Any] = {"auto_id": f"{act.code}_%s"}
    if act.form is RerouteForm:
        kwargs["on"] = now.on
    if act.form is DecisionForm and proposed:
        kwargs["initial"] = {"outcome": proposed}
    return act.form(data, **kwargs)
