"""Both sides of a pair as people read them, each answer with its weight, and the sum that grows from line to line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.linkage.queries import evidence_of
from minzheng.kernel.people.identifiers import mask, parse_citizen
from minzheng.kernel.people.models import Identifier, Membership, Person, PersonName
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.linkage import words
from minzheng.surfaces.web.work import fields, received
from minzheng.surfaces.web.work.words import place_names

_WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison; `x` and `width` are the bar's place in a hundred, `zero` where even odds lie."""

    label: str
    ours: str
    theirs: str
    answer: str
    weight: str
    strength: str
    tone: str
    x: float = 0.0
    width: float = 0.0


def lines_of(proposal: Proposal, *, is_masked: bool) -> tuple[list[Line], float]:
    """The lines of a pair, and where even odds lie on their bars."""
    told = evidence_of(proposal)
    ours, theirs = _ours(proposal, is_masked), of_person(proposal.person, is_masked)
    sums = [0.0, told["prior"], told["total"], *(one["until"] for one in told["answers"])]
    low, high = min(sums), max(sums)
    scale = _WIDTH / ((high - low) or 1)

    def bar(since: float, until: float) -> dict[str, float]:
        left, right = sorted((since, until))
        return {"x": round((left - low) * scale, 2), "width": round(max((right - left) * scale, 0.6), 2)}

    start = Line(
        _("起点"), "", "", _("任意两人恰为同一人的可能"), _signed(told["prior"]), "", "start",
        **bar(0, told["prior"]),
    )  # fmt: skip
    found = [start]
    answered = {one["comparison"]: one for one in told["answers"]}
    for name, label in words.COMPARISONS.items():
        one = answered.get(name)
        if one is None:
            if ours.get(name) or theirs.get(name):
                found.append(
                    Line(
                        str(label),
                        ours.get(name, ""),
                        theirs.get(name, ""),
                        _("一方没有，不计"),
                        "0",
                        "",
                        "none",
                    )
                )
            continue
        weight = one["weight"]
        found.append(
            Line(
                str(label), ours.get(name, ""), theirs.get(name, ""), words.level_word(name, one["level"]),
                _signed(weight), words.strength(weight), "for" if weight >= 0 else "against",
                **bar(one["since"], one["until"]),
            )
        )  # fmt: skip
    found.append(
        Line(_("合计"), "", "", words.certainty(proposal.probability), _signed(told["total"]), "", "total",
             **bar(0, told["total"]))
    )  # fmt: skip
    return found, round((0 - low) * scale, 2)


def _signed(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "−")


def _ours(proposal: Proposal, is_masked: bool) -> dict[str, str]:
    if proposal.review is None:
        assert proposal.other is not None
        return of_person(proposal.other, is_masked)
    values, sent = proposal.review.evidence.get("values", {}), proposal.review.evidence.get("sent", {})
    number = str(
        values.get("citizen_number") or sent.get("citizen_number") or sent.get("certificate_number") or ""
    )
    place = str(values.get("residence_division") or "")
    household = str(values.get("household_number") or "")
    named = place_names([place]).get(place, place) if place else ""
    return {
        "name": str(values.get("name") or ""),
        "birth": str(values.get("birth_date") or "") or _by_number(number),
        "place": " · ".join(part for part in (named, household) if part),
        "number": received.masked_text(number) if is_masked else number,
        "sex": str(fields.SEXES.get(values.get("sex") or 0, "")) if values.get("sex") else "",
        "phone": str(values.get("phone") or ""),
    }


def _by_number(number: str) -> str:
    """The birth date that a sound number tells, where the row has no other."""
    parsed = parse_citizen(number)
    if not parsed.is_valid or parsed.birth_date is None:
        return ""
    return _("%(day)s（由号码得出）") % {"day": parsed.birth_date.isoformat()}


def of_person(person: Person, is_masked: bool) -> dict[str, str]:
    """A registered person as the comparison shows them."""
    number = (
        Identifier.objects.filter(person=person, kind=Identifier.Kind.CITIZEN)
        .order_by("-is_primary", "pk")
        .values_list("value", flat=True)
        .first()
    )
    home = (
        Membership.objects.filter(person=person, during__upper_inf=True)
        .values_list("household__number", flat=True)
        .first()
    )
    place = place_names([person.division_code]).get(person.division_code, person.division_code)
    return {
        "name": person.name,
        "birth": person.birth_date.isoformat() if person.birth_date else "",
        "place": " · ".join(part for part in (place, home or "") if part),
        "number": (mask(number) if is_masked else number) if number else "",
        "sex": str(fields.SEXES.get(person.sex, "")) if person.sex else "",
        "phone": "",
    }


def beside(person: Person) -> list[dict[str, Any]]:
    """What else tells people apart: other names, hukou, death, when the record was made."""
    written = PersonName.objects.filter(person=person).order_by("pk").values_list("name", flat=True)
    names = "、".join(dict.fromkeys(written[:20]))
    hukou = person.hukou_division_code
    told = [
        (_("其他写法"), names),
        (_("户籍地"), place_names([hukou]).get(hukou, hukou) if hukou else ""),
        (_("死亡日期"), formats.day(person.death_date) if person.death_date else ""),
        (_("注销日期"), formats.day(person.deregistered_on) if person.deregistered_on else ""),
        (_("建档时间"), formats.day(person.registered_at.date())),
    ]
    return [{"label": label, "value": value} for label, value in told if value]
