"""Writing one entry: its number, its registrar's licence, its papers; what the database refuses is told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.domains.marriage_registration.errors import (
    MarriageRefused,
    NoLicence,
    NoPaper,
    WrongState,
)
from minzheng.domains.marriage_registration.models import (
    Facility,
    Kind,
    Pair,
    RegistrarLicence,
    Registration,
)
from minzheng.kernel.access import Actor
from minzheng.kernel.audit import record
from minzheng.kernel.people.staging import fetch

LETTERS = {
    Kind.MARRIAGE: "J", Kind.DIVORCE: "L", Kind.REISSUE: "B", Kind.CORRECTION: "G", Kind.REVOCATION: "C", Kind.NO_RECORD: "W",
    Kind.ARCHIVE: "DJ", Kind.ARCHIVE_DIVORCE: "DL",
}  # fmt: skip
"""First letters of numbers (字号): J 结婚, L 离婚, B 补领; the others are ours."""

_CONSTRAINTS: dict[str, tuple[type[MarriageRefused], str]] = {
    "marriage_tie_one_per_person": (WrongState, "其中一方在婚姻登记中已有配偶 / one of the parties is married already"),
    "marriage_tie_one_per_number": (WrongState, "其中一方在婚姻登记中已有配偶 / one of the parties is married already"),
    "marriage_serial_once": (NoPaper, "该证书印制号已使用或作废，请核对证书 / this serial number was used or spoiled already"),
    "marriage_serial_of_office": (NoPaper, "该证书印制号不在本处库存中，请核对证书 / the office never received this serial number"),
    "marriage_stock_balances": (NoPaper, "本处证书库存不足，请先领用 / the office has no paper left"),
    "marriage_serials_received_once": (NoPaper, "其中有印制号已入库，请核对起止号 / some of these serial numbers were received before"),
    "marriage_one_licence_at_a_time": (WrongState, "该登记员在本处已有同期资格证 / the registrar holds a licence here for that time"),
    "marriage_licence_in_force": (NoLicence, "登记员没有当日有效的资格证 / the registrar holds no licence in force"),
    "marriage_in_force": (WrongState, "所指婚姻已经终止 / the marriage had ended already"),
    "marriage_reg_ended_once": (WrongState, "所指婚姻已经终止 / the marriage had ended already"),
    "marriage_divorce_names_marriage": (WrongState, "本市有该婚姻的登记，须指明 / name the marriage that the register holds"),
    "marriage_refers_to_act": (WrongState, "所指记录不是结婚或离婚登记 / the entry refers to one of another kind"),
    "marriage_divorce_one_pending": (WrongState, "双方已有一份申请在冷静期或待领证 / an application of the two is pending"),
}  # fmt: skip


def licence_of(actor: Actor, office: Facility, on: date) -> RegistrarLicence:
    """The licence under which the acting registrar works at this office on a day.

    Raises:
        NoLicence: there is none, it has not begun, or it has ended.
    """
    found = RegistrarLicence.objects.filter(
        official_id=actor.official, office=office, during__contains=on
    ).first()
    if found is None:
        raise NoLicence(
            f"{actor.label}在{office.name}没有{on:%Y-%m-%d}有效的婚姻登记员资格证，不能办理；请由负责人核发或续期 / "
            f"no registrar's licence in force at this office on {on}: ask the head of the office"
        )
    return found


def take_numbers(
    division_code: str, wanted: Mapping[tuple[str, int], int]
) -> dict[tuple[str, int], Iterator[str]]:
    """So many next numbers of a district for each letter and year, without gaps, in one statement.

    The counters stay locked until the act is kept or not.
    """
    letters, years = [letter for letter, _ in wanted], [year for _, year in wanted]
    taken = fetch(
        """INSERT INTO marriage_registration_actcounter AS c (division_code, letter, year, last)
           SELECT %s, w.letter, w.year, w.count FROM unnest(%s::text[], %s::smallint[], %s::int[]) AS w (letter, year, count)
           ORDER BY 2, 3
           ON CONFLICT (division_code, letter, year) DO UPDATE SET last = c.last + excluded.last RETURNING letter, year, last""",
        [division_code, letters, years, list(wanted.values())],
    )
    return {
        (letter, year): _numbers(f"{letter}{division_code}-{year}", last, wanted[letter, year])
        for letter, year, last in taken
    }


def _numbers(stem: str, last: int, count: int) -> Iterator[str]:
    return (f"{stem}-{number:06d}" for number in range(last - count + 1, last + 1))


def next_numbers(letter: str, division_code: str, year: int, count: int = 1) -> list[str]:
    """The next numbers of a district, letter and year."""
    return list(take_numbers(division_code, {(letter, year): count})[letter, year])


def next_serials(office: Facility, paper: str, count: int) -> list[int]:
    """The lowest serial numbers an office has left, in order; locks its stock so that two desks never propose the same.

    Raises:
        NoPaper: fewer are left.
    """
    fetch("SELECT pg_advisory_xact_lock(hashtext('marriage papers'), %s)", [office.pk])
    rows = fetch(
        """SELECT n FROM (
             SELECT r.serials, generate_series(
               greatest(lower(r.serials), coalesce((SELECT max(u.serial) + 1 FROM marriage_registration_certificateuse u
                  WHERE u.office_id = r.office_id AND u.paper = r.paper AND u.serial <@ r.serials AND u.state = 'used'),
                  lower(r.serials))),
               upper(r.serials) - 1) AS n, r.office_id, r.paper
             FROM marriage_registration_stockreceipt r WHERE r.office_id = %s AND r.paper = %s) free
           WHERE NOT EXISTS (SELECT 1 FROM marriage_registration_certificateuse u
             WHERE u.paper = free.paper AND u.serial = free.n) ORDER BY n LIMIT %s""",
        [office.pk, paper, count],
    )
    if len(rows) < count:
        raise NoPaper(
            f"{office.name}的空白证书仅余{len(rows)}本，需要{count}本，请先领用入库 / "
            f"{len(rows)} papers left and {count} needed: receive papers first"
        )
    return [row[0] for row in rows]


@contextmanager
def told_in_words() -> Iterator[None]:
    """What the database refuses, as a refusal that says what to do."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in _CONSTRAINTS:
            raise
        kind, words = _CONSTRAINTS[name]
        raise kind(words) from error


def write_entry(
    *, actor: Actor, office: Facility, kind: Kind, on: date, columns: dict[str, Any], **told: Any
) -> Registration:
    """Adds one entry to the register in one step or not at all; its ties and papers follow in the same statement."""
    licence = licence_of(actor, office, on)
    with told_in_words():
        entry = Registration.objects.create(
            number=next_numbers(LETTERS[kind], office.division_code, on.year)[0],
            kind=kind,
            office=office,
            division_code=office.division_code,
            on=on,
            registrar_id=actor.official_id,
            licence=licence,
            **columns,
            **told,
        )
    trace(f"marriage.{kind}", entry, detail={"number": entry.number, "office": office.code})
    return entry


def trace(act: str, subject: Pair, *, detail: dict[str, Any]) -> None:
    """One audit entry for each party of the register, who can read it; one for the act where neither is in it."""
    for person_id in {subject.man_person_id, subject.woman_person_id} - {None} or {None}:
        record(
            act,
            subject=f"{subject._meta.label_lower}:{subject.pk}",
            person_id=person_id,
            division_code=subject.division_code,
            detail=detail,
        )
