"""A decision's reasons as a letter somebody understands who has never read a statute (认定情况说明)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from minzheng.kernel.places.queries import path_names
from minzheng.kernel.programmes import Programme
from minzheng.kernel.rules import ConditionView
from minzheng.kernel.rules.letters import figures, papers
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.explaining import Told, is_english, office_name


@dataclass(frozen=True)
class ReasonLetter:
    """The parts of the letter, each already in the reader's language."""

    opening: str
    failing: list[str]
    open_: list[str]
    holding: list[str]
    sums: list[str]
    others: list[str]
    sources: list[str]
    told_by: list[str]
    assumed: list[str]


def reason_letter(told: Told) -> ReasonLetter:
    """Sorts an explanation into what decided, what held, how the amount came about, and on which papers."""
    found, english = told.explanation, is_english()
    groups: dict[bool | None, list[str]] = {False: [], None: [], True: []}
    sources: dict[str, None] = {}
    said: dict[str, None] = {}
    for view in found.conditions:
        groups[view.met].append(_line(view, english, told.missing.get(view.rule, "")))
        sources |= dict.fromkeys(paper for paper in papers(view).split("；") if paper)
        for one in view.inputs:
            if one.known and one.on:
                day = formats.day(date.fromisoformat(one.on[:10]))
                said[
                    _("%(office)s（%(day)s）")
                    % {"office": office_name(one.source) or one.authority, "day": day}
                ] = None
    return ReasonLetter(
        opening=told.sentences[0],
        failing=groups[False],
        open_=groups[None],
        holding=groups[True],
        sums=[f"{one.label}：{one.value}" for one in told.amounts] if found.status != "not_eligible" else [],
        others=[one.label_en if english else one.label for one in found.rivals],
        sources=[one for one in sources if not any(one != other and one in other for other in sources)],
        told_by=list(said),
        assumed=list(found.illustrative_en if english else found.illustrative),
    )


def issuing_office(programme: Programme, division_code: str) -> str:
    """Who signs: the street's or town's own office where the programme leaves it to them, else the one it names."""
    if "街道办事处" not in programme.authority or len(division_code) < 9:
        return programme.authority
    street = path_names([division_code[:9]]).get(division_code[:9], "")
    if not street:
        return programme.authority
    return street + ("办事处" if street.endswith("街道") else "人民政府")


def _line(view: ConditionView, english: bool, missing: str) -> str:
    label = view.label_en if english else view.label
    # Where a check is missing, the figures known so far would read as if they settled it.
    found = _("尚未确认：%(check)s") % {"check": missing} if missing else figures(view, english=english)
    return (f"{label}: {found}" if english else f"{label}：{found}") if found else label
