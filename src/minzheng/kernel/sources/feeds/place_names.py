"""Places that a file names instead of coding: 普陀区长风新村街道师大一村居委会, as deep as the words lead and no deeper."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from minzheng.kernel.places.models import AbolishedCode, Division
from minzheng.kernel.places.resolution import CITY, Match, Resolution

_HAN = re.compile("[㐀-鿿]")
_COMMITTEE = re.compile(
    r"(?:第[一二三四五六七八九十]+)?(?:社区)?(?:居民委员会|村民委员会|居委会|村委会|居委|村委|村|委员会)$"
)
_CITY = re.compile(r"^(?:上海市?|沪|本市)")
_ELSEWHERE = re.compile(
    r"^(?!上海)[㐀-鿿]{2,7}?(?:省|自治区|特别行政区)|^(?:北京|天津|重庆)市?|^(?:外省|外地|境外|国外|香港|澳门|台湾)"
)
_SHORTEST = 2


def is_name(text: str) -> bool:
    """Whether a place is given in words."""
    return bool(_HAN.search(text))


def resolve_names(texts: Iterable[str], on: date, *, register: str = "") -> dict[str, Resolution]:
    """Resolves names at once; `register` is the sender's area, in which a bare committee's name is looked for."""
    wanted = {text for text in texts if is_name(text)}
    if not wanted:
        return {}
    below: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for code, parent, level, name in Division.objects.filter(during__contains=on).values_list(
        "code", "parent_id", "level", "name"
    ):
        bare = _COMMITTEE.sub("", name) if level == Division.Level.COMMITTEE else name
        if len(bare) >= _SHORTEST:
            below[parent or ""].append((bare, code, level))
    former = {row.name: row.new_prefix for row in AbolishedCode.objects.all()}
    streets = [one for district in below[CITY] for one in below[district[1]]]
    return {text: _resolve(text, below, former, streets, register) for text in wanted}


def _resolve(
    text: str,
    below: dict[str, list[tuple[str, str, str]]],
    former: dict[str, str],
    streets: list[tuple[str, str, str]],
    register: str,
) -> Resolution:
    if _ELSEWHERE.match(text):
        return Resolution(None, Match.OUTSIDE, f"{text} 不在本市")
    code, rest = "", _CITY.sub("", text)
    is_city = rest != text
    found = _named(rest, below[CITY])
    mapped = next((new for name, new in former.items() if name in rest), "")
    if found:
        code = found
    elif mapped:
        # Streets of a merged district were numbered anew under their names, so the words lead on.
        code = mapped
    code = _named(rest, below[code]) or code if code else _named(rest, streets)
    if not code and register and _named(rest, below[register]):
        code = register
    code = (_named(rest, below[code]) or code) if code else code
    if code:
        return Resolution(code, Match.MAPPED if mapped and not found else Match.EXACT, f"按地名归入 {code}")
    if is_city:
        return Resolution(CITY, Match.EXACT, "只知在本市")
    return Resolution(None, Match.UNKNOWN, f"{text} 不是本市地名")


def _named(text: str, places: list[tuple[str, str, str]]) -> str:
    """The one place whose name the text holds; the longest name counts, and two equally long ones are none."""
    held = sorted(((len(name), code) for name, code, _ in places if name in text), reverse=True)
    if not held or (len(held) > 1 and held[0][0] == held[1][0]):
        return ""
    return held[0][1]
