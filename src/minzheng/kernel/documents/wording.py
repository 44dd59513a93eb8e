"""From a document to the words and rows that the layouts set.

PDF and DOCX are made from the same plain data, so that they cannot say different things. Every choice of wording is
taken here; a layout only places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from minzheng.kernel.documents.labels import LABELS, Language, day_in_words
from minzheng.kernel.documents.model import (
    Amount,
    Certificate,
    Condition,
    Document,
    Heading,
    Letter,
    OfficialDocument,
    Receipt,
)
from minzheng.kernel.money import format_yuan

Words = dict[str, Any]


def words_of(document: Document, language: Language = "zh") -> Words:
    """The document as plain data: strings, lists and dicts only, with `layout`, `language` and `labels`.

    Raises:
        TypeError: not one of the four kinds of document.
    """
    if isinstance(document, Letter):
        if document.kind == "official":
            return words_of(official_document_of(document), language)
        words = _letter(document, language)
    elif isinstance(document, OfficialDocument):
        words = _official(document, language)
    elif isinstance(document, Receipt):
        words = _receipt(document, language)
    elif isinstance(document, Certificate):
        words = _certificate(document, language)
    else:
        raise TypeError(
            f"不是可以排版的文书：{type(document).__name__} / "
            "not a document; pass a Letter, OfficialDocument, Receipt or Certificate"
        )
    labels = LABELS[language]
    words |= {
        "language": language,
        "labels": labels,
        "office": document.office,
        "number": document.number,
        "date": day_in_words(document.date, language),
        "signed_by": document.signed_by or document.office,
        "code": document.code,
        "check_at": document.check_at,
        "illustrative": list(document.illustrative),
        "synthetic": labels["synthetic"] if document.is_synthetic else "",
    }
    clean: Words = each_text(words, lambda text: text.translate(_INVISIBLE))
    return clean


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same words with every text that came with the document passed through `change`; ours stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [each_text(part, change) for part in value]
    if isinstance(value, dict):
        return {key: part if key in _OURS else each_text(part, change) for key, part in value.items()}
    return value


# Marks that turn the direction of the text would let a letter read other than it says; a byte order mark says nothing.
_INVISIBLE = dict.fromkeys([0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def texts_in(value: Any) -> Iterator[str]:
    """Every text that came with the document, one after the other; none of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in _OURS:
                yield from texts_in(part)


_OURS = {"labels", "layout", "language", "state", "level"}


def official_document_of(letter: Letter) -> OfficialDocument:
    """The letter's text as 公文: conditions, amounts and ways to object become numbered paragraphs under headings."""
    labels = LABELS["zh"]
    body: list[str | Heading] = list(letter.opening)
    parts: list[tuple[str, list[str]]] = [
        ("审核情况", [_condition_in_a_sentence(condition) for condition in letter.conditions]),
        (labels["amounts"], [f"{amount.label}：{_amount(amount)}。" for amount in letter.amounts]),
        ("救济途径", [_objection_in_a_sentence(**asdict(way)) for way in letter.objections]),
    ]
    for position, (title, lines) in enumerate([part for part in parts if part[1]]):
        body.append(Heading(text=f"{numeral(position + 1)}、{title}"))
        body += [f"{number}．{line}" for number, line in enumerate(lines, start=1)]
    return OfficialDocument(
        office=letter.office,
        number=letter.number,
        title=letter.title,
        addressee=letter.addressee,
        date=letter.date,
        body=(*body, *letter.closing),
        attachments=letter.attachments,
        signed_by=letter.signed_by,
        disclosure=letter.disclosure,
        copies=letter.copies,
        code=letter.code,
        check_at=letter.check_at,
        illustrative=letter.illustrative,
        is_synthetic=letter.is_synthetic,
    )


def numeral(number: int) -> str:
    """The number of a section, from 1 to 99.

    >>> [numeral(one) for one in (1, 10, 11, 20, 99)]
    ['一', '十', '十一', '二十', '九十九']
    """
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones] if ones else ''}"


def _letter(letter: Letter, language: Language) -> Words:
    labels = LABELS[language]
    return {
        "layout": "letter",
        "title": letter.title,
        "addressee": letter.addressee,
        "opening": list(letter.opening),
        "conditions": [_condition(condition, language) for condition in letter.conditions],
        "amounts": [
            {"label": amount.label, "value": _amount(amount, language), "is_total": amount.is_total}
            for amount in letter.amounts
        ],
        "closing": list(letter.closing),
        "objections": [asdict(way) for way in letter.objections],
        "attachments": _numbered(letter.attachments),
        "copies": labels["colon"].join((labels["copies"], "、".join(letter.copies))) if letter.copies else "",
        "disclosure": _in_brackets(letter.disclosure),
        "contact": letter.contact,
    }


def _official(document: OfficialDocument, language: Language) -> Words:
    return {
        "layout": "official",
        "head": document.head or f"{document.office}文件",
        "title": document.title,
        "addressee": document.addressee,
        "body": [
            {"text": part.text, "level": part.level}
            if isinstance(part, Heading)
            else {"text": part, "level": 0}
            for part in document.body
        ],
        "attachments": _numbered(document.attachments),
        "disclosure": _in_brackets(document.disclosure),
        "copies": "，".join(document.copies) + "。" if document.copies else "",
        "printed_by": document.printed_by,
        "printed_on": day_in_words(document.printed_on or document.date, language)
        if document.printed_by
        else "",
    }


def _receipt(receipt: Receipt, language: Language) -> Words:
    labels = LABELS[language]
    facts = [
        (labels["item"], receipt.item),
        (labels["applicant"], receipt.applicant),
        (labels["handled_by"], receipt.handled_by),
        (labels["received_on"], day_in_words(receipt.received_on, language) if receipt.received_on else ""),
    ]
    due_label = labels["correct_by"] if receipt.kind == "correction" else labels["due_on"]
    return {
        "layout": "receipt",
        "title": receipt.title or labels[receipt.kind],
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "due_label": due_label,
        "due_on": day_in_words(receipt.due_on, language) if receipt.due_on else "",
        "due_basis": receipt.due_basis,
        # What is missing comes first: it is what the reader has to act on.
        "papers": [
            {
                "title": labels[f"papers_{state}"],
                "state": state,
                "rows": [
                    {"name": paper.name, "count": str(paper.count or ""), "note": paper.note}
                    for paper in receipt.papers
                    if paper.state == state
                ],
            }
            for state in ("missing", "received", "fetched")
            if any(paper.state == state for paper in receipt.papers)
        ],
        "notes": list(receipt.notes),
        "ask_at": list(receipt.ask_at),
        "objections": [asdict(way) for way in receipt.objections],
    }


def _certificate(certificate: Certificate, language: Language) -> Words:
    labels = LABELS[language]
    valid = ""
    if certificate.valid_from:
        since = day_in_words(certificate.valid_from, language)
        if certificate.valid_until:
            valid = f"{since} {labels['valid_to']} {day_in_words(certificate.valid_until, language)}"
        else:
            valid = f"{since}{'' if language == 'zh' else ' '}{labels['valid_since']}"
    return {
        "layout": "certificate",
        "title": certificate.title,
        "holder": certificate.holder,
        "statement": certificate.statement,
        "rows": [{"label": label, "value": value} for label, value in certificate.rows],
        "basis": certificate.basis,
        "valid": valid,
    }


def _condition(condition: Condition, language: Language) -> Words:
    labels = LABELS[language]
    state = {True: "met", False: "not_met", None: "open"}[condition.met]
    return {
        "label": condition.label,
        "state": state,
        "result": labels[state],
        "value": condition.value,
        "threshold": condition.threshold,
        "article": condition.article,
        "mark": labels["illustrative"] if condition.provenance == "illustrative" else "",
    }


def _condition_in_a_sentence(condition: Condition) -> str:
    words = _condition(condition, "zh")
    facts = [
        f"{name}{words[key]}" for name, key in (("实际为", "value"), ("规定为", "threshold")) if words[key]
    ]
    sources = [text for text in (condition.article, words["mark"]) if text]
    source = f"（{'；'.join(sources)}）" if sources else ""
    return f"{condition.label}：{'，'.join([*facts, words['result']])}{source}。"


def _objection_in_a_sentence(*, way: str, where: str, within: str, article: str) -> str:
    return f"{way}：{within}向{where}提出{f'（{article}）' if article else ''}。"


def _amount(amount: Amount, language: Language = "zh") -> str:
    if isinstance(amount.value, str):
        return amount.value
    return f"{format_yuan(amount.value, grouped=True)}{'元' if language == 'zh' else ' yuan'}"


def _numbered(names: tuple[str, ...]) -> list[str]:
    """GB/T 9704 numbers attachments only where there are several."""
    return list(names) if len(names) < 2 else [f"{n}. {name}" for n, name in enumerate(names, start=1)]


def _in_brackets(mark: str) -> str:
    return f"（{mark.strip('（）()')}）" if mark else ""
