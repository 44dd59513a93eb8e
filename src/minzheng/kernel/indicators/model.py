"""What a figure is (统计指标): declared in its domain, computed from rows, opened down to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from minzheng.kernel.parameters import Entry as Value


class Kind(StrEnum):
    """Whether a figure counts what happened in a period or what stood on a day."""

    FLOW = "flow"  # 期间数
    STOCK = "stock"  # 时点数


class Measure(StrEnum):
    """What is done with the rows."""

    COUNT = "count"
    SUM = "sum"  # of the column `amount`
    DISTINCT = "distinct"  # different values of the column `counted`: somebody paid twelve times counts once


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column of the rows by which a figure is told apart (分组)."""

    column: str
    name: str
    name_en: str
    words: tuple[tuple[str, str, str], ...] = ()
    """value, 中文, English; a value without words is shown as it is."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure, and the rows that make it.

    `rows` is a SELECT with one row for each thing counted. Its columns: `id` (bigint, the record), `on_day` (date), `division_code`
    (text), one text column for each dimension, `amount` (bigint) where the measure is a sum and `counted` (bigint) where it is
    distinct. A flow is given %(first)s and %(last)s, both inclusive dates; a stock %(on)s. Other percent signs are doubled. It
    reads under the reader's own rights.
    """

    id: str
    name: str
    name_en: str
    unit: str
    kind: Kind
    rows: str
    source: str
    tables: tuple[str, ...]
    dimensions: tuple[Dimension, ...] = ()
    measure: Measure = Measure.COUNT
    seed_id: str = ""
    """Its name in the list of the 2022 summary's figures, where it has one."""
    opens: str = ""
    """Name of the address that shows one of its rows by `pk`."""
    names_people: bool = False
    """The rows are people: a statistician sees the count and not the rows; small cells are hidden in publications."""
    opens_by: str = "id"
    """The column of the rows that `opens` is given, where it is not the record itself: the person of a payment, say."""
    domain: str = ""
    """What a post must cover to read it; the domain's own name where it is left open."""
    rests_on: str = ""
    """Known only where this other indicator counts anything: nobody is left out of what nobody looked for."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure divided by another (比率): percent with its two sides kept."""

    id: str
    name: str
    name_en: str
    numerator: str
    denominator: str
    source: str
    unit: str = "%"
    seed_id: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Figures that must add up (勾稽关系): the sum of `left` equals the sum of `right` in every period and place.

    With `relation` "<=" the left may not exceed the right. A side names figures by their own id or by that of the summary's
    list; an identity one of whose figures nobody brings yet is left out.
    """

    name: str
    name_en: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    relation: str = "=="


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a listing counts, or one record that tells a fact."""

    name: str
    source: str = ""
    opens: str = ""
    """Name of the address that shows it by `key`."""
    key: int | str = ""
    provenance: str = ""
    """seed, public or illustrative, where the record says so."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A figure counted from what the platform itself declares (service items, schemes), not from records; the same everywhere."""

    id: str
    name: str
    name_en: str
    unit: str
    entries: Callable[[date], Sequence[Entry]]
    source: str
    seed_id: str = ""
    kept_from: date | None = None
    """Where the platform's list is whole only from a day on: before it the figure is unknown, and not a small number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a legal value or a record tells, with the papers or the records that say so; a year or years are text: 2022, 2022/2035."""

    value: int | float | date | str | None
    papers: tuple[Value, ...] = ()
    records: tuple[Entry, ...] = ()


Read = Callable[[date, date, str], Mapping[str, Told]]
"""The period's first day, its last day that counted, a place → what is told, by figure; a figure without an answer is unknown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure told by one legal value or one record (单项事实): a standard, a day, the number of a document.

    Figures that one reading tells name the same `read`, and it is made once for all of them.
    """

    id: str
    name: str
    name_en: str
    unit: str
    read: Read
    source: str
    seed_id: str = ""
