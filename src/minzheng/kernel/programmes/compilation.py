"""Compiling the law of a month: rules traced, conditions joined to a status, the stacking matrix applied."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes.manifest import Benefit, Grant, Programme
from minzheng.kernel.programmes.registry import listed_packages, load_programmes
from minzheng.kernel.programmes.stacking import (
    Pair,
    StackingMatrix,
    check_order,
    input_name,
    is_input,
    load_stacking,
)
from minzheng.kernel.rules import (
    ELIGIBLE,
    MAY_QUALIFY,
    NOT_ELIGIBLE,
    Household,
    Law,
    LawBenefit,
    LawCondition,
    LawError,
    LawParameter,
    LawRival,
    LawRule,
    Maybe,
    Person,
    Rule,
    Symbol,
    all_of,
    catalogue,
    total,
    where,
)
from minzheng.kernel.rules.tracing import RuleBook, Tracer


def _rules_in_force(programme: Programme, month: Month) -> dict[str, Rule]:
    chosen: dict[str, Rule] = {}
    for rule in programme.rules:
        if not rule.in_force(month):
            continue
        if rule.name in chosen:
            other = chosen[rule.name]
            raise LawError(
                f"{rule.file}:{rule.line}: 规则 {rule.name} 在 {month} 与 {other.file}:{other.line} 同时施行 / "
                "two texts of the rule are in force in one month; give the older one `until`"
            )
        chosen[rule.name] = rule
    return chosen


@dataclass(slots=True)
class _State:
    """A benefit while the matrix is applied to it."""

    programme: Programme
    benefit: Benefit
    conditions: tuple[LawCondition, ...]
    gross_status: Symbol
    gross: Symbol
    status: Symbol
    net: Symbol
    share: Symbol | None
    rivals: list[LawRival]

    def payable(self, entity: str, tracer: Tracer) -> Symbol:
        """What is surely paid, as a person or household sees it."""
        if entity == self.benefit.unit:
            return where(self.status == ELIGIBLE, self.net, 0)
        # A household's benefit seen by one of its people: that person's share, or all of it where it has no
        # shares.
        if self.share is not None:
            return where(tracer.project(self.status) == ELIGIBLE, self.share, 0)
        return tracer.project(where(self.status == ELIGIBLE, self.net, 0))

    def exclude(self, excluded: Symbol, tracer: Tracer) -> None:
        """Take the benefit away where a rival stands in its place."""
        if excluded._node.entity in ("", self.benefit.unit):
            self.net = where(excluded, 0, self.net)
            self.status = where(excluded, NOT_ELIGIBLE, self.status)
            if self.share is not None:
                # A later line may add the shares up again, so they go with the whole.
                self.share = where(tracer.project(excluded), 0, self.share)
            return
        assert self.share is not None
        self.share = where(excluded, 0, self.share)
        self.net = total(self.share)
        self.status = where((self.status == ELIGIBLE) & (self.net <= 0), NOT_ELIGIBLE, self.status)


class _Compiler:
    def __init__(self, programmes: Iterable[Programme], month: Month) -> None:
        self.month = month
        self.programmes = [p for p in programmes if p.in_force(month)]
        # What an event grants no month's facts decide.
        self.benefits = [(p, b) for p in self.programmes for b in p.benefits if b.grant is not Grant.BY_EVENT]
        self.books = {
            p.code: RuleBook(p.code, p.package, _rules_in_force(p, month), p.parameters.at(month))
            for p in self.programmes
        }
        self.tracer = Tracer(month, self.books.values())
        self.states: dict[str, _State] = {}
        for programme, benefit in self.benefits:
            self._announce(programme, benefit)

    def _announce(self, programme: Programme, benefit: Benefit) -> None:
        """Let other programmes' rules ask for this benefit's status before it has been traced itself."""
        built: list[Symbol] = []

        def build() -> Symbol:
            if not built:
                built.append(self._status(programme, benefit)[1])
            return built[0]

        self.tracer.statuses[benefit.code] = (str(benefit.unit), build)

    def _rule(self, programme: Programme, name: str, entity: str) -> Symbol:
        book = self.books[programme.code]
        rule = book.rules.get(name)
        if rule is None:
            raise LawError(
                f"{programme.package}: 规则 {name} 在 {self.month} 不施行 / not in force in {self.month}"
            )
        if rule.entity != entity:
            raise LawError(
                f"{rule.file}:{rule.line}: 规则 {name} 须为 {entity} 的规则 / must be a rule of {entity}"
            )
        return self.tracer.read_rule(rule)

    def _status(self, programme: Programme, benefit: Benefit) -> tuple[tuple[LawCondition, ...], Symbol]:
        """All conditions met and known: eligible. None known to fail, some not known: may qualify."""
        entity = str(benefit.unit)
        conditions: list[LawCondition] = []
        sure, possible = [], []
        for condition in benefit.conditions:
            met = self._rule(programme, condition.rule, entity)
            known = (
                self._rule(programme, condition.known, entity) if condition.known else self.tracer.lift(True)
            )
            conditions.append(LawCondition(f"{programme.code}.{condition.rule}", met._number, known._number))
            sure.append(met & known)
            possible.append(met | ~known)
        status = where(all_of(*sure), ELIGIBLE, where(all_of(*possible), MAY_QUALIFY, NOT_ELIGIBLE))
        return tuple(conditions), status

    def gross(self) -> None:
        for programme, benefit in self.benefits:
            conditions, status = self._status(programme, benefit)
            amount = self._rule(programme, benefit.amount, str(benefit.unit))
            gross = where(status > NOT_ELIGIBLE, amount, 0)
            share = self._rule(programme, benefit.share, "person") if benefit.share else None
            if share is not None:
                share = where(self.tracer.project(status) > NOT_ELIGIBLE, share, 0)
            self.states[benefit.code] = _State(
                programme, benefit, conditions, status, gross, status, gross, share, []
            )

    # Stacking
    def _meeting_place(self, a: str, b: str) -> str:
        """Two household benefits meet at the household, everything else at the person."""
        units = []
        for party in (a, b):
            if is_input(party):
                units.append(self._input_entity(party))
            else:
                units.append(str(self.states[party].benefit.unit))
        return "household" if set(units) == {"household"} else "person"

    def _input_entity(self, party: str) -> str:
        for entity in ("person", "household"):
            if (entity, input_name(party)) in catalogue():
                return entity
        raise LawError(
            f"叠加规则：没有输入 {input_name(party)} / the stacking matrix names no such input: {party}"
        )

    def _payable(self, party: str, entity: str) -> Symbol:
        if not is_input(party):
            return self.states[party].payable(entity, self.tracer)
        owner = self._input_entity(party)
        subject = (
            Person(self.tracer, "")
            if owner == "person"
            else Household(self.tracer, "", projected=entity != owner)
        )
        value = getattr(subject, input_name(party))
        if isinstance(value, Maybe):
            value = value.or_(0)
        return where(value, 1, 0) if value._node.dtype == "bool" else value

    def _apply(self, pair: Pair) -> None:
        place = self._meeting_place(pair.first, pair.second)
        first, second = self._payable(pair.first, place), self._payable(pair.second, place)
        if pair.rule == "exclusive":
            self._exclude(pair, pair.second, pair.first, first > 0)
            return
        # Both are settled from the same figures, before either is taken away. Support that another office
        # pays keeps its place where equal: it is already being paid.
        second_wins = (second >= first) if is_input(pair.second) else (second > first)
        self._exclude(pair, pair.first, pair.second, all_of(second_wins, second > 0))
        first_wins = first >= second
        self._exclude(pair, pair.second, pair.first, all_of(first_wins, first > 0))

    def _exclude(self, pair: Pair, loser: str, winner: str, excluded: Symbol) -> None:
        if is_input(loser):
            return
        state = self.states[loser]
        if excluded._node.entity not in ("", state.benefit.unit) and state.share is None:
            raise LawError(
                f"叠加规则 {pair.first}／{pair.second}：{loser} 须写明 share（每人的份额）/ "
                f"{loser} is paid to households; name the rule of each member's share to set it against a person's"
            )
        state.exclude(excluded, self.tracer)
        if is_input(winner):
            column = catalogue()[self._input_entity(winner), input_name(winner)]
            label, label_en = column.label, column.label_en
        else:
            label, label_en = self.states[winner].benefit.name, self.states[winner].benefit.name_en
        state.rivals.append(
            LawRival(winner, label, label_en, pair.rule, excluded._number, pair.source, pair.provenance)
        )

    def compile(self, stacking: StackingMatrix) -> Law:
        with self.tracer.at_work():
            self.gross()
            for pair in stacking.limited_to(self.states).pairs:
                if pair.rule != "allowed":
                    self._apply(pair)
            benefits = {code: self._finish(state) for code, state in self.states.items()}
            for book in self.books.values():
                for rule in book.rules.values():
                    self.tracer.trace(book, rule)
        return Law(
            month=self.month,
            graph=self.tracer.graph,
            rules=self._law_rules(),
            benefits=benefits,
            parameters=self._law_parameters(),
            table_names=dict(self.tracer.table_names),
            programmes=tuple(p.code for p in self.programmes),
        )

    def _finish(self, state: _State) -> LawBenefit:
        # Who qualifies for nothing is not found: an eligible finding always carries money.
        status = where((state.status == ELIGIBLE) & (state.net <= 0), NOT_ELIGIBLE, state.status)
        benefit = state.benefit
        return LawBenefit(
            programme=state.programme.code,
            code=benefit.code,
            name=benefit.name,
            name_en=benefit.name_en,
            unit=str(benefit.unit),
            conditions=state.conditions,
            gross_status=state.gross_status._number,
            gross=state.gross._number,
            status=status._number,
            net=state.net._number,
            amount_rule=f"{state.programme.code}.{benefit.amount}",
            rivals=tuple(state.rivals),
            share=None if state.share is None else state.share._number,
        )

    def _law_rules(self) -> dict[str, LawRule]:
        return {
            name: LawRule(
                name=name,
                node=self.tracer.rule_nodes[name],
                entity=rule.entity,
                dtype=rule.dtype,
                label=rule.label,
                label_en=rule.label_en,
                source=rule.source,
                provenance=rule.provenance,
                unit=rule.unit,
                file=rule.module.replace(".", "/") + ".py",
                line=rule.line,
            )
            for name, rule in self.tracer.rule_of.items()
        }

    def _law_parameters(self) -> dict[str, LawParameter]:
        found = {}
        for code, book in self.books.items():
            for key in sorted(book.parameters.read):
                entry = book.parameters.entry(key)
                parameter = book.parameters.parameter(key)
                name = f"{code}.{key}"
                found[name] = LawParameter(
                    name=name,
                    label=parameter.name,
                    label_en=parameter.name_en,
                    unit=parameter.unit,
                    value=entry.value,
                    source=entry.source,
                    provenance=entry.provenance,
                    from_=entry.from_,
                    checked=entry.checked,
                )
        return found


def matrix_of(programmes: Sequence[Programme]) -> StackingMatrix:
    """The lines of `stacking.yaml` in the packages that hold the programmes."""
    pairs: list[Pair] = []
    for parent in dict.fromkeys(p.package.rpartition(".")[0] for p in programmes):
        if not parent:
            continue
        for folder in map(Path, importlib.import_module(parent).__path__):
            if (folder / "stacking.yaml").is_file():
                pairs.extend(load_stacking(folder / "stacking.yaml").pairs)
    check_order(pairs)
    return StackingMatrix(tuple(pairs))


def law_for(month: Month) -> Law:
    """The law of a month from the programmes that the settings list, compiled once for each process."""
    return _compiled(listed_packages(), month)


def law_as_known(month: Month, on: date) -> Law:
    """The law of a month as far as its papers were out on a day."""
    return _compiled_as_known(listed_packages(), month, on)


@lru_cache(maxsize=64)
def _compiled_as_known(packages: tuple[str, ...], month: Month, on: date) -> Law:
    known = [replace(p, parameters=p.parameters.known_on(on)) for p in load_programmes(packages)]
    return compile_law(known, month)


@lru_cache(maxsize=64)
def _compiled(packages: tuple[str, ...], month: Month) -> Law:
    return compile_law(load_programmes(packages), month)


def compile_law(
    programmes: Iterable[Programme], month: Month, *, stacking: StackingMatrix | None = None
) -> Law:
    """The law of a month from the programmes in force.

    Without `stacking` the matrix is read from `stacking.yaml` beside the programmes' packages.

    Raises:
        LawError: a rule, parameter, manifest or line of the matrix is wrong; the message says where.
    """
    listed = list(programmes)
    return _Compiler(listed, month).compile(matrix_of(listed) if stacking is None else stacking)
