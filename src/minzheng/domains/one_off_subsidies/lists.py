"""Taking in a department's list (部门名单): joined by identity number, and what does not fit named row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from minzheng.domains.one_off_subsidies.models import DepartmentList, ListedRow
from minzheng.domains.one_off_subsidies.programme import PROGRAMME
from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.eventgrants.errors import GrantRefused
from minzheng.kernel.people.identifiers import mask, parse_citizen
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.names import Likeness, compare_names
from minzheng.kernel.people.queries import people_by_identifier
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.reading import Unreadable, read_file

COLUMNS = ("证件号码", "姓名")
EMPLOYMENT_OFFICE = "人社"
CITY = "310000"
_Trouble = ListedRow.Trouble


@dataclass(slots=True)
class _Row:
    number: int
    name: str
    written: str
    identifier: str = ""
    person: int | None = None
    place: str = CITY
    trouble: str = ""


@transaction.atomic
def take_list(
    *, benefit: str, month: Month, file_name: str, content: bytes, on: date, sender: str = EMPLOYMENT_OFFICE
) -> DepartmentList:
    """Takes in a department's list for the payment of a month (接收部门名单); the same file again adds nothing.

    Args:
        content: a table as offices send it (CSV in whatever encoding, Excel) with the columns 证件号码 and 姓名; others are left alone.

    Raises:
        NotPermitted: the acting post does not carry `grants.propose`.
        GrantRefused: the file is not such a table; the message names what is missing.
    """
    actor = require("grants.propose", domain=PROGRAMME.code)
    if benefit not in {one.code for one in PROGRAMME.benefits}:
        raise GrantRefused(f"没有补贴 {benefit} / no such subsidy")
    digest = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        # A second click waits for the first and finds its list.
        cursor.execute("SELECT pg_advisory_xact_lock(7411, hashtext(%s))", [f"{benefit}{month}{digest}"])
    known = DepartmentList.objects.filter(benefit=benefit, month=month.first_day, sha256=digest).first()
    if known is not None:
        return known
    rows = _joined(_read(file_name, content))
    made = DepartmentList.objects.create(
        benefit=benefit,
        month=month.first_day,
        sender=sender,
        file_name=file_name,
        sha256=digest,
        rows_count=len(rows),
        matched_count=sum(not row.trouble for row in rows),
        taken_by_id=actor.official,
        taken_on=on,
    )
    ListedRow.objects.bulk_create(
        [
            ListedRow(list=made, row=row.number, name=row.name, identifier=mask(row.written), person_id=row.person,
                      trouble=row.trouble, division_code=row.place)
            for row in rows
        ],
        batch_size=5_000,
    )  # fmt: skip
    audit.record(
        "one_off.take_list",
        subject=f"one_off.list:{made.pk}",
        detail={"benefit": benefit, "month": str(month), "sender": sender, "rows": made.rows_count,
                "matched": made.matched_count, "sha256": digest},
    )  # fmt: skip
    return made


def on_lists(benefit: str, month: Month) -> Query:
    """The people on a payment's department lists; where a record was merged since, the one it went into as well."""
    return Query(
        """WITH RECURSIVE step (person_id) AS (
             SELECT r.person_id FROM one_off_subsidies_listedrow r
             JOIN one_off_subsidies_departmentlist l ON l.id = r.list_id
             WHERE l.benefit = %s AND l.month = %s AND r.trouble = ''
             UNION
             SELECT p.merged_into_id FROM step s JOIN people_person p ON p.id = s.person_id
             WHERE p.merged_into_id IS NOT NULL
           ) SELECT person_id FROM step""",
        (benefit, month.first_day),
    )


def _read(file_name: str, content: bytes) -> list[_Row]:
    """The rows of the first sheet; a line that cannot be read is a row without a number, so that it is told too."""
    try:
        sheets = read_file(content, recognise=_known_columns).sheets if content.strip() else []
    except Unreadable as error:
        raise GrantRefused(
            f"{file_name}：读不出表格，请存为 UTF-8 或 GB18030 的 CSV，或存为 Excel 工作簿 / no table can be read: save it as CSV or Excel "
            f"({error.code})"
        ) from error
    lines = [line for sheet in sheets[:1] for line in sheet.lines if not line.is_blank]
    header = [_text(cell) for cell in lines[0].cells] if lines else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise GrantRefused(
            f"{file_name} 第 1 行：缺少列 {'、'.join(missing)}，现有 {'、'.join(header) or '无'} / the header lacks these columns"
        )
    number, name = (header.index(column) for column in COLUMNS)
    rows = []
    for line in lines[1:]:
        cells = [_text(cell) for cell in line.cells] + [""] * len(header)
        if line.broken or cells[number] or cells[name]:
            rows.append(_Row(line.number, cells[name], cells[number]))
    if not rows:
        raise GrantRefused(f"{file_name}：没有数据行 / no rows")
    return rows


def _known_columns(cells: Sequence[str]) -> int:
    return sum(_text(cell) in COLUMNS for cell in cells)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _joined(rows: list[_Row]) -> list[_Row]:
    """Joins rows to people: by number, the name as a check; a person counts at the first row that names them."""
    for row in rows:
        parsed = parse_citizen(row.written)
        if parsed.is_valid:
            row.identifier = parsed.value
        else:
            row.trouble = _Trouble.UNREADABLE
    known = people_by_identifier(row.identifier for row in rows if row.identifier)
    people = _names_and_places(set(known.values()))
    seen: set[int] = set()
    for row in rows:
        if row.trouble:
            continue
        person = known.get(row.identifier)
        if person is None:
            row.trouble = _Trouble.UNKNOWN
        elif compare_names(people[person][0], row.name) is Likeness.DIFFERENT:
            row.trouble = _Trouble.OTHER_NAME
        elif person in seen:
            row.trouble = _Trouble.REPEATED
        else:
            row.person, row.place = person, people[person][1]
            seen.add(person)
    return rows


def _names_and_places(people: set[int]) -> dict[int, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, name, division_code FROM {Person._meta.db_table} WHERE id = ANY(%s)",
            [sorted(people)],
        )
        return {key: (name, place) for key, name, place in cursor.fetchall()}
