"""Readings of what was received, for screens and commands: files, the rows of a report, the review queue.

Every list is bounded and comes a page at a time. Row-level security decides which rows a post sees; counts on the file
are of the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.messages import explain, sentences
from minzheng.kernel.sources.models import FeedFile, FeedRow, ReviewItem

PAGE = 50
_MOST = 500
OUTCOMES = ("taken", "taken_with_warning", "unchanged", "review", "refused", "not_data")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` is the position to ask for next, None at the end."""

    rows: list[dict[str, Any]]
    next: int | None


def files(*, limit: int = _MOST) -> list[FeedFile]:
    """The files received, the latest first."""
    return list(FeedFile.objects.order_by("-received_at", "-id")[:limit])


def find_file(text: str) -> FeedFile | None:
    """A file by its number, the start of its SHA-256, or its name (the latest of that name)."""
    wanted = Q(name=text) | Q(sha256__startswith=text.lower() if len(text) >= 8 else "-")
    if text.isdigit():
        wanted |= Q(pk=int(text))
    return FeedFile.objects.filter(wanted).order_by("-received_at", "-id").first()


def summary(file: FeedFile) -> dict[str, Any]:
    """A file's report at a glance: outcomes, and how often each thing was said, in words."""
    english = (get_language() or "").startswith("en")
    codes = file.counts.get("codes", {})
    known = sentences()
    return {
        "outcomes": {name: file.counts.get(name, 0) for name in OUTCOMES},
        "lines": file.counts.get("lines", 0),
        "rows": file.counts.get("rows", 0),
        "kinds": file.counts.get("kinds", {}),
        "codes": [
            {
                "code": code,
                "count": count,
                "level": known[code].level if code in known else "warning",
                "what": (known[code].what_en if english else known[code].what) if code in known else code,
            }
            for code, count in sorted(codes.items(), key=lambda item: -item[1])
        ],
        "notes": [explain(note, english=english) for note in file.notes],
    }


def report_rows(
    file: FeedFile,
    *,
    outcome: str = "",
    field: str = "",
    code: str = "",
    after: int = 0,
    limit: int = PAGE,
) -> Page:
    """Rows of a file with what was said of them, in the file's order.

    Args:
        outcome, field, code: show only rows of this outcome, or with a message on this field or of this code;
            the outcome `attention` stands for every row that was not simply taken.
        after: the row number the last page ended with.
    """
    limit = max(1, min(limit, _MOST))
    rows = list(_filtered(file, outcome, field, code).filter(pk__gt=after).order_by("pk")[: limit + 1])
    english = (get_language() or "").startswith("en")
    return Page(
        [_shown(row, file, english) for row in rows[:limit]],
        rows[limit - 1].pk if len(rows) > limit else None,
    )


def every_row(file: FeedFile, *, outcome: str = "") -> Iterator[dict[str, Any]]:
    """All rows for an export, streamed."""
    english = (get_language() or "").startswith("en")
    for row in _filtered(file, outcome, "", "").order_by("pk").iterator(chunk_size=2000):
        yield _shown(row, file, english)


def _filtered(file: FeedFile, outcome: str, field: str, code: str) -> QuerySet[FeedRow]:
    rows = FeedRow.objects.filter(file=file)
    if outcome == "attention":
        rows = rows.filter(outcome__in=["taken_with_warning", "review", "refused"])
    elif outcome:
        rows = rows.filter(outcome="" if outcome == "waiting" else outcome)
    wanted = {name: value for name, value in (("field", field), ("code", code)) if value}
    return rows.filter(messages__contains=[wanted]) if wanted else rows


def _shown(row: FeedRow, file: FeedFile, english: bool) -> dict[str, Any]:
    headings: list[str] = next((one["headings"] for one in file.columns if one["sheet"] == row.sheet), [])
    return {
        "id": row.pk,
        "sheet": row.sheet,
        "line": row.line,
        "kind": row.kind,
        "kind_label": row.get_kind_display(),
        "outcome": row.outcome,
        "outcome_label": row.get_outcome_display(),
        "person_id": row.person_id,
        "household_id": row.household_id,
        "division_code": row.division_code,
        "raw": row.raw,
        "headings": headings,
        "values": row.values,
        "messages": [explain(message, english=english) for message in row.messages],
    }


def review_queue(
    *, contract: str = "", code: str = "", state: str = "open", after: int = 0, limit: int = PAGE
) -> Page:
    """Rows that wait for a decision, the oldest first."""
    limit = max(1, min(limit, _MOST))
    items = ReviewItem.objects.select_related("row__file").filter(pk__gt=after).order_by("pk")
    for name, value in (("contract", contract), ("code", code), ("state", state)):
        if value:
            items = items.filter(**{name: value})
    found = list(items[: limit + 1])
    return Page(
        [review_item(item) for item in found[:limit]], found[limit - 1].pk if len(found) > limit else None
    )


def review_item(item: ReviewItem) -> dict[str, Any]:
    """One item in words: the row as sent, why it waits, whom it may be."""
    english = (get_language() or "").startswith("en")
    known = sentences().get(item.code)
    contract = contracts().get(item.contract)
    return {
        "id": item.pk,
        "state": item.state,
        "state_label": item.get_state_display(),
        "code": item.code,
        "why": (known.what_en if english else known.what) if known else item.code,
        "contract": item.contract,
        "contract_title": (contract.title_en if english else contract.title) if contract else item.contract,
        "candidates": item.candidates,
        "values": item.evidence.get("values", {}),
        "sent": item.evidence.get("sent", {}),
        "messages": [explain(message, english=english) for message in item.evidence.get("messages", [])],
        "division_code": item.division_code,
        "row": _shown(item.row, item.row.file, english),
        "file": {"id": item.row.file_id, "name": item.row.file.name},
        "decided_by": item.decided_by,
        "decided_at": item.decided_at,
        "reason": item.reason,
        "actions": [
            one
            for one in ("link", "new", "accept", "refuse")
            if one != "new" or item.contract == "police_population"
        ],
    }


def open_reviews() -> int:
    """How many items wait within the post's scope."""
    return ReviewItem.objects.filter(state=ReviewItem.State.OPEN).count()


def lines_of(row_ids: Iterable[int]) -> dict[int, str]:
    """Where staged rows stand in their files, as people say it: the sheet if there are several, and the line."""
    rows = FeedRow.objects.filter(pk__in=set(row_ids)).values_list("pk", "sheet", "line")
    return {pk: f"{sheet} {line}" if sheet else str(line) for pk, sheet, line in rows}
