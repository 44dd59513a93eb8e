"""Whether what was declared can work: can it be routed, does every name lead somewhere, do the parts fit each other.

Each check looks at one matter and tells every fault it finds; the line is that of the part that is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from minzheng.kernel.access.permissions import permissions_of, roles
from minzheng.kernel.items.model import (
    Field,
    FieldType,
    Item,
    Jurisdiction,
    Material,
    Requirement,
    ResultKind,
    StepKind,
)
from minzheng.kernel.items.parsing import Entry, JoinedEntry
from minzheng.kernel.items.parts import TESTS
from minzheng.kernel.items.vocabulary import KNOWN_FROM, Vocabulary
from minzheng.kernel.people.facts import catalogue as fact_kinds
from minzheng.kernel.rules.inputs import catalogue as rule_inputs

#: What a role must be allowed for each kind of step.
PERMISSION_OF = {
    StepKind.ACCEPT: "cases.accept",
    StepKind.CHECK: "cases.check",
    StepKind.EXAMINE: "cases.examine",
    StepKind.PUBLICISE: "cases.examine",
    StepKind.PASS_ON: "cases.answer",
    StepKind.DECIDE: "cases.decide",
}
#: What ends a route: our decision, or the answer of the department that the case was passed to.
DECIDING = (StepKind.DECIDE, StepKind.PASS_ON)
_ORDER = list(StepKind)
#: How an answer the city knows is written, where a plain text would not do.
_TYPE_OF_KNOWN = {
    "person.identifier": FieldType.IDENTIFIER,
    "person.birth_date": FieldType.DATE,
    "person.residence_place": FieldType.PLACE,
    "person.hukou_place": FieldType.PLACE,
    "person.phone": FieldType.PHONE,
    "person.account": FieldType.ACCOUNT,
    "person.sex": FieldType.CHOICE,
}
#: How a verified answer is written to the registers.
TYPE_OF_FACT = {
    "money": FieldType.MONEY,
    "count": FieldType.NUMBER,
    "flag": FieldType.YES_NO,
    "code": FieldType.CHOICE,
}


def requirement_facts() -> dict[str, str]:
    """What a condition may ask for, and how it is known: `int` or `bool`."""
    known = {name: found.dtype for (_, name), found in rule_inputs().items()}
    return {"age_years": "int", **known}


def check_item(entry: Entry, vocabulary: Vocabulary, benefits: Collection[str]) -> None:
    """Everything about one version that can be known without the others."""
    item = entry.item
    if item.department and item.department not in vocabulary.departments:
        known = "、".join(vocabulary.departments)
        entry.fault(f"没有主管部门 {item.department} / no such department; there are {known}", "department")
    if item.group and not item.group_en:
        entry.fault(
            f"栏目 {item.group} 不在词汇表中，须写 group_en / group is not in the vocabulary, write its group_en",
            "group",
        )
    if item.until and item.until < item.since:
        entry.fault(f"until {item.until} 早于 since {item.since} / ends before it begins", "until")
    if not item.is_citywide and not item.local_because:
        entry.fault(
            "非全市通办的事项须写明原因 local_because / an item that is not city-wide says why: local_because",
            "citywide",
        )
    _check_route(entry)
    _check_places(entry)
    _check_fields(entry)
    _check_materials(entry, vocabulary)
    _check_requirements(entry)
    _check_benefit(entry, benefits)


def _check_route(entry: Entry) -> None:
    route = entry.item.route
    kinds = [step.kind for step in route]
    if StepKind.ACCEPT not in kinds:
        entry.fault("没有受理环节，无法受理 / no step accept: nobody takes the case", "route")
    if not any(kind in kinds for kind in DECIDING):
        entry.fault(
            "没有决定环节，无法办结 / no deciding step (decide or pass_on): the case never ends", "route"
        )
    for index, step in enumerate(route):
        if step.kind in kinds[:index]:
            entry.fault(
                f"环节 {step.kind} 出现两次，后一个到不了 / step {step.kind} stands twice, the later is unreachable",
                "route",
                index,
            )
        elif any(_ORDER.index(before) > _ORDER.index(step.kind) for before in kinds[:index]):
            right = "、".join(k for k in _ORDER if k in kinds)
            entry.fault(
                f"环节 {step.kind} 次序不对 / step {step.kind} is out of order; write {right}", "route", index
            )
        if step.kind is StepKind.PUBLICISE and StepKind.DECIDE not in kinds[index:]:
            entry.fault("公示之后没有决定环节 / publicise has no step decide after it", "route", index)
        if step.needs_second and step.kind is not StepKind.DECIDE:
            entry.fault(
                f"双人确认只用于决定环节，不用于 {step.kind} / a second official confirms a decision: "
                "write second at the step decide",
                "route",
                index,
            )
        if step.what and step.kind is not StepKind.CHECK:
            entry.fault(
                f"what 只用于核对环节 / what belongs to the step check, not {step.kind}", "route", index
            )
        if step.kind is StepKind.CHECK and not step.what:
            entry.fault("核对环节须写明 what / a check says what is checked: what", "route", index)
        _check_role(entry, index)
    if entry.item.is_on_the_spot and not set(kinds) <= {StepKind.ACCEPT, StepKind.DECIDE}:
        entry.fault(
            "即办事项只有受理和决定 / decided at the counter means accept and decide, nothing between",
            "on_the_spot",
        )


def _check_role(entry: Entry, index: int) -> None:
    step = entry.item.route[index]
    if not step.role:
        return
    if step.role not in roles():
        known = "、".join(roles())
        entry.fault(f"没有角色 {step.role} / no role {step.role}; there are {known}", "route", index)
    elif PERMISSION_OF[step.kind] not in permissions_of(step.role):
        needed = PERMISSION_OF[step.kind]
        able = "、".join(r for r in roles() if needed in permissions_of(r) and r != "service")
        entry.fault(
            f"角色 {step.role} 无权办理 {step.kind} / role {step.role} lacks {needed}; these have it: {able}",
            "route",
            index,
        )


def _check_places(entry: Entry) -> None:
    """An institution's place is an answer; a counter's acceptance belongs to the counter."""
    named = {field.name: field for field in entry.item.fields}
    for index, step in enumerate(entry.item.route):
        if step.place is Jurisdiction.INSTITUTION:
            field = named.get("institution_place")
            if field is None or field.type is not FieldType.PLACE:
                entry.fault(
                    "管辖 institution 需要表单项 institution_place（type: place）/ "
                    "the place institution needs the field institution_place of type place",
                    "route",
                    index,
                )
        if (
            step.kind is StepKind.ACCEPT
            and step.place is not Jurisdiction.ACCEPTING
            and entry.item.is_citywide
        ):
            entry.fault(
                f"全市通办事项由收件中心受理，受理地不能是 {step.place} / an item any centre may take is accepted "
                "at `accepting`; else write citywide: no",
                "route",
                index,
            )


def _twice(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name and name in seen:
            yield index, name
        seen.add(name)


def _check_fields(entry: Entry) -> None:
    fields = entry.item.fields
    for index, name in _twice(field.name for field in fields):
        entry.fault(f"表单项 {name} 重复 / field {name} stands twice", "fields", index)
    for index, field in enumerate(fields):
        for text in field_faults(field, fields[:index]):
            entry.fault(text, "fields", index)


def field_faults(field: Field, before: Collection[Field]) -> Iterator[str]:
    """What is wrong with one question, which may depend on those before it."""
    name = field.name
    if field.type is FieldType.CHOICE and not field.choices:
        yield f"表单项 {name} 是选择题却没有选项 / field {name} is a choice without choices"
    if field.type is not FieldType.CHOICE and field.choices:
        yield f"表单项 {name} 有选项，type 须为 choice / field {name} has choices, its type must be choice"
    for _, code in _twice(code for code, _, _ in field.choices):
        yield f"表单项 {name} 的选项 {code} 重复 / choice {code} of {name} stands twice"
    if field.known_from:
        yield from source_faults(
            field.known_from, f"表单项 {name} 的 known_from / known_from of field {name}"
        )
        wanted = _TYPE_OF_KNOWN.get(field.known_from)
        if wanted and field.type is not wanted:
            yield f"表单项 {name} 取自 {field.known_from}，type 须为 {wanted} / its type must be {wanted}"
    if field.fact:
        yield from _fact_faults(field)
    if field.when:
        yield from _when_faults(field.when, {f.name: f for f in before}, f"表单项 {name} / field {name}")


def _fact_faults(field: Field) -> Iterator[str]:
    kind = fact_kinds().get(field.fact)
    if kind is None:
        known = "、".join(fact_kinds())
        yield f"表单项 {field.name}：没有事实 {field.fact} / no kind of fact {field.fact}; there are {known}"
        return
    wanted = TYPE_OF_FACT[kind.type]
    if field.type is not wanted:
        yield (
            f"表单项 {field.name} 写入事实 {field.fact}，type 须为 {wanted}，现为 {field.type} / "
            f"a fact of type {kind.type} is written from a field of type {wanted}"
        )
    unknown = [code for code, _, _ in field.choices if code not in {str(c) for c in kind.codes}]
    if kind.codes and unknown:
        codes = ", ".join(f"{c} {label}" for c, label in kind.codes.items())
        yield f"表单项 {field.name} 的选项 {unknown} 不是 {field.fact} 的代码 / not its codes: {codes}"


def _when_faults(when: tuple[str, tuple[Any, ...]], named: dict[str, Field], what: str) -> Iterator[str]:
    name, values = when
    asked = named.get(name)
    if asked is None:
        yield f"{what} 的 when：前面没有表单项 {name} / when names no field before it: {name}"
        return
    if asked.type is FieldType.YES_NO:
        allowed: set[Any] = {True, False}
    elif asked.type is FieldType.CHOICE:
        allowed = {code for code, _, _ in asked.choices}
    else:
        yield f"{what} 的 when：{name} 须为选择题或是非题 / when needs a field of type choice or yes_no, not {asked.type}"
        return
    for value in values:
        if value not in allowed:
            yield (
                f"{what} 的 when：{name} 没有值 {value!r} / {name} has no such value; "
                f"one of {sorted(map(str, allowed))}"
            )


def source_faults(source: str, what: str, licences: Collection[str] = ()) -> Iterator[str]:
    """Whether something the city holds is named; licences only where a paper is replaced."""
    head, _, tail = source.partition(".")
    if (
        source in KNOWN_FROM
        or (head == "fact" and tail in fact_kinds())
        or (head == "licence" and tail in licences)
    ):
        return
    known = ", ".join((*KNOWN_FROM, "fact.<kind>", *(("licence.<kind>",) if licences else ())))
    yield f"{what}：没有 {source} / names nothing the city holds: {source}; one of {known}"


def _check_materials(entry: Entry, vocabulary: Vocabulary) -> None:
    named = {field.name: field for field in entry.item.fields}
    materials = entry.item.materials
    for index, code in _twice(m.code for m in materials):
        entry.fault(f"材料 {code} 重复 / material {code} stands twice", "materials", index)
    for index, material in enumerate(materials):
        for text in _material_faults(material, named, vocabulary):
            entry.fault(text, "materials", index)


def _material_faults(material: Material, named: dict[str, Field], vocabulary: Vocabulary) -> Iterator[str]:
    what = f"材料 {material.code} / material {material.code}"
    if material.source:
        yield from source_faults(material.source, f"{what} 的 source", vocabulary.licences)
    elif material.fresh_days:
        yield f"{what} 没有 source，fresh_days 无意义 / fresh_days means nothing without a source"
    if material.when:
        yield from _when_faults(material.when, named, what)


def _check_requirements(entry: Entry) -> None:
    facts = requirement_facts()
    for index, requirement in enumerate(entry.item.who):
        for text in _requirement_faults(requirement, facts):
            entry.fault(text, "who", index)


def _requirement_faults(requirement: Requirement, facts: dict[str, str]) -> Iterator[str]:
    numbers = [v for v in (requirement.at_least, requirement.at_most) if v is not None]
    values = [v for v in (requirement.equals, *requirement.one_of) if v is not None]
    tests = len(numbers) + (requirement.equals is not None) + bool(requirement.one_of)
    if not requirement.fact:
        if tests:
            yield f"条件有判断却没有 fact / {', '.join(TESTS)} need a fact"
        return
    dtype = facts.get(requirement.fact)
    if dtype is None:
        yield f"条件：没有 {requirement.fact} / no such fact; one of {', '.join(facts)}"
        return
    if tests != 1:
        yield f"条件须恰有一个判断 / a condition on a fact has exactly one of {', '.join(TESTS)}"
    if dtype == "bool" and (numbers or any(type(v) is not bool for v in values)):
        yield f"条件 {requirement.fact} 的值须为 yes 或 no / must equal yes or no"
    if dtype != "bool" and any(type(v) is not int for v in values):
        yield f"条件 {requirement.fact} 的值须为整数 / must be a whole number"


def _check_benefit(entry: Entry, benefits: Collection[str]) -> None:
    result = entry.item.result
    if result.kind is ResultKind.AWARD and not result.benefit:
        entry.fault(
            "结果 award 须写明待遇 benefit / an award names its benefit, from which the law computes the amount",
            "result",
        )
    elif result.kind is not ResultKind.AWARD and result.benefit:
        entry.fault(f"只有 award 才有 benefit / only an award has a benefit, not {result.kind}", "result")
    elif result.benefit and result.benefit not in benefits:
        known = "、".join(benefits)
        entry.fault(f"没有待遇 {result.benefit} / no programme has it; there are {known}", "result")


def check_together(entries: Collection[Entry]) -> None:
    """Versions of one item differ in their day and are declared by one package; no two items share a name."""
    days = Counter((e.item.code, e.item.since) for e in entries)
    seen: set[tuple[str, Any]] = set()
    named: dict[str, Item] = {}
    for entry in entries:
        item = entry.item
        key = (item.code, item.since)
        if days[key] > 1 and key in seen:
            entry.fault(
                f"{item.code} 有两个版本都自 {item.since} 起 / two versions begin on the same day", "since"
            )
        seen.add(key)
        other = named.setdefault(item.name, item)
        if item.name and other.code != item.code:
            entry.fault(
                f"名称“{item.name}”已用于 {other.code}（{other.file}:{other.line}）/ the name belongs to another item",
                "name",
            )


def check_joined(joined: Collection[JoinedEntry], items: dict[str, Item]) -> None:
    """Every part is an item, shares what both have, and waits for no part that waits for it."""
    seen: set[str] = set()
    for entry in joined:
        if entry.item.code in seen or entry.item.code in items:
            entry.fault(f"代码 {entry.item.code} 已被使用 / the code is taken")
        seen.add(entry.item.code)
        for index, field in enumerate(entry.item.fields):
            for text in field_faults(field, entry.item.fields[:index]):
                entry.fault(text)
        if len(entry.item.parts) < 2:
            entry.fault("一件事至少含两个事项 / a joined item has two parts or more")
        for index, code in _twice(part.item for part in entry.item.parts):
            entry.fault(f"事项 {code} 重复 / part {code} stands twice", index)
        _check_parts(entry, items)


def _check_parts(entry: JoinedEntry, items: dict[str, Item]) -> None:
    shared = {field.name: field for field in entry.item.fields}
    after = {part.item: part.after for part in entry.item.parts}
    for index, part in enumerate(entry.item.parts):
        item = items.get(part.item)
        if item is None:
            entry.fault(f"没有事项 {part.item} / no item {part.item}", index)
        for own, common in part.shares.items():
            field = next((f for f in item.fields if f.name == own), None) if item else None
            if item and field is None:
                entry.fault(f"事项 {part.item} 没有表单项 {own} / the item has no field {own}", index)
            if common not in shared:
                entry.fault(f"没有共用表单项 {common} / no shared field {common}", index)
            elif field and field.type is not shared[common].type:
                entry.fault(
                    f"{part.item}.{own}（{field.type}）与共用的 {common}（{shared[common].type}）类型不同 / "
                    "the two fields are of different types",
                    index,
                )
        if part.after and part.after not in after:
            entry.fault(f"after：没有事项 {part.after} / names no part {part.after}", index)
        elif part.after and part.item in _waits_for(part.item, after):
            entry.fault(f"after 成环：{part.item} 等待它自己 / a circle: it waits for itself", index)


def _waits_for(code: str, after: dict[str, str]) -> set[str]:
    """Every part that must have ended well before this one."""
    found: set[str] = set()
    while (code := after.get(code, "")) and code not in found:
        found.add(code)
    return found
