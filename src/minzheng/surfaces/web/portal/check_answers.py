"""What somebody tells the two-minute check, as the columns the law reads. Nothing of it is kept anywhere.

The answers travel in the form alone, from one screen to the next. What was not said stays unknown, so that the law
answers "maybe" rather than guess.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.periods import Month
from minzheng.kernel.rules import CHILD, HEAD, OTHER_RELATION, PARENT, SPOUSE, HouseholdInputs, Provenance
from minzheng.kernel.ui.forms import MoneyField

MOST_MEMBERS = 8
SENIOR = 60
UNSURE = ""
_UNSURE = (UNSURE, gettext_lazy("不清楚"))
_YES_NO_UNSURE = [("yes", gettext_lazy("有")), ("no", gettext_lazy("没有")), _UNSURE]


class HowManyForm(forms.Form):
    """First screen: how many live together."""

    members = forms.TypedChoiceField(
        label=gettext_lazy("包括您自己，家里有几个人一起生活？"),
        help_text=gettext_lazy("只算共同生活、一起开销的家人；外出读书的子女也算。"),
        choices=[(str(n), str(n)) for n in range(1, MOST_MEMBERS + 1)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择人数")},
    )


class MemberForm(forms.Form):
    """Second screen, once for each member. `about` 0 is the one who asks."""

    relation = forms.TypedChoiceField(
        label=gettext_lazy("与您的关系"),
        choices=[(str(SPOUSE), gettext_lazy("配偶")), (str(CHILD), gettext_lazy("子女")),
                 (str(PARENT), gettext_lazy("父母")), (str(OTHER_RELATION), gettext_lazy("其他亲属"))],
        coerce=int,
    )  # fmt: skip
    age = forms.IntegerField(
        label=gettext_lazy("年龄（周岁）"),
        min_value=0,
        max_value=120,
        error_messages={"required": gettext_lazy("请填写年龄"), "invalid": gettext_lazy("请填写整数")},
    )
    hukou = forms.ChoiceField(
        label=gettext_lazy("户籍"),
        choices=[("local", gettext_lazy("上海户籍")), ("other", gettext_lazy("外地户籍或其他"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择户籍")},
    )
    income = MoneyField(
        label=gettext_lazy("每月收入（元）"),
        help_text=gettext_lazy("工资、养老金等加在一起；没有收入填 0。"),
        error_messages={"required": gettext_lazy("请填写每月收入，没有就填 0")},
    )
    disability = forms.ChoiceField(
        label=gettext_lazy("残疾人证"),
        choices=[("0", gettext_lazy("没有")), ("1", gettext_lazy("一级")), ("2", gettext_lazy("二级")),
                 ("3", gettext_lazy("三级（智力、精神以外）")), ("3m", gettext_lazy("三级（智力或精神）")),
                 ("4", gettext_lazy("四级"))],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, about: int = 0, initial: Any = None) -> None:
        super().__init__(data, prefix=f"m{about}", initial=initial)
        self.about = about
        if about == 0:
            del self.fields["relation"]

    @property
    def title(self) -> str:
        """How the screen calls this member."""
        return _("您自己") if self.about == 0 else _("家人 %(n)s") % {"n": self.about}


class HomeForm(forms.Form):
    """Third screen: what the household owns; everything may be left unsaid."""

    money = MoneyField(
        label=gettext_lazy("全家存款、股票、理财等大约有多少？（元）"),
        help_text=gettext_lazy("不清楚可以不填，结果会写“还需要核实”。"),
        required=False,
    )
    homes = forms.ChoiceField(
        label=gettext_lazy("全家有几套住房？"),
        choices=[
            ("0", gettext_lazy("没有")),
            ("1", "1"),
            ("2", "2"),
            ("3", gettext_lazy("3 套或更多")),
            _UNSURE,
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    shops = forms.ChoiceField(
        label=gettext_lazy("有没有商铺、车位等非居住用房？"),
        choices=_YES_NO_UNSURE,
        widget=forms.RadioSelect,
        required=False,
    )
    cars = forms.ChoiceField(
        label=gettext_lazy("有没有机动车？"),
        help_text=gettext_lazy("电动自行车不算；残疾人代步车算。"),
        choices=_YES_NO_UNSURE,
        widget=forms.RadioSelect,
        required=False,
    )
    support = forms.MultipleChoiceField(
        label=gettext_lazy("您家已经有以下认定吗？"),
        choices=[("low_income", gettext_lazy("低收入困难家庭")), ("tekun", gettext_lazy("您本人享受特困人员供养"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip


def names_of(members: list[dict[str, Any]]) -> dict[int, str]:
    """What the result calls each member: by relation and age, never by a name nobody asked for."""
    words = {SPOUSE: _("配偶"), CHILD: _("子女"), PARENT: _("父母"), OTHER_RELATION: _("亲属")}
    return {
        at: _("您")
        if at == 1
        else _("%(who)s（%(age)s岁）") % {"who": words[one["relation"]], "age": one["age"]}
        for at, one in enumerate(members, start=1)
    }


def inputs_from(members: list[dict[str, Any]], home: dict[str, Any], month: Month) -> HouseholdInputs:
    """The household as the law reads it, each value said by the one who asks.

    A person of so many full years is taken to have been born in this month of that year.
    """
    persons = [_person(at, one, home, month) for at, one in enumerate(members, start=1)]
    household: dict[str, Any] = {
        "household_id": 1,
        "division_code": 310_000_000_000,
        "money_assets_fen": home.get("money"),
        "homes": int(home["homes"]) if home.get("homes") else None,
        "non_residential_properties": _yes_no(home.get("shops")),
        "vehicles": _yes_no(home.get("cars")),
        "is_low_income_recognised": "low_income" in home.get("support", []),
    }
    by = Provenance(_("您的回答"))
    told = {("household", 1, name): by for name, value in household.items() if value is not None}
    told |= {
        ("person", person["person_id"], name): by
        for person in persons
        for name, value in person.items()
        if value is not None
    }
    return HouseholdInputs(household, persons, told)


def _yes_no(answer: str | None) -> int | None:
    return {"yes": 1, "no": 0}.get(answer or UNSURE)


def _person(at: int, told: dict[str, Any], home: dict[str, Any], month: Month) -> dict[str, Any]:
    grade = told["disability"][0]
    pensioned = told["age"] >= SENIOR
    return {
        "person_id": at,
        "household_id": 1,
        "relation": HEAD if at == 1 else told["relation"],
        "birth_month": month.index - 12 * told["age"],
        "is_alive": True,
        "hukou_is_local": told["hukou"] == "local",
        # The law adds wages and pensions up alike; an older person's income is most likely a pension.
        "wage_fen": 0 if pensioned else told["income"],
        "pension_fen": told["income"] if pensioned else 0,
        "disability_grade": int(grade),
        # Of the third grade the law asks whether it is intellectual or mental (5, 6); otherwise the kind is not read.
        "disability_kind": 5 if told["disability"] == "3m" else (4 if int(grade) else 0),
        "is_extreme_poverty_supported": at == 1 and "tekun" in home.get("support", []),
    }
