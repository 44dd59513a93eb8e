"""Readings of the register for screens; each takes a fixed number of queries and stays within the reader's rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from minzheng.domains.marriage_registration.later_entries import current_version
from minzheng.domains.marriage_registration.models import (
    OFFICE,
    CertificateStock,
    CertificateUse,
    DivorceApplication,
    DivorceState,
    Facility,
    FileFault,
    Kind,
    MaritalTie,
    RegistrarLicence,
    Registration,
)
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.identifiers import normalise

SHOWN = 50
ARCHIVES = (Kind.ARCHIVE, Kind.ARCHIVE_DIVORCE)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with all that hangs on it: how it reads now, what came later, its ties and papers."""

    entry: Registration
    current: Registration
    later: list[Registration]
    ties: list[MaritalTie]
    papers: list[CertificateUse]

    @property
    def is_in_force(self) -> bool:
        """Whether a marriage still binds."""
        return any(not tie.is_void and tie.during.upper is None for tie in self.ties)


def entry_page(pk: int) -> EntryPage:
    """One entry of the register, with the look recorded for the parties.

    Raises:
        Registration.DoesNotExist: no such entry within the reader's sight.
    """
    require("marriage.look")
    entry = Registration.objects.select_related("office", "registrar", "licence", "refers_to").get(pk=pk)
    _looked([entry], "查看婚姻登记")
    return EntryPage(
        entry,
        current_version(entry),
        list(entry.later.select_related("office").order_by("id")),
        list(entry.ties.order_by("side")),
        list(entry.certificates.order_by("serial")),
    )


def acts_of(person_id: int) -> list[Registration]:
    """A person's own entries, the latest first: for the person, or for whoever may see them."""
    mine = Q(man_person_id=person_id) | Q(woman_person_id=person_id)
    return list(Registration.objects.filter(mine).select_related("office").order_by("-on", "-id")[:SHOWN])


def find_entries(words: str, *, kinds: tuple[str, ...] = ()) -> list[Registration]:
    """Entries by act number, whole identifier or name of a party, at most fifty; each question has its index."""
    require("marriage.look")
    found = _by_words(words)
    if kinds:
        found = found.filter(kind__in=kinds)
    rows = list(found.select_related("office").order_by("-on", "-id")[:SHOWN])
    record("marriage.search", detail={"found": len(rows)})
    return rows


def search_archive(
    *, name: str = "", identifier: str = "", number: str = "", year: int | None = None
) -> list[Registration]:
    """Old paper records by name, whole identifier, number (ours or the paper's) or year, at most fifty (档案查询).

    Every search is kept in the trace, with what was asked for though never a whole identifier.

    Raises:
        ValueError: nothing but a year was given, which would list the archive.
    """
    require("marriage.look")
    if not (name.strip() or identifier.strip() or number.strip()):
        raise ValueError("请填写姓名、证件号码或登记字号之一 / give a name, an identifier or a number")
    found = Registration.objects.filter(kind__in=ARCHIVES)
    if name.strip():
        found = found.filter(pk__in=_pks(man_name=name.strip()).union(_pks(woman_name=name.strip())))
    if identifier.strip():
        asked = normalise(identifier)
        found = found.filter(pk__in=_pks(man_identifier=asked).union(_pks(woman_identifier=asked)))
    if number.strip():
        found = found.filter(Q(number=number.strip()) | Q(detail__old_number=number.strip()))
    if year is not None:
        found = found.filter(on__year=year)
    rows = list(found.select_related("office").order_by("on", "id")[:SHOWN])
    record(
        "marriage.search_archive",
        detail={"name": bool(name), "identifier": bool(identifier), "number": number.strip(), "year": year, "found": len(rows)},
    )  # fmt: skip
    _looked(rows, "查询历史婚姻档案")
    return rows


def divorce_queue(*, division_code: str, on: date) -> QuerySet[DivorceApplication]:
    """Pending applications of a district, those whose last day comes first; a page slices it."""
    require("marriage.look")
    return (
        DivorceApplication.objects.filter(
            division_code=division_code, state=DivorceState.PENDING, collect_last__gte=on
        )
        .select_related("office")
        .order_by("collect_last", "id")
    )


def offices(on: date) -> QuerySet[Facility]:
    """Registry offices open on a day."""
    return Facility.objects.filter(kind=OFFICE, during__contains=on).order_by("division_code", "code")


def stock_of(office: Facility) -> list[CertificateStock]:
    """An office's papers by kind: received = used + spoiled + left."""
    return list(CertificateStock.objects.filter(office=office).order_by("paper"))


def licences_of(office: Facility) -> list[RegistrarLicence]:
    """Licences of an office, those in force longest first."""
    return list(
        RegistrarLicence.objects.filter(office=office)
        .select_related("official")
        .order_by("-during", "id")[:200]
    )


def faults_by_clause(*, division_code: str, first: date, last: date) -> list[dict[str, object]]:
    """Faults of a district's offices by office and clause: found and mended in a period."""
    require("marriage.review")
    return list(
        FileFault.objects.filter(division_code=division_code, found_on__range=(first, last))
        .values("office_id", "office__name", "clause")
        .annotate(found=Count("id"), mended=Count("id", filter=Q(mended_on__isnull=False)))
        .order_by("office__name", "clause")
    )


def _pks(**which: str) -> QuerySet[Registration, Any]:
    return Registration.objects.filter(**which).values("pk")


def _by_words(words: str) -> QuerySet[Registration]:
    asked = words.strip()
    if not asked:
        return Registration.objects.none()
    number = normalise(asked)
    pks = _pks(number=asked).union(
        _pks(man_identifier=number),
        _pks(woman_identifier=number),
        _pks(man_name=asked),
        _pks(woman_name=asked),
    )
    return Registration.objects.filter(pk__in=pks)


def _looked(rows: list[Registration], purpose: str) -> None:
    for entry in rows:
        for person_id in {entry.man_person_id, entry.woman_person_id} - {None}:
            record(
                "people.look",
                subject=f"marriage_registration.registration:{entry.pk}",
                person_id=person_id,
                division_code=entry.division_code,
                detail={"purpose": purpose, "fields": []},
            )
