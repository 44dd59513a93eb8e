"""The parts of an item as written: conditions, questions, papers, steps, the result.

A question or a paper may be a word of the vocabulary (`identity_card`), the word with changes
(`{like: identity_card, required: no}`), or written out in full.
"""

from __future__ import annotations

from typing import Any

from minzheng.kernel.items.marked import Series, Table
from minzheng.kernel.items.model import (
    Basis,
    Field,
    FieldType,
    IfDown,
    Jurisdiction,
    Material,
    Requirement,
    Result,
    ResultKind,
    Step,
    StepKind,
)
from minzheng.kernel.items.reading import Place, Reader, words
from minzheng.kernel.items.vocabulary import split_languages

PROVENANCES = ("seed", "public", "illustrative")
TESTS = ("at_least", "at_most", "equals", "one_of")
_FIELD_KEYS = (
    "like", "name", "label", "type", "required", "known_from", "choices", "when", "help", "fact",
)  # fmt: skip
_MATERIAL_KEYS = (
    "like", "code", "name", "issuer", "source", "fresh_days", "if_down", "required", "when",
)  # fmt: skip


def moved(value: Any, line: int) -> Any:
    """A copy of something written elsewhere, whose faults belong to the line that calls for it."""
    if isinstance(value, Table):
        table = Table(line)
        for key, part in value.items():
            table.put(key, moved(part, line), line)
        return table
    if isinstance(value, Series):
        series = Series(line)
        series.extend(moved(part, line) for part in value)
        series.lines = [line] * len(value)
        return series
    return value


def spelled_out(value: Any, line: int, words_of: Table, key: str, place: Place, what: str) -> Any:
    """An entry in full: a word of the vocabulary, or what stands `like` one, laid under what the entry says.

    None, after a fault, where the vocabulary has no such word.
    """
    entry = value
    if isinstance(value, str):
        entry = Table(line)
        entry.put("like", value, line)
    if not isinstance(entry, Table) or "like" not in entry:
        return entry
    word = entry["like"]
    if word not in words_of:
        place.fault(entry.line_of("like"), f"{what}：词汇表没有 {word} / the vocabulary has no {word}")
        return None
    base = moved(words_of[word], line)
    base.put(key, word, line)
    return entry.over(base)


def read_basis(value: Any, line: int, place: Place, source: str, provenance: str) -> Basis:
    """One paper: its text alone where the item or file says source and provenance, else all three."""
    what = "依据 / basis"
    if isinstance(value, str):
        table = Table(line)
        table.put("text", value, line)
        value = table
    reader = Reader(value, line, place, what)
    reader.only(("text", "source", "provenance"))
    text = reader.text("text", needed=True)
    source = reader.text("source") or source
    provenance = reader.text("provenance") or provenance
    if not source:
        reader.fault(
            "source", f"{what} 缺少来源 source / source is missing: name the paper or what the text rests on"
        )
    if provenance not in PROVENANCES:
        reader.fault(
            "provenance",
            f"{what} 的 provenance 应为 {', '.join(PROVENANCES)} 之一 / "
            f"must be one of these, got {provenance or 'nothing'}",
        )
    return Basis(text, source, provenance)


def read_requirement(value: Any, line: int, place: Place, words_of: Table) -> Requirement | None:
    """One condition: a word of the vocabulary, a text alone that an officer checks, or a text and a fact.

    None, after a fault, for a word that the vocabulary lacks.
    """
    what = "条件 / condition"
    if isinstance(value, str) and not (value.isascii() and value.isidentifier()):
        table = Table(line)
        table.put("text", value, line)
        value = table
    value = spelled_out(value, line, words_of, "like", place, what)
    if value is None:
        return None
    reader = Reader(value, line, place, what)
    reader.only(("like", "text", "fact", *TESTS))
    text, text_en = reader.both("text", needed=True)
    one_of = reader.table.get("one_of")
    return Requirement(
        text,
        text_en,
        fact=reader.text("fact"),
        at_least=reader.whole("at_least", 0) if "at_least" in reader.table else None,
        at_most=reader.whole("at_most", 0) if "at_most" in reader.table else None,
        equals=reader.table.get("equals"),
        one_of=tuple(v for v, _ in reader.entries("one_of")) if one_of is not None else (),
    )


def _when(reader: Reader) -> tuple[str, tuple[Any, ...]] | None:
    """`when: {has_job: yes}` or `when: {state: [a, b]}`."""
    value = reader.table.get("when")
    if value is None:
        return None
    if not isinstance(value, Table) or len(value) != 1:
        reader.fault(
            "when",
            f"{reader.what} 的 when 写作 {{字段: 值}} / write when as {{field: value}} or {{field: [values]}}",
        )
        return None
    ((name, wanted),) = value.items()
    wanted = tuple(wanted) if isinstance(wanted, Series) else (wanted,)
    # Codes of facts are numbers in the registers and texts in a form.
    return str(name), tuple(str(v) if type(v) is int else v for v in wanted)


def _choices(reader: Reader) -> tuple[tuple[str, str, str], ...]:
    raw = reader.table.get("choices")
    if raw is None:
        return ()
    if not isinstance(raw, Table):
        reader.fault(
            "choices", f"{reader.what} 的 choices 写作 {{代码: 中文 / English}} / write code: 中文 / English"
        )
        return ()
    found = []
    for code, text in raw.items():
        line = raw.line_of(code)
        if isinstance(code, bool) or not isinstance(code, str | int):
            reader.place.fault(
                line, f"{reader.what} 的选项代码 {code!r} 须为文字 / a choice's code must be a word"
            )
        chinese, english = split_languages(text) if isinstance(text, str) else (str(text), "")
        if not english:
            reader.place.fault(
                line,
                f"{reader.what} 的选项 {code} 缺少英文，写作“中文 / English” / choice {code} lacks its English",
            )
        found.append((str(code), chinese, english))
    return tuple(found)


def read_field(value: Any, line: int, place: Place, words_of: Table) -> Field | None:
    """One question of the form; None, after a fault, for a word that the vocabulary lacks."""
    what = "表单项 / field"
    value = spelled_out(value, line, words_of, "name", place, what)
    if value is None:
        return None
    reader = Reader(value, line, place, what)
    reader.only(_FIELD_KEYS)
    name = reader.text("name", needed=True)
    if name and not name.isidentifier():
        reader.fault("name", f"{what} 的 name 须为标识符 / name must be a word such as lease_end, got {name}")
    reader.what = f"表单项 {name} / field {name}"
    label, label_en = reader.both("label", needed=True)
    help_, help_en = reader.both("help")
    return Field(
        name=name,
        label=label,
        label_en=label_en,
        type=reader.choice("type", FieldType, FieldType.TEXT) or FieldType.TEXT,
        is_required=reader.flag("required", True),
        known_from=reader.text("known_from"),
        choices=_choices(reader),
        when=_when(reader),
        help=help_,
        help_en=help_en,
        fact=reader.text("fact"),
    )


def read_material(value: Any, line: int, place: Place, words_of: Table) -> Material | None:
    """One paper; None, after a fault, for a word that the vocabulary lacks."""
    what = "材料 / material"
    value = spelled_out(value, line, words_of, "code", place, what)
    if value is None:
        return None
    reader = Reader(value, line, place, what)
    reader.only(_MATERIAL_KEYS)
    code = reader.text("code", needed=True)
    reader.what = f"材料 {code} / material {code}"
    name, name_en = reader.both("name", needed=True)
    return Material(
        code=code,
        name=name,
        name_en=name_en,
        issuer=reader.text("issuer"),
        source=reader.text("source"),
        fresh_days=reader.whole("fresh_days", 0),
        if_down=reader.choice("if_down", IfDown, IfDown.SUBMIT) or IfDown.SUBMIT,
        is_required=reader.flag("required", True),
        when=_when(reader),
    )


def _single(
    value: Any, line: int, place: Place, what: str, kinds: type[StepKind] | type[ResultKind]
) -> str | None:
    """The one key of a mapping that names its kind; None and a fault otherwise."""
    if isinstance(value, Table):
        named = [key for key in value if key in {str(k) for k in kinds}]
        if len(named) == 1:
            return str(named[0])
    place.fault(line, f"{what} 须写明一个种类 / must name one kind of {words(kinds)}, got {value!r}")
    return None


def read_step(value: Any, line: int, place: Place, department: str) -> Step | None:
    """One step of the route: `decide: {by: street_officer, at: hukou_street, within: 20 working days}`."""
    what = "环节 / step"
    kind = _single(value, line, place, what, StepKind)
    if kind is None:
        return None
    outer = Reader(value, line, place, what)
    outer.only((kind,))
    reader = Reader(value[kind], line, place, f"环节 {kind} / step {kind}")
    reader.only(("by", "at", "within", "second", "what", "department"))
    days, in_workdays = reader.days("within")
    jurisdiction = reader.choice("at", Jurisdiction)
    return Step(
        kind=StepKind(kind),
        role=reader.text("by", needed=True),
        place=jurisdiction or Jurisdiction.ACCEPTING,
        days=days,
        in_workdays=in_workdays,
        department=reader.text("department") or (department if kind == StepKind.PASS_ON else ""),
        needs_second=reader.flag("second", False),
        what=reader.text("what"),
    )


def read_result(value: Any, line: int, place: Place) -> Result:
    """`{award: 最低生活保障金 / Subsistence allowance, benefit: subsistence_allowance}`."""
    what = "结果 / result"
    kind = _single(value, line, place, what, ResultKind)
    if kind is None:
        return Result(ResultKind.ANSWER, "", "")
    reader = Reader(value, line, place, what)
    reader.only((kind, "benefit", "valid_months"))
    name, name_en = reader.both(kind, needed=True)
    return Result(ResultKind(kind), name, name_en, reader.text("benefit"), reader.whole("valid_months", 0))
