"""Dense tables: sorting, pages and an Excel copy from one list of columns.

A view names its columns and hands over a queryset or a list; the table reads `?sort=`, `?page=` from the request and
is shown by `{% data_table table %}`. On a phone each row becomes a card, so every cell keeps its label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from minzheng.kernel.ui.exports import excel_response

KINDS = (
    "text",
    "money",
    "count",
    "percent",
    "decimal",
    "date",
    "time",
    "month",
    "status",
    "yes_no",
    "masked",
    "account",
)
NUMERIC = ("money", "count", "percent", "decimal")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `key` is an attribute or mapping key, dots reach further ("person.name"), unless `value` reckons it. `order_by`
    is the field to sort a queryset by ("" makes a column unsortable; lists sort by the value). One column should be
    the `is_heading` of its row: it carries the row's link and is the card's title on a phone.
    """

    key: str
    label: str
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str] | None = None
    hint: Callable[[Any], Any] | None = None
    order_by: str = ""
    is_heading: bool = False
    is_wide: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: kind {self.kind!r} is not one of {', '.join(KINDS)}")

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def is_unbroken(self) -> bool:
        """Dates, numbers and states stay on one line."""
        return self.kind in ("date", "time", "month", "masked", "account", "status")

    def read(self, row: Any) -> Any:
        """The cell's value in a row."""
        if self.value is not None:
            return self.value(row)
        found = row
        for part in self.key.split("."):
            if found is None:
                return None
            found = found.get(part) if isinstance(found, dict) else getattr(found, part)
        return found() if callable(found) else found


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: Any
    href: str
    hint: Any


@dataclass(frozen=True, slots=True)
class Row:
    cells: list[Cell]
    select_value: str


@dataclass(frozen=True, slots=True)
class Heading:
    column: Column
    sort_href: str
    direction: str  # "ascending", "descending" or ""


@dataclass
class Table:
    """A table over a queryset or a list, for one request.

    `name` keeps two tables of one page apart (`?name-sort=`). `select_name` adds a checkbox a row for a bulk form
    whose id is `form_id`. With `is_counted=False` no total is reckoned, for lists too long to count.
    """

    columns: Sequence[Column]
    source: QuerySet | Sequence[Any]
    request: HttpRequest
    caption: str = ""
    name: str = ""
    default_sort: str = ""
    page_size: int = 50
    is_counted: bool = True
    is_exportable: bool = True
    export_name: str = ""
    select_name: str = ""
    select_value: Callable[[Any], Any] | None = None
    form_id: str = ""
    totals: dict[str, Any] = field(default_factory=dict)
    empty_title: str = ""
    empty_text: str = ""

    def __post_init__(self) -> None:
        self._by_key = {column.key: column for column in self.columns}
        asked = self.request.GET.get(self._param("sort"), "") or self.default_sort
        column = self._by_key.get(asked.lstrip("-"))
        # Only columns that offer sorting may be asked for; anything else in the address is ignored.
        self.sort = asked if column is not None and column.order_by else ""
        self._load()

    @property
    def id(self) -> str:
        return f"table-{self.name or 'main'}"

    @property
    def wants_export(self) -> bool:
        """True when this request asks for the Excel copy."""
        return self.is_exportable and self.request.GET.get(self._param("export")) == "xlsx"

    @property
    def export_href(self) -> str:
        return self._href(export="xlsx", page=None) if self.is_exportable else ""

    @property
    def headings(self) -> list[Heading]:
        found = []
        for column in self.columns:
            direction = ""
            if self.sort.lstrip("-") == column.key:
                direction = "descending" if self.sort.startswith("-") else "ascending"
            turned = f"-{column.key}" if direction == "ascending" else column.key
            href = self._href(sort=turned, page=None) if column.order_by else ""
            found.append(Heading(column, href, direction))
        return found

    @property
    def rows(self) -> list[Row]:
        return [self._row(item) for item in self._items]

    @property
    def total_cells(self) -> list[tuple[Column, Any]]:
        return [(column, self.totals.get(column.key)) for column in self.columns] if self.totals else []

    @property
    def page_links(self) -> list[tuple[int | None, str, bool]]:
        """(number, address, is current); None stands for a gap."""
        if self._paginator is None or self.pages < 2:
            return []
        links: list[tuple[int | None, str, bool]] = []
        for number in self._paginator.get_elided_page_range(self.page, on_each_side=1, on_ends=1):
            if isinstance(number, int):
                links.append((number, self._href(page=number), number == self.page))
            else:
                links.append((None, "", False))
        return links

    @property
    def previous_href(self) -> str:
        return self._href(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_href(self) -> str:
        return self._href(page=self.page + 1) if self.has_next else ""

    def excel_response(self) -> HttpResponse:
        """All rows in the order shown, as an Excel file of harmless text and real numbers."""
        lines: Iterable[list[Any]] = ([c.read(item) for c in self.columns] for item in self._ordered)
        return excel_response(
            name=self.export_name or self.name or "export",
            title=str(self.caption or self.export_name or self.name or "export"),
            labels=[str(column.label) for column in self.columns],
            kinds=[column.kind for column in self.columns],
            rows=lines,
        )

    def _load(self) -> None:
        self.count: int | None
        self._ordered = self._in_order()
        asked = self.request.GET.get(self._param("page"), "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and int(asked) > 0 else 1
        self._paginator = None
        if self.is_counted:
            self._paginator = Paginator(self._ordered, self.page_size)
            page = self._paginator.get_page(number)
            self._items = list(page.object_list)
            self.page, self.pages, self.count = page.number, self._paginator.num_pages, self._paginator.count
            self.has_next = page.has_next()
            self.first = page.start_index()
        else:
            start = (number - 1) * self.page_size
            # One row more than shown tells whether there is a next page.
            items = list(self._ordered[start : start + self.page_size + 1])
            self._items = items[: self.page_size]
            self.page, self.pages, self.count = number, 0, None
            self.has_next = len(items) > self.page_size
            self.first = start + 1 if items else 0
        self.last = self.first + len(self._items) - 1 if self._items else 0

    def _in_order(self) -> QuerySet | list[Any]:
        column = self._by_key.get(self.sort.lstrip("-"))
        is_down = self.sort.startswith("-")
        if isinstance(self.source, QuerySet):
            if column is None:
                return self.source if self.source.ordered else self.source.order_by("pk")
            order = F(column.order_by)
            first = order.desc(nulls_last=True) if is_down else order.asc(nulls_last=True)
            # The key settles ties, so that no row is on two pages or on none.
            return self.source.order_by(first, "pk")
        items = list(self.source)
        if column is None:
            return items
        known = [item for item in items if column.read(item) is not None]
        known.sort(key=column.read, reverse=is_down)
        return known + [item for item in items if column.read(item) is None]

    def _row(self, item: Any) -> Row:
        cells = [
            Cell(
                column=column,
                value=column.read(item),
                href=column.href(item) if column.href else "",
                hint=column.hint(item) if column.hint else "",
            )
            for column in self.columns
        ]
        return Row(cells, str(self.select_value(item)) if self.select_value else "")

    def _param(self, what: str) -> str:
        return f"{self.name}-{what}" if self.name else what

    def _href(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        query.pop(self._param("export"), None)
        for what, value in changes.items():
            if value is None:
                query.pop(self._param(what), None)
            else:
                query[self._param(what)] = str(value)
        return f"?{query.urlencode()}"
