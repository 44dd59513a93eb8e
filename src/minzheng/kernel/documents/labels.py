"""The words that a layout adds to a document: headings and labels, in Chinese and in English.

What a document says passes as given; only these words follow the reader's language.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Language = Literal["zh", "en"]

LABELS: dict[Language, dict[str, str]] = {
    "zh": {
        "synthetic": "合成数据　仅供演示　不具法律效力",
        "colon": "：",
        "number": "编号",
        "conditions": "我们对照了这些条件",
        "condition": "条件与依据",
        "found": "您的情况",
        "threshold": "规定",
        "result": "结果",
        "met": "符合",
        "not_met": "不符合",
        "open": "待核实",
        "illustrative": "示例值",
        "amounts": "发放金额",
        "amount_item": "项目",
        "amount_value": "金额",
        "objections": "如果您不同意",
        "within": "期限",
        "attachments": "附件",
        "copies": "抄送",
        "contact": "咨询",
        "code": "查验码",
        "check_at": "查验请到",
        "assumptions": "本文中的示例",
        "page_before": "第",
        "page_middle": "页　共",
        "page_after": "页",
        "printed": "印发",
        "receipt": "收件凭证",
        "acceptance": "受理通知书",
        "correction": "补正通知书",
        "refusal": "不予受理通知书",
        "item": "办理事项",
        "applicant": "申请人",
        "handled_by": "经办",
        "received_on": "收件日期",
        "due_on": "办结期限",
        "correct_by": "请在此日前补正",
        "papers": "材料",
        "papers_missing": "还需要补正的材料",
        "papers_received": "已经收到的材料",
        "papers_fetched": "免于提交的材料（由本市有关记录替代）",
        "paper": "名称",
        "count": "份数",
        "note": "说明",
        "ask_at": "在哪里咨询",
        "holder": "持有人",
        "basis": "依据",
        "valid": "有效期",
        "valid_to": "至",
        "valid_since": "起长期有效",
        "issued_by": "出具单位",
        "issued_on": "出具日期",
        "missing": "字库暂缺的字以“〓”代替，以原始记录为准",
    },
    "en": {
        "synthetic": "Synthetic data, for demonstration only, without legal effect",
        "colon": ": ",
        "number": "No.",
        "conditions": "The conditions we looked at",
        "condition": "Condition and article",
        "found": "Your case",
        "threshold": "The rule",
        "result": "Result",
        "met": "met",
        "not_met": "not met",
        "open": "being verified",
        "illustrative": "illustrative value",
        "amounts": "What is paid",
        "amount_item": "For",
        "amount_value": "Amount",
        "objections": "If you do not agree",
        "within": "Time limit",
        "attachments": "Attachments",
        "copies": "Copies to",
        "contact": "Questions",
        "code": "Verification code",
        "check_at": "Check it at",
        "assumptions": "Illustrative in this document",
        "page_before": "Page",
        "page_middle": "of",
        "page_after": "",
        "printed": "issued",
        "receipt": "Receipt of papers",
        "acceptance": "Notice of acceptance",
        "correction": "Request for missing papers",
        "refusal": "Notice that the application is not accepted",
        "item": "Service",
        "applicant": "Applicant",
        "handled_by": "Handled by",
        "received_on": "Received on",
        "due_on": "Answer due by",
        "correct_by": "Please complete by",
        "papers": "Papers",
        "papers_missing": "Papers still needed",
        "papers_received": "Papers received",
        "papers_fetched": "Papers you need not bring (the city's own records are used)",
        "paper": "Paper",
        "count": "Copies",
        "note": "Remark",
        "ask_at": "Where to ask",
        "holder": "Holder",
        "basis": "Basis",
        "valid": "Valid",
        "valid_to": "to",
        "valid_since": "onwards, without end",
        "issued_by": "Issued by",
        "issued_on": "Issued on",
        "missing": "Characters that no font at hand has are shown as “〓”; the original record prevails",
    },
}

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_in_words(day: date, language: Language = "zh") -> str:
    """A day as a letter writes it, without leading zeros.

    >>> day_in_words(date(2022, 7, 5)), day_in_words(date(2022, 7, 5), "en")
    ('2022年7月5日', '5 July 2022')
    """
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"
