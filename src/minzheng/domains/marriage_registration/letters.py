"""Papers of the register (婚姻登记文书): certificates, receipts, refusals, as values that `kernel.documents` lays out.

They bear no state emblem and no seal: those stand on the printed blank, whose serial number the entry keeps. In the demonstration
every page says that it is synthetic (样张).
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import TypeVar

from minzheng.domains.marriage_registration.later_entries import current_version
from minzheng.domains.marriage_registration.models import (
    DivorceApplication,
    Kind,
    Nationality,
    Refusal,
    Registration,
)
from minzheng.kernel.documents import (
    Certificate,
    Condition,
    Letter,
    Objection,
    Paper,
    Receipt,
    day_in_words,
)
from minzheng.kernel.people.identifiers import mask

Issued = TypeVar("Issued", Certificate, Letter, Receipt)
_SIDES = (("man", "男方"), ("woman", "女方"))
_DIVORCED = (Kind.DIVORCE, Kind.ARCHIVE_DIVORCE)


def certificate_of(entry: Registration, *, side: str) -> Certificate:
    """One party's certificate of marriage or divorce (结婚证、离婚证), from the act's entry or from its reissue.

    Raises:
        ValueError: the entry gives no certificate to this party.
    """
    serial = getattr(entry, f"{side}_serial")
    if serial is None:
        raise ValueError(
            f"{entry.number} 没有颁发给{dict(_SIDES)[side]}的证书 / no certificate for this party"
        )
    act = entry.refers_to if entry.kind == Kind.REISSUE and entry.refers_to else entry
    told = current_version(act)
    divorced = act.kind in _DIVORCED
    rows: list[tuple[str, str]] = [
        ("登记日期", day_in_words(act.on)),
    ]
    for which, word in _SIDES:
        nationality = Nationality(getattr(told, f"{which}_nationality")).label
        rows += [
            (word, f"{getattr(told, f'{which}_name')}（{nationality}）"),
            (f"{word}证件号码", getattr(told, f"{which}_identifier")),
        ]
        born = getattr(told, f"{which}_birth_date")
        if born:
            rows.append((f"{word}出生日期", day_in_words(born)))
    rows.append(("印制号", f"{serial:09d}"))
    if entry is not act:
        rows.append(("备注", f"补领，原登记字号 {act.number}"))
    return _issued(
        Certificate(
            office=entry.office.name,
            title="离婚证" if divorced else "结婚证",
            holder=getattr(told, f"{side}_name"),
            date=entry.on,
            statement=(
                "离婚申请，符合《中华人民共和国民法典》规定，予以登记，发给此证。"
                if divorced
                else "结婚申请，符合《中华人民共和国民法典》规定，予以登记，发给此证。"
            ),
            rows=tuple(rows),
            basis="《民法典》第一千零七十八条、第一千零八十条" if divorced else "《民法典》第一千零四十九条",
            signed_by=entry.office.name,
        ),
        entry,
    )


def receipt_of(application: DivorceApplication) -> Receipt:
    """The receipt of an application for divorce with all four days (离婚登记申请受理回执单)."""
    return _issued(
        Receipt(
            kind="acceptance",
            office=application.office.name,
            item="离婚登记",
            title="离婚登记申请受理回执单",
            applicant=f"{application.man_name}、{application.woman_name}",
            date=application.received_on,
            received_on=application.received_on,
            due_on=application.collect_last,
            due_basis="《民法典》第一千零七十七条",
            papers=(
                Paper(name="结婚证"),
                Paper(name="双方身份证件"),
                Paper(name="离婚协议书"),
            ),
            notes=(
                f"自{day_in_words(application.cooling_first)}至{day_in_words(application.cooling_last)}，任何一方不愿意离婚的，"
                "可以持本回执单和身份证件到本处撤回申请。",
                f"自{day_in_words(application.collect_first)}至{day_in_words(application.collect_last)}，双方应当共同到本处申请发给"
                "离婚证；未共同到场的，视为撤回离婚登记申请。",
                "期间自次日起算；最后一日为法定休假日的，顺延至休假日结束的次日。",
            ),
            ask_at=tuple(one for one in (application.office.address, application.office.phone) if one),
            signed_by=application.office.name,
        ),
        application,
    )


def withdrawal_of(application: DivorceApplication) -> Letter:
    """The confirmation that an application was taken back or has lapsed (撤回离婚登记申请确认单).

    Raises:
        ValueError: the application is pending or was registered.
    """
    if application.closed_on is None or application.registration_id is not None:
        raise ValueError(f"{application.number} 未撤回 / the application was not taken back")
    by = {"man": application.man_name, "woman": application.woman_name}.get(application.withdrawn_by)
    why = (
        f"{by}于{day_in_words(application.closed_on)}申请撤回"
        if by
        else f"双方未在{day_in_words(application.collect_last)}前共同申请发给离婚证，视为撤回"
    )
    return _issued(
        Letter(
            office=application.office.name,
            title="撤回离婚登记申请确认单",
            addressee=f"{application.man_name}、{application.woman_name}",
            date=application.closed_on,
            opening=(
                f"你们于{day_in_words(application.received_on)}提出的离婚登记申请（{application.number}），{why}。",
                "离婚登记程序终止，你们的婚姻关系不受影响。如仍需离婚，可以重新申请。",
            ),
            closing=("依据：《民法典》第一千零七十七条。",),
            signed_by=application.office.name,
        ),
        application,
    )


def refusal_letter(refusal: Refusal) -> Letter:
    """The letter that gives every reason of a refusal with its article, and no act number of anybody (不予登记告知书)."""
    what = str(Kind(refusal.kind).label)
    return _issued(
            Letter(
                office=refusal.office.name,
                title=f"不予{what}告知书",
                addressee="、".join(one for one in (refusal.man_name, refusal.woman_name) if one),
                date=refusal.on,
                opening=(f"你们于{day_in_words(refusal.on)}申请{what}。经审查，有下列条件不符合，不予登记：",),
                conditions=tuple(
                    Condition(label=one["words"], met=False, article=one["article"], provenance="public")
                    for one in refusal.reasons
                ),
                closing=("情况有变化或者补正后，可以再次申请。",),
                objections=(
                    Objection(way="行政复议", where="本机关的上一级主管部门或者本级人民政府", within="60日内", article="《行政复议法》第九条"),
                    Objection(way="行政诉讼", where="有管辖权的人民法院", within="6个月内", article="《行政诉讼法》第四十六条"),
                ),
                signed_by=refusal.office.name,
        ),
        refusal,
    )  # fmt: skip


def no_record_certificate(entry: Registration) -> Certificate:
    """That the register holds no marriage of a person (无婚姻登记记录证明); what it says is of this register and this day."""
    side = "man" if entry.man_name else "woman"
    name, number = getattr(entry, f"{side}_name"), getattr(entry, f"{side}_identifier")
    since = day_in_words(date.fromisoformat(entry.detail["since"]))
    return _issued(
        Certificate(
            office=entry.office.name,
            title="无婚姻登记记录证明",
            holder=name,
            date=entry.on,
            statement=(
                f"经查，自{since}至{day_in_words(entry.on)}，在本市婚姻登记信息系统中未发现{name}"
                f"（{mask(number)}）有效的结婚登记记录。"
            ),
            rows=(("用途", entry.detail.get("purpose", "")), ("查询范围", "本市婚姻登记及已录入的历史档案")),
            basis="本证明只反映查询当日本登记系统的记载",
            signed_by=entry.office.name,
        ),
        entry,
    )


def _issued(document: Issued, subject: Registration | DivorceApplication | Refusal) -> Issued:
    """The paper with its number; what is about nobody says so wherever it is printed."""
    is_synthetic = (
        os.environ.get("MINZHENG_DEMO") == "1" or getattr(subject, "provenance", "") == "illustrative"
    )
    return replace(document, number=subject.number, is_synthetic=is_synthetic)
