"""For everyone: the catalogue of service items, and whether a letter is genuine (公开接口)."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import connection
from django.http import HttpRequest
from ninja import Path, Query, Router

from minzheng.kernel.access.limits import limit
from minzheng.kernel.documents import normalise_code
from minzheng.kernel.items import items_on, search
from minzheng.kernel.items.model import Item
from minzheng.surfaces.api.problems import Fault, Problem, Refusal
from minzheng.surfaces.api.schemas import ItemDetail, ItemOut, ItemsOut, LetterOut, PaperOut, StepOut
from minzheng.surfaces.web.work.day import working_day

router = Router(tags=["public"])
A_MINUTE, LETTERS_A_MINUTE = 300, 20
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,79}$", max_length=80)]
LetterCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z -]{12,20}$", max_length=20)]
Words = Annotated[str, Query(max_length=60, description="Everyday words, pinyin, initials or English.")]


@router.get(
    "/items", response={200: ItemsOut, 422: Problem, 429: Problem}, summary="Service items in force today"
)
def items(
    request: HttpRequest,
    q: Words = "",
    department: Annotated[str, Query(max_length=40)] = "",
    group: Annotated[str, Query(max_length=40)] = "",
    limit_to: Annotated[int, Query(alias="limit", ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> ItemsOut:
    """Lists items, the best match first where words are given; department and group narrow the list."""
    _count(request)
    on = working_day()
    found = [hit.item for hit in search(q, limit=200, on=on)] if q.strip() else items_on(on)
    found = [
        item
        for item in found
        if (not department or item.department == department) and (not group or item.group == group)
    ]
    return ItemsOut(
        count=len(found), items=[ItemOut(**_line(item)) for item in found[offset : offset + limit_to]]
    )


@router.get(
    "/items/{code}", response={200: ItemDetail, 404: Problem, 422: Problem, 429: Problem}, summary="One item"
)
def item(request: HttpRequest, code: Code) -> ItemDetail:
    """One item with papers, steps, time limits and legal basis."""
    _count(request)
    found = next((one for one in items_on(working_day()) if one.code == code), None)
    if found is None:
        raise Refusal(
            404,
            f"没有事项 {code} / there is no item {code}",
            Fault(
                field="code", expected="the code of an item in force", what_to_do="List the items at /items."
            ),
        )
    return ItemDetail(
        **_line(found),
        version=found.version,
        papers=[
            PaperOut(
                code=paper.code, name=paper.name, name_en=paper.name_en, issuer=paper.issuer,
                is_fetched=bool(paper.source), is_required=paper.is_required,
            )
            for paper in found.materials
        ],
        steps=[
            StepOut(kind=step.kind, days=step.days, in_workdays=step.in_workdays, department=step.department)
            for step in found.route
        ],
        basis=[one.text for one in found.basis],
        correction_days=found.correction_days,
    )  # fmt: skip


@router.get(
    "/letters/{code}",
    response={200: LetterOut, 404: Problem, 422: Problem, 429: Problem},
    summary="Check a letter",
)
def letter(request: HttpRequest, code: LetterCode) -> LetterOut:
    """Whether the code printed on a letter belongs to one that was issued here."""
    limit(f"letter check from {request.META.get('REMOTE_ADDR', '')}", LETTERS_A_MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, number, issued_on FROM api_letter_check(%s)", [normalise_code(code)])
        row = cursor.fetchone()
    if row is None:
        raise Refusal(
            404,
            "没有查到这份文书 / no letter with this code was issued here",
            Fault(
                field="code",
                expected="the twelve characters at the foot of the letter",
                what_to_do="Compare them with the paper; if they are right, the paper is not genuine.",
            ),
        )
    return LetterOut(title=row[0], number=row[1], issued_on=row[2])


def _count(request: HttpRequest) -> None:
    limit(f"api from {request.META.get('REMOTE_ADDR', '')}", A_MINUTE)


def _line(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "department": item.department,
        "group": item.group,
        "summary": item.summary,
        "channels": sorted(channel.value for channel in item.channels),
        "is_citywide": item.is_citywide,
        "is_on_the_spot": item.is_on_the_spot,
        "fee_fen": item.fee_fen,
        "provenance": item.provenance,
    }
