"""Why somebody receives what they receive, or nothing: each condition, its value, its paper, and the sum
step by step.

Everything is read off the trace and the law; no rule writes its own explanation, so none can tell another
story than the one it decided by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from minzheng.kernel.rules.errors import LawError
from minzheng.kernel.rules.graph import HOUSEHOLD, INPUTS, PERSON
from minzheng.kernel.rules.inputs import catalogue
from minzheng.kernel.rules.law import (
    ELIGIBLE,
    MAY_QUALIFY,
    STATUS_LABELS,
    STATUS_WORDS,
    Law,
    LawBenefit,
)
from minzheng.kernel.rules.letters import sentences
from minzheng.kernel.rules.single import HouseholdTrace, Provenance
from minzheng.kernel.rules.views import (
    ConditionView,
    Explanation,
    InputView,
    PaperView,
    RivalView,
    SumStep,
)
from minzheng.kernel.rules.wording import COMPARISONS, FLIPPED, Words, in_words


class _Reader:
    """Reads one benefit's answer off a trace."""

    def __init__(self, law: Law, trace: HouseholdTrace, benefit: LawBenefit, person_id: int | None) -> None:
        self.law, self.trace, self.benefit = law, trace, benefit
        self.words = Words(trace)
        self.place = None if person_id is None else trace.person_at(person_id)
        self.used: set[str] = set()

    def _place_for(self, number: int, place: int | None) -> int | None:
        return place if self.law.graph.nodes[number].entity == PERSON else None

    def value(self, number: int, place: int | None) -> Any:
        return self.trace.value(number, self._place_for(number, place))

    # Inputs
    def _inputs(self, number: int, place: int | None) -> tuple[InputView, ...]:
        views: dict[tuple[str, str, int | None], InputView] = {}
        nodes = self.law.graph.nodes
        for at in self.law.graph.reachable([number]):
            node = nodes[at]
            if node.op == "const" and node.name:
                self.used.add(node.name)
            if at in self.law.table_names:
                self.used.add(self.law.table_names[at])
            if node.op not in INPUTS:
                continue
            places: list[int | None] = [None]
            if node.entity == PERSON:
                places = [place] if self.benefit.unit == PERSON and not self._is_summed(number, at) else list(
                    range(len(self.trace.inputs.persons)))  # fmt: skip
            for p in places:
                view = self._input(node.entity, node.name, p)
                views.setdefault((node.entity, node.name, view.person_id), view)
        return tuple(views.values())

    def _is_summed(self, root: int, number: int) -> bool:
        """Whether a person's node reaches the root only as part of a household's sum."""
        nodes = self.law.graph.nodes
        stack, seen = [root], set()
        while stack:
            at = stack.pop()
            if at == number:
                return False
            if at in seen or nodes[at].op in ("sum", "any", "all"):
                continue
            seen.add(at)
            stack.extend(nodes[at].args)
        return True

    def _input(self, entity: str, name: str, place: int | None) -> InputView:
        column = catalogue()[entity, name]
        row = self.trace.inputs.household if entity == HOUSEHOLD else self.trace.inputs.persons[place or 0]
        raw = row.get(name)
        known = raw is not None
        value = raw if known else column.missing
        owner = int(row["household_id" if entity == HOUSEHOLD else "person_id"])
        paper = self.trace.inputs.provenance.get((entity, owner, name), Provenance(""))
        if column.dtype == "bool" and value is not None:
            value = bool(value)
        return InputView(
            entity=entity,
            name=name,
            label=column.label,
            label_en=column.label_en,
            person_id=None if entity == HOUSEHOLD else owner,
            value=value,
            text=in_words(value, column.unit, column),
            known=known,
            source=paper.source,
            authority=paper.authority or column.sender,
            on=paper.on,
        )

    # Conditions
    def condition(self, rule: str, met: int, known: int) -> ConditionView:
        sure = bool(self.value(known, self.place))
        return self._view(met, self.place, rule=rule, sure=sure, depth=0)

    def _view(self, number: int, place: int | None, *, rule: str, sure: bool, depth: int) -> ConditionView:
        nodes = self.law.graph.nodes
        stated = self.law.rules.get(rule)
        met = bool(self.value(number, place))
        core = number
        while nodes[core].op in ("rule", "project"):
            if nodes[core].op == "rule" and stated is None:
                stated = self.law.rules[nodes[core].name]
            core = nodes[core].args[0]
        if nodes[core].entity != PERSON:
            place = None
        node = nodes[core]
        parts: tuple[ConditionView, ...] = ()
        comparison, found, asked = "", core, -1
        if node.op in COMPARISONS:
            left, right = node.args
            flip = nodes[left].op == "const" and nodes[right].op != "const"
            found, asked = (right, left) if flip else (left, right)
            comparison = COMPARISONS[FLIPPED[node.op] if flip else node.op]
        elif node.op in ("and", "or") and depth < 4:
            parts = tuple(
                self._view(n, place, rule="", sure=sure, depth=depth + 1) for n in self._flat(core, node.op)
            )
            comparison = {"and": "all", "or": "any"}[node.op]
        paper = nodes[asked].name if asked >= 0 and nodes[asked].op == "const" else ""
        parameter = self.law.parameters.get(paper)
        unit = "" if asked < 0 else self.words.unit(found) or self.words.unit(asked)
        threshold = None if asked < 0 else self.value(asked, place)
        text = self.words.text
        return ConditionView(
            rule=stated.name if stated else "",
            label=stated.label if stated else self.words.label(core),
            label_en=stated.label_en if stated else self.words.label(core, english=True),
            met=met if sure else None,
            comparison=comparison,
            unit=unit,
            value_label=self.words.label(found),
            value_label_en=self.words.label(found, english=True),
            value=self.value(found, place),
            value_text=text(found, place, unit=unit),
            value_text_en=text(found, place, unit=unit, english=True),
            threshold_label="" if asked < 0 else self.words.label(asked),
            threshold=threshold,
            threshold_text="" if asked < 0 else text(asked, place, unit=unit),
            threshold_text_en="" if asked < 0 else text(asked, place, unit=unit, english=True),
            source=stated.source if stated else "",
            provenance=stated.provenance if stated else "",
            threshold_source=parameter.source if parameter else "",
            threshold_provenance=parameter.provenance if parameter else "",
            parts=parts,
            inputs=self._inputs(number, place) if depth == 0 else (),
        )

    def _flat(self, number: int, op: str) -> list[int]:
        node = self.law.graph.nodes[number]
        return [n for a in node.args for n in self._flat(a, op)] if node.op == op else [number]

    # The sum
    def steps(self) -> tuple[SumStep, ...]:
        seen: dict[tuple[int, int | None], None] = {}
        self._collect(self.law.rules[self.benefit.amount_rule].node, self.place, seen)
        steps = []
        for number, place in sorted(seen, key=lambda s: (s[0], -1 if s[1] is None else s[1])):
            node = self.law.graph.nodes[number]
            rule = self.law.rules[node.name]
            value = self.trace.value(number, place)
            unit = rule.unit or self.words.unit(number)
            steps.append(
                SumStep(
                    rule=rule.name,
                    label=rule.label,
                    label_en=rule.label_en,
                    person_id=None if place is None else int(self.trace.inputs.persons[place]["person_id"]),
                    formula=self.words.formula(number, place, unit=unit),
                    formula_en=self.words.formula(number, place, unit=unit, english=True),
                    value=value,
                    text=in_words(value, unit),
                    text_en=in_words(value, unit, english=True),
                    source=rule.source,
                    provenance=rule.provenance,
                )
            )
        return tuple(steps)

    def _collect(self, number: int, place: int | None, seen: dict[tuple[int, int | None], None]) -> None:
        """The number-valued rules behind a value, along the branches taken."""
        node = self.law.graph.nodes[number]
        if node.entity != PERSON:
            place = None
        if number in self.law.table_names:
            self.used.add(self.law.table_names[number])
        if node.op == "const" and node.name:
            self.used.add(node.name)
        if node.dtype == "bool" or (number, place) in seen:
            return
        if node.op == "where":
            taken = node.args[1] if self.value(node.args[0], place) else node.args[2]
            self._collect(taken, place, seen)
            return
        if node.op == "sum":
            for p in range(len(self.trace.inputs.persons)):
                self._collect(node.args[0], p, seen)
            return
        if node.op == "rule":
            seen[number, place] = None
        for arg in node.args:
            self._collect(arg, place, seen)

    # Stacking
    def rivals(self) -> tuple[RivalView, ...]:
        views = []
        for rival in self.benefit.rivals:
            entity = self.law.graph.nodes[rival.excluded].entity
            places: list[int | None] = [self.place]
            if entity == PERSON and self.benefit.unit == HOUSEHOLD:
                places = list(range(len(self.trace.inputs.persons)))
            for place in places:
                if self.value(rival.excluded, place):
                    person = None if place is None else int(self.trace.inputs.persons[place]["person_id"])
                    views.append(
                        RivalView(
                            rival.rival, rival.rival_label, rival.rival_label_en, rival.rule, person,
                            rival.source, rival.provenance,
                        )
                    )  # fmt: skip
        return tuple(views)

    def papers(self) -> tuple[PaperView, ...]:
        found = []
        for name in sorted(self.used & set(self.law.parameters)):
            p = self.law.parameters[name]
            text = in_words(p.value, p.unit) if isinstance(p.value, int) else _table(p.value, p.unit)
            found.append(
                PaperView(name, p.label, p.label_en, text, p.source, p.provenance, p.from_.isoformat())
            )
        return tuple(found)


def _table(value: Any, unit: str) -> str:
    if value and isinstance(value[0], tuple):
        return "；".join(f"{start} 起 {in_words(v, unit)}" for start, v in value)
    return "、".join(map(str, value))


def explain(
    law: Law,
    trace: HouseholdTrace,
    benefit: str,
    person_id: int | None = None,
    *,
    names: Mapping[int, str] | None = None,
) -> Explanation:
    """Explain one benefit for a household, or for one of its people where the benefit is a person's.

    `names` (by person_id) lets the letter call the members by name; without it they go by number.

    Raises:
        LawError: the benefit is not in force in the month, or is a person's and nobody is named.
        KeyError: the person does not belong to the household.
    """
    if benefit not in law.benefits:
        known = "、".join(law.benefits)
        raise LawError(f"{law.month} 没有待遇 {benefit}，现有：{known} / no benefit {benefit} in force")
    chosen = law.benefits[benefit]
    if chosen.unit == PERSON and person_id is None:
        raise LawError(f"{chosen.name} 以个人为单位，请指明人员 / {benefit} is paid to persons; say for whom")
    reader = _Reader(law, trace, chosen, person_id if chosen.unit == PERSON else None)
    status = int(reader.value(chosen.status, reader.place))
    gross_status = int(reader.value(chosen.gross_status, reader.place))
    conditions = tuple(reader.condition(c.rule, c.met, c.known) for c in chosen.conditions)
    # A sum is shown where there is something to add up; whoever is refused is told which condition failed
    # instead.
    steps = reader.steps() if gross_status in (ELIGIBLE, MAY_QUALIFY) else ()
    rivals, papers = reader.rivals() if gross_status else (), reader.papers()
    cited: list[Any] = [*papers, *conditions, *steps]
    assumed = [x for x in cited if x.provenance == "illustrative"]
    bare = Explanation(
        month=str(law.month),
        law=law.identity,
        programme=chosen.programme,
        benefit=chosen.code,
        name=chosen.name,
        name_en=chosen.name_en,
        unit=chosen.unit,
        household_id=int(trace.inputs.household["household_id"]),
        person_id=person_id if chosen.unit == PERSON else None,
        status=STATUS_WORDS[status],
        status_label=STATUS_LABELS[status],
        gross_status=STATUS_WORDS[gross_status],
        gross_fen=int(reader.value(chosen.gross, reader.place)),
        amount_fen=int(reader.value(chosen.net, reader.place)),
        conditions=conditions,
        steps=steps,
        rivals=rivals,
        papers=papers,
        illustrative=tuple(dict.fromkeys(x.label for x in assumed)),
        illustrative_en=tuple(dict.fromkeys(x.label_en for x in assumed)),
    )
    chinese, english = sentences(bare, names or {})
    values = {f: getattr(bare, f) for f in bare.__dataclass_fields__}
    return Explanation(**{**values, "sentences": chinese, "sentences_en": english})
