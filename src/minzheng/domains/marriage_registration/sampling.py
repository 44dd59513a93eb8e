"""The monthly review of files (档案抽查): a draw that anybody can repeat, and faults booked to office and clause.

The seed is named when the draw is made and kept with it. The order of files is by SHA-256 of seed and act number, so whoever has
both can draw again and see that no file was chosen by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.db import transaction

from minzheng.domains.marriage_registration.errors import MarriageRefused, WrongState
from minzheng.domains.marriage_registration.models import (
    Draw,
    Facility,
    FileFault,
    Kind,
    Registration,
    SampledFile,
)
from minzheng.domains.marriage_registration.working_rules import rule_at
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.periods import Month

REVIEWED = (Kind.MARRIAGE, Kind.DIVORCE, Kind.REISSUE, Kind.CORRECTION, Kind.REVOCATION)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that a file may break."""

    code: str
    label: str
    label_en: str
    source: str
    provenance: str


@cache
def clauses() -> dict[str, Clause]:
    """Every clause by its code, from `clauses.yaml`."""
    rows = yaml.safe_load((Path(__file__).parent / "clauses.yaml").read_text("utf-8"))["clauses"]
    return {code: Clause(code, **row) for code, row in rows.items()}


def sample_of(numbers: Iterable[str], *, seed: str, size: int) -> list[str]:
    """The act numbers that a seed draws: the `size` lowest by SHA-256 of seed and number.

    >>> sample_of(["J1", "J2", "J3"], seed="a", size=2) == sample_of(["J3", "J2", "J1"], seed="a", size=2)
    True
    """
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest())[:size]


@transaction.atomic
def draw_sample(*, office: Facility, month: Month, seed: str, on: date) -> Draw:
    """Draws a month's files of an office for review (每月抽查); the number is a parameter (`sample_files`).

    Raises:
        MarriageRefused: the month is not over, or no seed was named.
        WrongState: the month was drawn already; a second draw could choose.
    """
    require("marriage.review")
    if Month.of(on) <= month:
        raise MarriageRefused(f"{month.chinese}尚未结束，不能抽取 / {month} is not over yet")
    if not seed.strip():
        raise MarriageRefused("请公布抽取种子 / name the seed of the draw")
    if Draw.objects.filter(office=office, month=month.first_day).exists():
        raise WrongState(f"{office.name}{month.chinese}已抽取，不能重抽 / drawn already")
    files = dict(
        Registration.objects.filter(
            office=office, kind__in=REVIEWED, on__range=(month.first_day, month.last_day)
        ).values_list("number", "pk")
    )
    drawn = sample_of(files, seed=seed, size=rule_at("sample_files", on))
    made = Draw.objects.create(
        office=office,
        division_code=office.division_code,
        month=month.first_day,
        drawn_on=on,
        seed=seed,
        population=len(files),
        population_sha256=hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest(),
        size=len(drawn),
    )
    SampledFile.objects.bulk_create(
        SampledFile(draw=made, division_code=office.division_code, registration_id=files[number])
        for number in drawn
    )
    record(
        "marriage.draw_sample",
        subject=f"marriage_registration.draw:{made.pk}",
        division_code=office.division_code,
        detail={"month": str(month), "population": len(files), "size": len(drawn), "seed": seed},
    )
    return made


@transaction.atomic
def review_file(*, file: SampledFile, faults: Sequence[tuple[str, str]], on: date) -> SampledFile:
    """Books what the review of a file found (登记差错); an empty list is a clean file.

    Args:
        faults: pairs of a clause's code and what is wrong in words.

    Raises:
        MarriageRefused: an unknown clause, or a fault without words.
        WrongState: the file was reviewed already, or the reviewer registered the act.
    """
    actor = require("marriage.review")
    held = SampledFile.objects.select_for_update(of=("self",)).select_related("registration").get(pk=file.pk)
    if held.reviewed_on is not None:
        raise WrongState("该档案已复查 / the file was reviewed already")
    if held.registration.registrar_id == actor.official:
        raise WrongState("不能复查本人办理的登记，请由他人复查 / nobody reviews an act of their own")
    for code, words in faults:
        if code not in clauses() or not words.strip():
            raise MarriageRefused(
                f"差错须指明条款（{'、'.join(clauses())}）并写明情况；见到 {code!r} / "
                f"name one of the clauses and say what is wrong; got {code!r}"
            )
    FileFault.objects.bulk_create(
        FileFault(
            file=held,
            office_id=held.registration.office_id,
            division_code=held.division_code,
            clause=code,
            words=words.strip(),
            found_on=on,
        )
        for code, words in faults
    )
    held.reviewed_by_id, held.reviewed_on = actor.official, on
    held.save(update_fields=["reviewed_by", "reviewed_on"])
    record(
        "marriage.review_file",
        subject=f"marriage_registration.registration:{held.registration_id}",
        division_code=held.division_code,
        detail={"draw": held.draw_id, "faults": [code for code, _ in faults]},
    )
    return held


@transaction.atomic
def mend_fault(*, fault: FileFault, on: date) -> FileFault:
    """Books that a fault was put right (整改)."""
    require("marriage.review")
    if fault.mended_on is not None or on < fault.found_on:
        raise WrongState("该差错已整改，或整改日期早于发现日期 / mended already, or before it was found")
    fault.mended_on = on
    fault.save(update_fields=["mended_on"])
    record(
        "marriage.mend_fault",
        subject=f"marriage_registration.filefault:{fault.pk}",
        division_code=fault.division_code,
        detail={"clause": fault.clause},
    )
    return fault
