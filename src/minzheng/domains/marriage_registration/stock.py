"""Certificate papers and registrars' licences: what an office has to have before it may register (证书库存、登记员资格)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from minzheng.domains.marriage_registration.entries import told_in_words
from minzheng.domains.marriage_registration.errors import MarriageRefused
from minzheng.domains.marriage_registration.models import (
    CertificateUse,
    Facility,
    Paper,
    RegistrarLicence,
    StockReceipt,
)
from minzheng.kernel.access import require
from minzheng.kernel.access.models import Official
from minzheng.kernel.audit import record


@transaction.atomic
def receive_papers(*, office: Facility, paper: str, first: int, last: int, on: date) -> StockReceipt:
    """Takes a run of blank certificates into an office's stock (证书入库); both serial numbers included.

    Raises:
        MarriageRefused: the run is empty, or some of it was received before, here or elsewhere.
    """
    actor = require("marriage.manage")
    if paper not in Paper.values or not 0 < first <= last:
        raise MarriageRefused(
            f"证书类别须为 {'、'.join(Paper.values)}，起号不大于止号 / a paper of {Paper.values}, first ≤ last; got {first}–{last}"
        )
    with told_in_words():
        made = StockReceipt.objects.create(
            office=office,
            division_code=office.division_code,
            paper=paper,
            serials=NumericRange(first, last + 1),
            on=on,
            received_by_id=actor.official,
        )
    record(
        "marriage.receive_papers",
        subject=f"facility:{office.pk}",
        division_code=office.division_code,
        detail={"paper": paper, "first": first, "last": last},
    )
    return made


@transaction.atomic
def spoil_paper(*, office: Facility, paper: str, serial: int, reason: str, on: date) -> CertificateUse:
    """Books a blank certificate as spoiled (废证); it is counted and never handed out.

    Raises:
        MarriageRefused: no reason was given.
        NoPaper: the serial number is not in this office's stock, or was used or spoiled already.
    """
    require("marriage.register")
    if not reason.strip():
        raise MarriageRefused("作废证书须写明原因 / say why the paper is spoiled")
    with told_in_words():
        made = CertificateUse.objects.create(
            office=office,
            division_code=office.division_code,
            paper=paper,
            serial=serial,
            state=CertificateUse.State.SPOILED,
            on=on,
            reason=reason.strip(),
        )
    record(
        "marriage.spoil_paper",
        subject=f"facility:{office.pk}",
        division_code=office.division_code,
        detail={"paper": paper, "serial": serial},
        reason=reason.strip(),
    )
    return made


@transaction.atomic
def grant_licence(
    *,
    official: Official,
    office: Facility,
    number: str,
    start: date,
    end: date | None,
    trained_on: date | None = None,
) -> RegistrarLicence:
    """Enters a registrar's licence (婚姻登记员资格证); `end` is the first day on which it no longer holds."""
    require("marriage.manage")
    if end is not None and end <= start:
        raise MarriageRefused(f"有效期止须晚于起：{start} – {end} / the licence must end after it begins")
    with told_in_words():
        made = RegistrarLicence.objects.create(
            official=official,
            number=number.strip(),
            office=office,
            division_code=office.division_code,
            during=DateRange(start, end),
            trained_on=trained_on,
        )
    record(
        "marriage.grant_licence",
        subject=f"marriage_registration.registrarlicence:{made.pk}",
        division_code=office.division_code,
        detail={"official": official.pk, "number": made.number, "start": start, "end": end},
    )
    return made


@transaction.atomic
def end_licence(*, licence: RegistrarLicence, on: date, reason: str) -> RegistrarLicence:
    """Ends a licence early (停止或吊销资格); acts registered under it before stay as they are."""
    require("marriage.manage")
    if not reason.strip():
        raise MarriageRefused("终止资格须写明理由 / say why the licence ends")
    licence.during = DateRange(licence.during.lower, on)
    licence.reason = reason.strip()
    licence.save(update_fields=["during", "reason"])
    record(
        "marriage.end_licence",
        subject=f"marriage_registration.registrarlicence:{licence.pk}",
        division_code=licence.division_code,
        detail={"on": on},
        reason=licence.reason,
    )
    return licence
