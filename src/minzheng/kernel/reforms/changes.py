"""Other values for legal parameters: read from what somebody typed, held against the law of the month, put into it.

The reformed law is the law with one more dated entry, from the first day of the month; nothing else differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from minzheng.kernel.money import NotAnAmount, format_yuan, parse_yuan
from minzheng.kernel.parameters import Entry, Parameter, ParameterSet
from minzheng.kernel.parameters.files import Value
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.rules import Law

SOURCE = "政策试算（未发布）"
# Amounts above this would be a slip in any programme of a city; with it no sum over 25 million people leaves int64.
_MOST_YUAN = 1_000_000
# More than ten times today's amount is nearly always yuan taken for fen.
_MOST_TIMES = 10
_RANGES = {
    "years": (0, 150),
    "months": (0, 1200),
    "days": (0, 3660),
    "month of the year": (1, 12),
    "yes or no": (0, 1),
    "percent": (0, 100),
}
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter with its value in the reform; `name` is `programme.key`, money in whole fen."""

    name: str
    value: Value

    @property
    def programme(self) -> str:
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        return self.name.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter that rules read in a month, with the value in force and its paper."""

    name: str
    parameter: Parameter
    entry: Entry

    @property
    def is_money(self) -> bool:
        return self.parameter.unit.startswith("fen")

    def write(self, value: Value) -> str:
        return write_value(self.parameter, value)


def choices(programmes: Iterable[Programme], month: Month) -> dict[str, Choice]:
    """Every parameter that a rule reads in the month, by `programme.key`."""
    in_force = [p for p in programmes if p.in_force(month)]
    read = compile_law(in_force, month).parameters
    found = {}
    for programme in in_force:
        for key, parameter in programme.parameters.parameters.items():
            entry = parameter.entry_at(month)
            name = f"{programme.code}.{key}"
            if name in read and entry is not None:
                found[name] = Choice(name, parameter, entry)
    return found


def write_value(parameter: Parameter, value: Value) -> str:
    """A value as people write and type it: money in yuan, lists and bands as `3,6,9` and `65:75.00,70:150.00`."""

    def one(number: int) -> str:
        return format_yuan(number) if parameter.unit.startswith("fen") else str(number)

    if isinstance(value, int):
        return one(value)
    return ",".join(f"{x[0]}:{one(x[1])}" if isinstance(x, tuple) else one(x) for x in value)


def parse_value(choice: Choice, text: str) -> Value:
    """What somebody typed → the value: of the same kind as today's, within its range.

    Raises:
        ReformRefused: names the parameter, what was typed, what is expected.
    """
    said = text.strip()
    today = choice.entry.value
    if isinstance(today, int):
        return _number(choice, said, today)
    parts = [part for part in re.split(r"[,，、]", said) if part.strip()]
    if not parts:
        raise _wrong(choice, said)
    if not choice.parameter.banded:
        return tuple(_number(choice, part, 0) for part in parts)
    bands: list[tuple[int, int]] = []
    highest = max(x[1] for x in today if isinstance(x, tuple))
    for part in parts:
        start, mark, value = part.replace("：", ":").partition(":")
        if not mark or not re.fullmatch(r"\d{1,6}", start.strip()):
            raise _wrong(choice, said)
        bands.append((int(start), _number(choice, value, highest)))
        if len(bands) > 1 and bands[-1][0] <= bands[-2][0]:
            raise ReformRefused(
                f"{choice.name}：分档须由低到高，{bands[-1][0]} 不高于 {bands[-2][0]} / "
                f"bands must rise: {bands[-1][0]} does not"
            )
    return tuple(bands)


def _number(choice: Choice, text: str, today: int) -> int:
    said = text.strip()
    if choice.is_money:
        return _amount(choice, said, today)
    if not re.fullmatch(r"[+-]?\d{1,12}", said):
        raise _wrong(choice, said)
    number = int(said)
    low, high = _RANGES.get(choice.parameter.unit, (0, _MOST))
    if not low <= number <= high:
        raise ReformRefused(
            f"{choice.name}：{number} 超出范围，须在 {low} 与 {high} 之间 / {number} is out of range, {low} to {high}"
        )
    return number


def _amount(choice: Choice, said: str, today: int) -> int:
    try:
        fen = parse_yuan(said)
    except NotAnAmount as fault:
        raise _wrong(choice, said) from fault
    if not 0 <= fen <= _MOST_YUAN * 100:
        raise ReformRefused(
            f"{choice.name}：{said}元超出范围，须在 0 与 {_MOST_YUAN:,} 元之间 / "
            f"{said} yuan is out of range, 0 to {_MOST_YUAN:,}"
        )
    if today and fen > today * _MOST_TIMES:
        raise ReformRefused(
            f"{choice.name}：{said}元是现行 {format_yuan(today)} 元的十倍以上；金额以元填写，不是分 / "
            f"{said} yuan is more than ten times today's {format_yuan(today)}; amounts are in yuan, not in fen"
        )
    return fen


def _wrong(choice: Choice, said: str) -> ReformRefused:
    kind, kind_en = (
        ("金额（元），例如 1500", "an amount in yuan such as 1500")
        if choice.is_money
        else ("整数", "a whole number")
    )
    if choice.parameter.banded:
        kind, kind_en = (
            f"分档，写作 起点:{kind}，以逗号分隔",
            f"bands, start:value, with {kind_en}, parted by commas",
        )
    elif not isinstance(choice.entry.value, int):
        kind, kind_en = "以逗号分隔的整数", "whole numbers parted by commas"
    example = choice.write(choice.entry.value)
    return ReformRefused(
        f"{choice.name}：“{said}”不是{kind}；现行为 {example} / {said!r} is not {kind_en}; today's is {example}"
    )


def parse_setting(text: str, offered: dict[str, Choice], month: Month) -> Change:
    """`programme.parameter=value` as typed at the command line.

    Raises:
        ReformRefused: unknown or unread parameter, a date where the month speaks, a value of the wrong kind or range.
    """
    name, mark, value = text.partition("=")
    name = name.strip()
    if not mark or "." not in name:
        raise ReformRefused(
            f"“{text}”应写作 项目.参数=值，例如 subsistence_allowance.standard=1500 / write programme.parameter=value"
        )
    bare = re.split(r"[@\[]", name)[0]
    if bare != name:
        raise ReformRefused(
            f"{name}：参数不带日期；试算按 --month 的月份（现为 {month}）取值 / "
            f"a parameter is set without a date; --month says when (now {month})"
        )
    if name not in offered:
        raise ReformRefused(
            f"{month} 没有规则读取参数 {name}。可试算的参数：{'、'.join(offered)} / "
            f"no rule reads {name} in {month}; see the list"
        )
    return Change(name, parse_value(offered[name], value))


def check_changes(changes: Sequence[Change]) -> None:
    """Each parameter once.

    Raises:
        ReformRefused: a parameter is set twice.
    """
    names = [c.name for c in changes]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ReformRefused(f"重复设定了 {'、'.join(sorted(twice))} / set twice")


def with_entry(parameter: Parameter, entry: Entry) -> Parameter:
    """The parameter with one more dated entry, in place of one of the same day."""
    kept = [e for e in parameter.entries if (e.place, e.from_) != (entry.place, entry.from_)]
    ordered = sorted([*kept, entry], key=lambda e: (e.place, e.from_))
    return replace(parameter, entries=tuple(ordered))


def reformed(programmes: Iterable[Programme], changes: Sequence[Change], month: Month) -> list[Programme]:
    """The programmes with the changes in force from the first day of the month.

    Raises:
        ReformRefused: a change names a parameter that no programme has.
    """
    check_changes(changes)
    listed = list(programmes)
    sets = {p.code: dict(p.parameters.parameters) for p in listed}
    for change in changes:
        parameter = sets.get(change.programme, {}).get(change.key)
        if parameter is None:
            raise ReformRefused(f"没有参数 {change.name} / no such parameter")
        entry = Entry(month.first_day, change.value, SOURCE, "illustrative", month.first_day)
        sets[change.programme][change.key] = with_entry(parameter, entry)
    return [replace(p, parameters=ParameterSet(p.code, sets[p.code])) for p in listed]


def reformed_law(programmes: Iterable[Programme], changes: Sequence[Change], month: Month) -> Law:
    """The law of a month with the changes in it."""
    return compile_law(reformed([p for p in programmes if p.in_force(month)], changes, month), month)


def to_json(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Changes as they are kept: [{"name": …, "value": …}], lists for lists and bands."""
    return [{"name": c.name, "value": c.value} for c in changes]


def from_json(rows: Iterable[dict]) -> list[Change]:
    return [Change(str(row["name"]), _thaw(row["value"])) for row in rows]


def _thaw(value: object) -> Value:
    if isinstance(value, int):
        return value
    assert isinstance(value, list | tuple)
    if value and isinstance(value[0], list | tuple):
        return tuple((int(a), int(b)) for a, b in value)
    return tuple(int(x) for x in value)
