"""Writes the trace: one entry an act, one for a look at a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

LOOK, UNMASK = "people.look", "people.unmask"


def record(
    act: str,
    *,
    subject: str = "",
    detail: dict[str, Any] | None = None,
    reason: str = "",
    person_id: int | None = None,
    division_code: str | None = None,
) -> None:
    """Adds one entry to the trace (记录操作), in the transaction of the act, so both are kept or neither.

    Who acted is filled in by the database from the transaction's actor. A bulk act writes one entry with its counts.

    Args:
        act: `block.verb`, such as `awards.grant`.
        subject: what it was done to, such as `awards.award:17`.
        detail: what an auditor needs beside it; dates and amounts are fine, whole identifiers are not. The database adds the acting post's place as
            `post_division`.
        reason: the official's words; the reason of `acting(...)` where empty.
        person_id: the person concerned, who may see this entry.
        division_code: the place concerned; the acting post's where none.
    """
    # Adding by hand and without RETURNING: whoever adds an entry need not be able to read it.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (at, actor_kind, role, actor_label, act, subject, person_id, division_code,"
            " reason, detail, address) VALUES (now(), '', '', '', %s, %s, %s, %s, %s, %s::jsonb, '')",
            [
                act,
                _text(subject),
                person_id,
                division_code or "",
                _text(reason),
                json.dumps(_clean(detail or {}), cls=DjangoJSONEncoder, ensure_ascii=False),
            ],
        )


def look(
    person_id: int,
    *,
    purpose: str = "",
    fields: Sequence[str] = (),
    reason: str = "",
    division_code: str | None = None,
) -> None:
    """Records that someone looked at a person's record (查看留痕); the person can see it.

    Args:
        purpose: the page or task, such as `人员档案`.
        fields: what was shown beyond the ordinary page.
    """
    record(
        LOOK,
        subject=f"people.person:{person_id}",
        detail={"purpose": purpose, "fields": list(fields)},
        reason=reason,
        person_id=person_id,
        division_code=division_code,
    )


class ReasonMissing(ValueError):
    """Unmasking asks for a reason of at least four characters, which the person concerned will read."""


def unmask(person_id: int, *, fields: Sequence[str], reason: str, division_code: str | None = None) -> None:
    """Records that masked fields were shown in full (查看完整信息). Call it before showing them.

    The caller checks `access.require("people.unmask")` first.

    Raises:
        ReasonMissing: no reason was given, or one too short to mean anything.
    """
    words = reason.strip()
    if len(words) < 4:
        raise ReasonMissing("请填写查看原因（至少四个字）。Say why, in at least four characters.")
    record(
        UNMASK,
        subject=f"people.person:{person_id}",
        detail={"fields": list(fields)},
        reason=words,
        person_id=person_id,
        division_code=division_code,
    )


def _text(value: str) -> str:
    # PostgreSQL keeps no NUL and no half of a surrogate pair in text; forms and file names can bring both.
    return value.replace("\0", "�").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
