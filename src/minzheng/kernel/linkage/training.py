"""Training a model on the registers, and the one that counts (模型训练).

How often two people agree by chance (u) is read from the register itself. How often one person's two records disagree
(m) is learnt from rows that officials have linked, and, until there are enough of those, from people of the register
disturbed as offices disturb them. The record says how many of each, with the seeds: the same registers give the same
model, number by number.
"""

from __future__ import annotations

import hashlib
import json
import random
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.linkage import engine
from minzheng.kernel.linkage.disturb import RATES, Disturber
from minzheng.kernel.linkage.models import LinkModel, Proposal
from minzheng.kernel.linkage.records import frame_of, register_frame, row_record, shares

DELIVERED = Path(__file__).parent / "data" / "model.json"
SAMPLE = 200_000
_ROWS = 20_000
_FEWEST_PEOPLE = 200


class CannotTrain(ValueError):
    """There is too little to learn from; the message says how much is needed."""


@transaction.atomic
def train_model(*, sample: int = SAMPLE, pairs: int = 1_000_000, seed: int = engine.SEED) -> LinkModel:
    """Learns a new model from the registers (训练比对模型) and makes it the one that counts.

    Args:
        sample: most people of the register to learn from, chosen by a digest of their number.
        pairs: random pairs for u.

    Raises:
        NotPermitted: the acting post may not operate the system.
        CannotTrain: fewer than 200 people are registered.
    """
    require("system.operate")
    register = register_frame(size=sample)
    if register.height < _FEWEST_PEOPLE:
        raise CannotTrain(
            f"人口库只有 {register.height} 人，训练至少需要 {_FEWEST_PEOPLE} 人 / too few people to learn from"
        )
    decided = _decided_rows()
    rows, told = training_rows(register, decided=decided, seed=seed)
    parameters = engine.learn(rows, register, pairs=pairs)
    about = told | {
        "registered": register.height,
        "pairs": pairs,
        "register": _digest(register),
        "source": "register",
    }
    made = keep(parameters, about)
    record("linkage.train", subject=f"linkage.model:{made.pk}", detail={"digest": made.digest, **about})
    return made


def training_rows(
    register: pl.DataFrame, *, decided: list[dict[str, Any]] | None = None, seed: int = engine.SEED
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Rows to learn m from, and what the record says of them: decided ones, and disturbed people of the register."""
    people = register.sort("unique_id").to_dicts()
    chooser = random.Random(seed)
    chosen = chooser.sample(people, min(len(people), max(_FEWEST_PEOPLE, min(_ROWS, len(people) // 2))))
    disturber = Disturber([one["name"] for one in people if one["name"]], seed)
    made: list[dict[str, Any]] = []
    for person in chosen:
        copy, _faults = disturber.copy({**person, "committee": person["committee"] or person["street"]})
        made.append({**copy, "unique_id": f"d{person['unique_id']}"})
    made += decided or []
    about = {
        "disturbed": len(chosen),
        "decided": len(decided or []),
        "rates_permille": RATES,
        "rates_provenance": "illustrative",
        "seed": seed,
        "splink": version("splink"),
        "duckdb": version("duckdb"),
    }
    return frame_of(made, frequencies=shares(one["name"] for one in people)), about


def _decided_rows() -> list[dict[str, Any]]:
    """Rows that officials have linked by looking at them."""
    same = Proposal.objects.filter(state=Proposal.State.SAME, review__isnull=False).select_related(
        "review__row"
    )
    return [
        row_record(one.review_id or 0, one.review.evidence, one.review.row.household_id)
        | {"unique_id": f"r{one.pk}"}
        for one in same.order_by("pk")[:_ROWS]
        if one.review
    ]


def keep(parameters: engine.Parameters, about: dict[str, Any]) -> LinkModel:
    """Stores a model; the same one again is the same record."""
    digest = digest_of(parameters)
    known = LinkModel.objects.order_by("-pk").first()
    if known is not None and known.digest == digest:
        return known
    return LinkModel.objects.create(parameters=parameters, record=about, digest=digest)


def current_model() -> LinkModel:
    """The latest model; the delivered one, learnt on a synthetic city, where none was trained yet."""
    found = LinkModel.objects.order_by("-pk").first()
    if found is not None:
        return found
    told = delivered()
    return keep(told["parameters"], told["record"])


@cache
def delivered() -> dict[str, Any]:
    """The model that comes with the platform: `parameters` and the `record` of its training."""
    told: dict[str, Any] = json.loads(DELIVERED.read_text(encoding="utf-8"))
    return told


def digest_of(parameters: engine.Parameters) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()


def _digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.sort("unique_id").write_csv().encode()).hexdigest()
