"""Relief for facilities in difficulty (扶持养老机构纾困): which measures one meets, what they come to, who decides, what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import Home, ReliefClaim
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import scope
from minzheng.kernel.stays.queries import occupancy


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: `fen` for each of what `per` counts, at most `most_fen` a facility, asked for from `start` to `until`."""

    code: str
    name: str
    name_en: str
    condition: str
    per: str
    fen: int
    most_fen: int
    start: date
    until: date
    needs: tuple[str, ...]
    ownership: tuple[str, ...]
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Met:
    """A measure that a facility meets: the count it rests on and the sum in whole fen."""

    measure: Measure
    count: int
    sum_fen: int


@cache
def measures() -> dict[str, Measure]:
    """Every measure by its code."""
    rows = yaml.safe_load((Path(__file__).parent / "relief_measures.yaml").read_text(encoding="utf-8"))[
        "measures"
    ]
    return {
        row["code"]: Measure(
            start=row.pop("from"),
            needs=tuple(row.pop("needs")),
            ownership=tuple(row.pop("ownership", ())),
            **row,
        )
        for row in rows
    }


def measures_met(facility: Facility, *, on: date) -> list[Met]:
    """What a facility may ask for on a day, each with its sum; none where the count is nothing."""
    home = Home.objects.get(facility=facility)
    kinds = occupancy(on=on, facilities=[facility.pk])
    counts = {
        "residents": sum(one.present + one.away for one in kinds),
        "beds": sum(one.beds for one in kinds),
        "staff": home.staff_on_duty,
        "area_m2": home.floor_area_m2 or 0,
    }
    return [
        Met(measure, counts[measure.per], min(counts[measure.per] * measure.fen, measure.most_fen))
        for measure in measures().values()
        if measure.start <= on <= measure.until
        and facility.kind in measure.needs
        and (not measure.ownership or home.ownership in measure.ownership)
        and counts[measure.per] > 0
    ]


@transaction.atomic
def claim(*, facility: Facility, measure: str, on: date) -> ReliefClaim:
    """Asks for a measure (申领纾困扶持); the sum is reckoned, not told.

    Raises:
        FacilityRefused: the facility does not meet it on this day, or has asked for it already.
    """
    require("facilities.edit")
    met = next((one for one in measures_met(facility, on=on) if one.measure.code == measure), None)
    if met is None:
        raise FacilityRefused(
            f"{facility.name} 在 {on} 不符合“{measure}”的条件或不在受理期内 / the measure is not met on {on}, or its time is over"
        )
    try:
        with transaction.atomic():
            made = ReliefClaim.objects.create(
                facility=facility, measure=measure, reckoned_fen=met.sum_fen,
                basis={"per": met.measure.per, "count": met.count, "fen": met.measure.fen}, claimed_on=on,
            )  # fmt: skip
    except IntegrityError as fault:
        raise FacilityRefused("该项措施已申领，无须重复 / the measure was asked for already") from fault
    _trace("facilities.claim_relief", made)
    return made


@transaction.atomic
def decide(*, claim: ReliefClaim, approved_fen: int | None, words: str, on: date) -> ReliefClaim:
    """The district grants a sum up to the reckoned one, or refuses (None) with its reason (区民政局审核)."""
    actor = require("facilities.approve")
    found = _locked(claim, "claimed")
    if approved_fen is None and len(words.strip()) < 4:
        raise FacilityRefused("不予批准的，请写明理由 / a refusal needs its reason")
    if approved_fen is not None and not 0 < approved_fen <= found.reckoned_fen:
        raise FacilityRefused(
            f"批准金额应大于零且不超过核算金额 {found.reckoned_fen / 100:.2f} 元 / more than nothing and no more than was reckoned"
        )
    found.state = "refused" if approved_fen is None else "approved"
    found.approved_fen, found.words, found.decided_on, found.decided_by = (
        approved_fen,
        words.strip(),
        on,
        actor.label,
    )
    found.save(update_fields=["state", "approved_fen", "words", "decided_on", "decided_by"])
    _trace("facilities.decide_relief", found)
    return found


@transaction.atomic
def pay(*, claim: ReliefClaim, on: date) -> ReliefClaim:
    """The approved sum was paid out (拨付)."""
    require("facilities.approve")
    found = _locked(claim, "approved")
    found.state, found.paid_on = "paid", on
    found.save(update_fields=["state", "paid_on"])
    _trace("facilities.pay_relief", found)
    return found


def paid_by_measure(*, within: str = "310000") -> dict[str, tuple[int, int]]:
    """(claims paid, fen) by measure, of the facilities of a place that the reader may see."""
    low, high = scope(within)
    rows = (
        ReliefClaim.objects.filter(state="paid", division_code__gte=low, division_code__lt=high)
        .values("measure")
        .annotate(claims=Count("id"), fen=Sum("approved_fen"))
    )
    return {row["measure"]: (row["claims"], row["fen"]) for row in rows}


def _locked(claim: ReliefClaim, state: str) -> ReliefClaim:
    found = ReliefClaim.objects.select_for_update(of=("self",)).filter(pk=claim.pk).first()
    if found is None or found.state != state:
        raise FacilityRefused(
            "申领不在可办理的状态，请刷新后重试 / the claim is in another state; reload the page"
        )
    return found


def _trace(act: str, claim: ReliefClaim) -> None:
    record(
        act, subject=f"reliefclaim:{claim.pk}", division_code=claim.division_code, reason=claim.words,
        detail={"facility": claim.facility_id, "measure": claim.measure, "state": claim.state,
                "reckoned_fen": claim.reckoned_fen, "approved_fen": claim.approved_fen},
    )  # fmt: skip
