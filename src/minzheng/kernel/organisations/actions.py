"""Verbs that change the register of organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from psycopg.types.range import DateRange

from minzheng.kernel.audit import record
from minzheng.kernel.organisations.codes import CodeError, parse_uscc
from minzheng.kernel.organisations.models import Officer, Organisation, Site


class InvalidCode(ValueError):
    """The code fails GB 32100; `errors` name what was found and expected."""

    def __init__(self, value: str, errors: tuple[CodeError, ...]):
        self.errors = errors
        reasons = "；".join(f"{e.advice}（见到 {e.found}，应为 {e.expected}）" for e in errors)
        super().__init__(f"统一社会信用代码 {value} 不正确：{reasons}")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an organisation is registered."""

    division_code: str
    address: str


@transaction.atomic
def register_organisation(
    *, uscc: str, name: str, seat: Seat, representative: str, source: str, on: date
) -> Organisation:
    """Enters an organisation, or brings its name, seat and representative up to date; older news changes nothing.

    Raises:
        InvalidCode: the code fails its check.
    """
    parsed = parse_uscc(uscc)
    if not parsed.is_valid:
        raise InvalidCode(parsed.value, parsed.errors)
    known = Organisation.objects.select_for_update().filter(uscc=parsed.value).first()
    if known and known.observed_on > on:
        return known
    if known is None:
        known = Organisation(uscc=parsed.value, kind=parsed.department, during=DateRange(on, None))
    known.name, known.division_code = name, seat.division_code
    known.source, known.observed_on = source, on
    known.save()
    same_seat = {"division_code": seat.division_code, "address": seat.address, "is_registered_seat": True}
    _replace(Site, known, on, same_seat, {"is_registered_seat": True})
    _replace(Officer, known, on, {"name": representative, "office": "法定代表人"}, {"office": "法定代表人"})
    record(
        "organisations.register",
        subject=parsed.value,
        detail={"name": name},
        division_code=seat.division_code,
    )
    return known


def _replace(model, organisation: Organisation, on: date, wanted: dict, slot: dict) -> None:  # type: ignore[no-untyped-def]
    """Closes what held the slot the day before, unless it is what is wanted, and opens the new."""
    current = model.objects.filter(organisation=organisation, during__contains=on, **slot).first()
    if current and all(getattr(current, name) == value for name, value in wanted.items()):
        return
    if current:
        if current.during.lower == on:
            current.delete()
        else:
            current.during = DateRange(current.during.lower, on)
            current.save(update_fields=["during"])
    model.objects.create(organisation=organisation, during=DateRange(on, None), **wanted)


def end_organisation(*, organisation: Organisation, on: date, source: str) -> Organisation:
    """Records that an organisation was struck off (注销登记): `on` is its last day."""
    organisation.during = DateRange(organisation.during.lower, on + timedelta(days=1))
    organisation.source, organisation.observed_on = source, on
    organisation.save()
    record("organisations.end", subject=organisation.uscc, division_code=organisation.division_code)
    return organisation
