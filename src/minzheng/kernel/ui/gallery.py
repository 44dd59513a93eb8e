"""Sample figures for the gallery page, which shows every component once.

The people and amounts are made up. The page is what the design system's browser test and reviewers look at.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from minzheng.kernel.periods import Month
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.explanations import AmountStep, Condition, InputFact
from minzheng.kernel.ui.forms import DayInput, MoneyField, MonthField
from minzheng.kernel.ui.frame import Frame, NavItem, PostChoice
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table

LEADS_BY_DISTRICT = {
    "310101": 41, "310104": 63, "310105": 38, "310106": 72, "310107": 84, "310109": 55, "310110": 91, "310112": 120,
    "310113": 103, "310114": 66, "310115": 214, "310116": 29, "310117": 47, "310118": 31, "310120": 44, "310151": 58,
}  # fmt: skip


class FilterForm(forms.Form):
    programme = forms.ChoiceField(
        label="项目", required=False, choices=[("", "全部"), ("a", "最低生活保障"), ("b", "老年综合津贴")]
    )
    month = MonthField(label="月份", required=False)
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("new", "新线索"), ("visited", "已走访")]
    )
    q = forms.CharField(label="姓名", required=False)


class ApplicationForm(forms.Form):
    name = forms.CharField(label="申请人姓名", help_text="请按身份证上的写法填写，生僻字也可以。")
    birthday = forms.DateField(label="出生日期", widget=DayInput)
    income = MoneyField(label="上月家庭收入", help_text="全家合计，含工资和养老金。")
    month = MonthField(label="从哪个月起", required=False)
    kind = forms.ChoiceField(
        label="办理方式",
        widget=forms.RadioSelect,
        choices=[("self", "本人办理"), ("agent", "家属代办"), ("home", "工作人员上门")],
    )
    proofs = forms.MultipleChoiceField(
        label="由市里代为查询的材料",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("hukou", "户籍信息"), ("income", "收入核对报告")],
    )
    bank = forms.ChoiceField(
        label="收款银行", choices=[("", "请选择"), ("icbc", "工商银行"), ("rcb", "农商银行")]
    )
    words = forms.CharField(label="补充说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="我同意核对家庭经济状况，并知道可以随时撤回。")


def gallery_context(request: HttpRequest, *, audience: str = "staff") -> dict[str, Any]:
    """Everything `ui/gallery.html` shows, for the staff's or the resident's face."""
    rows = _people()
    table = Table(
        [
            Column(
                "name",
                "姓名",
                is_heading=True,
                order_by="name",
                href=lambda row: "#",
                hint=lambda row: row["place"],
            ),
            Column("id", "身份证号", kind="masked"),
            Column("programme", "项目"),
            Column("since", "起始月", kind="month", order_by="since"),
            Column("fen", "月标准", kind="money", order_by="fen"),
            Column("account", "账户", kind="account"),
            Column("state", "状态", kind="status"),
        ],
        rows,
        request,
        caption="在享待遇",
        page_size=6,
        select_name="award",
        select_value=lambda row: row["id"],
        form_id="bulk",
        totals={"fen": sum(row["fen"] for row in rows)},
    )
    empty = Table(
        [Column("name", "姓名")],
        [],
        request,
        name="empty",
        caption="待复核",
        empty_text="本月的来文都已处理。",
    )
    return {
        "frame": _frame(audience),
        "large_text": request.GET.get("text") == "large",
        "table": table,
        "empty": empty,
        "filter_form": FilterForm(request.GET or None, auto_id="filter_%s"),
        "form": ApplicationForm({"name": "", "income": "12.345", "kind": "self"}),
        "conditions": _conditions(),
        "amounts": [
            AmountStep("标准 × 人数", "¥1,420.00 × 3 = ¥4,260.00", "上海市社会救助条例 第十条"),
            AmountStep("减：家庭月收入", "−¥2,835.00"),
            AmountStep("每月应发", "¥1,425.00", is_total=True),
        ],
        "money_chart": _money_chart(),
        "line_chart": Chart(
            id="chart-awards", title="在享人数", kind="line", category_label="月份", categories=_months(),
            series=[Series("低保", [1830, 1822, 1840, 1851, 1849, 1902]), Series("困难残疾人", [920, 931, 935, 960, 958, 971])],
        ),
        "pie_chart": Chart(
            id="chart-outcomes", title="线索结果", kind="pie", category_label="结果",
            categories=["已申请", "已走访", "本人放弃", "查无此人"], series=[Series("件", [312, 208, 41, 17])],
        ),
        "map": DistrictMap(
            id="map-leads", title="未结线索", values=LEADS_BY_DISTRICT, value_label="件",
            href=lambda code: f"?district={code}", selected=request.GET.get("district", ""),
            note="区界为示意轮廓，不作测绘依据。",
        ),
        "steps": [
            {"label": "快照", "hint": "7月1日"}, {"label": "认定"}, {"label": "差异"}, {"label": "拟单"}, {"label": "审批"}, {"label": "送银行"},
        ],
        "work": [
            {"title": "审批低保 7 月批次", "text": "3,212 笔，¥4,218,930.00，由 周敏 提交", "href": "#", "due_text": "今天到期", "tone": "bad", "count": 1},
            {"title": "走访新线索", "text": "符合老年综合津贴，未领取", "href": "#", "due": date(2022, 7, 12), "tone": "warn", "count": 14},
            {"title": "复核人社来文", "text": "身份证号与姓名不一致", "href": "#", "due": date(2022, 7, 20), "tone": "info", "count": 37},
        ],
        "facts": [
            {"label": "户籍", "value": "普陀区 长寿路街道", "source": "公安 户籍库", "on": date(2022, 6, 28)},
            {"label": "家庭", "value": "3 人", "hint": "户主 王桂兰", "href": "#", "action": "打开"},
            {"label": "月收入", "value": "¥2,835.00", "source": "人社 工资与养老金", "on": date(2022, 6, 30)},
        ],
        "events": [
            {"when": datetime(2022, 7, 6, 1, 20, tzinfo=UTC), "title": "标准调整为 1,420 元", "text": "自 2022 年 7 月起", "actor": "系统 · 月结", "tone": "info"},
            {"when": datetime(2022, 3, 2, 6, 5, tzinfo=UTC), "title": "恢复发放", "actor": "周敏 · 街道经办", "tone": "good"},
            {"when": date(2022, 1, 18), "title": "暂停发放", "text": "银行退票：户名不符", "actor": "周敏 · 街道经办", "tone": "warn"},
        ],
        "letter": {"office": "普陀区民政局", "number": "普民救〔2022〕0713号", "title": "最低生活保障不予确认告知书", "to": "王桂兰", "on": date(2022, 7, 15)},
    }  # fmt: skip


def _frame(audience: str) -> Frame:
    if audience == "resident":
        nav = [
            NavItem("我能领什么", "#", True),
            NavItem("我的待遇", "#"),
            NavItem("我的款项", "#"),
            NavItem("谁看过我", "#"),
        ]
        return Frame(
            audience="resident",
            nav=nav,
            person_label="王桂兰",
            logout_url="#",
            language_url="/i18n/setlang/",
            is_synthetic=True,
        )
    nav = [
        NavItem("我的工作", "#", True, 12), NavItem("月结", "#"), NavItem("线索", "#", False, 214), NavItem("人员", "#"),
        NavItem("资金", "#"), NavItem("来文", "#"), NavItem("参数与法规", "#"), NavItem("审计", "#"),
    ]  # fmt: skip
    return Frame(
        audience="staff",
        section="工作台",
        nav=nav,
        posts=[PostChoice(1, "街道经办", "长寿路街道", True), PostChoice(2, "区级审核", "普陀区")],
        switch_post_url="#",
        person_label="周敏",
        person_url="#",
        logout_url="#",
        language_url="/i18n/setlang/",
        search_url="#",
        search_label="查人：姓名或证件号",
        is_synthetic=True,
        footer_links=[NavItem("使用帮助", "#"), NavItem("无障碍说明", "#"), NavItem("数据来源", "#")],
    )


def _people() -> list[dict[str, Any]]:
    names = [
        "王桂兰",
        "欧阳文华",
        "李秀英",
        "阿卜杜拉·买买提",
        "陈建国",
        "𠅤小明",
        "<b>赵钱孙</b>",
        "周志强",
        "吴玉梅",
    ]
    return [
        {
            "name": name,
            "place": f"长寿路街道 第{at + 1}居委会",
            "id": f"3101071949{at + 1:02d}1200{at + 10}",
            "programme": ["最低生活保障", "老年综合津贴", "困难残疾人生活补贴"][at % 3],
            "since": Month(2021, at + 1),
            "fen": [142000, 18000, 42000][at % 3],
            "account": f"62220210011122{at:05d}",
            "state": ["in_force", "in_force", "suspended", "in_force", "ended"][at % 5],
        }
        for at, name in enumerate(names)
    ]


def _conditions() -> list[Condition]:
    return [
        Condition(
            "本市户籍", True, value="是", threshold="户主或配偶为本市户籍", article="上海市社会救助条例 第九条",
            inputs=[InputFact("户籍地", "普陀区", "公安 户籍库", date(2022, 6, 28))],
        ),
        Condition(
            "月人均收入低于标准", False, value="¥1,420.01", threshold="低于 ¥1,420.00", article="上海市社会救助条例 第十条",
            inputs=[
                InputFact("王桂兰 养老金", "¥2,840.02", "人社 养老金", date(2022, 6, 30)),
                InputFact("家庭人数", "2", "公安 户籍库", date(2022, 6, 28)),
            ],
        ),
        Condition(
            "货币财产不超过限额", None, threshold="人均不超过 ¥50,000.00", article="经济状况核对规定 第六条",
            provenance="illustrative", note="核对报告尚未返回，收到后自动重算。",
        ),
    ]  # fmt: skip


def _months() -> list[str]:
    return [(Month(2022, 1) + at).chinese for at in range(6)]


def _money_chart() -> Chart:
    return Chart(
        id="chart-money",
        title="各项目月发放金额",
        kind="bar",
        unit="fen",
        is_stacked=True,
        category_label="月份",
        categories=_months(),
        series=[
            Series("最低生活保障", [421893000, 420110000, 423050000, 426000000, 425100000, 452300000]),
            Series("老年综合津贴", [310500000, 0, 0, 322700000, 0, 0]),
            Series("残疾人两项补贴", [88200000, 88900000, 89100000, 90400000, 90200000, 91800000]),
        ],
        note="老年综合津贴每季度首月发放。",
    )
