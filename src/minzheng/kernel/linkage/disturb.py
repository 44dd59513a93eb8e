"""Records disturbed as offices disturb them, with the truth kept: what a model is trained on before decisions exist.

How often each fault occurs is our assumption (示意), named in the training's record; what it looks like is not: a
homophone typed for a character, a variant character, day and month turned, a neighbouring key, a move next door.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from minzheng.kernel.linkage.writing import VARIANTS
from minzheng.kernel.people.names import is_han, pinyin_key

# Shares of disturbed records, in thousandths; one record may bear several faults.
RATES = {
    "homophone": 40, "variant": 30, "other_sign": 25, "turned": 8, "cut": 8, "swapped": 25, "digit": 40, "year": 15,
    "no_birth": 50, "next_door": 60, "moved": 80, "no_place": 40, "no_household": 500, "wrong_number": 90,
    "masked": 60, "no_number": 700, "sex": 10, "phone_digit": 30, "no_phone": 600,
}  # fmt: skip
# Digits beside each other on a keyboard's row and on its number pad.
_KEYS = {"0": "19", "1": "024", "2": "135", "3": "246", "4": "1357", "5": "2468", "6": "359", "7": "468", "8": "579", "9": "068"}  # fmt: skip


@dataclass
class Disturber:
    """Makes faulty copies of records, the same ones for the same seed.

    Args:
        names: names that occur; their characters are what homophones and wrong characters are drawn from.
        rates: thousandths by fault, `RATES` where None.
    """

    names: Iterable[str]
    seed: int
    rates: dict[str, int] | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._rates = RATES | (self.rates or {})
        characters = sorted({sign for name in self.names for sign in name[1:] if is_han(sign)}) or ["明"]
        self._characters = characters
        self._same_sound: dict[str, list[str]] = defaultdict(list)
        for sign in characters:
            self._same_sound[pinyin_key(sign)].append(sign)

    def copy(self, record: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A copy as another office might send it, and the faults it bears.

        Args:
            record: `name`, `birth` (ISO text), `committee`, `household`, `digits`, `sex`, `phone`; any may be None.
        """
        made, faults = dict(record), []
        for fault, share in self._rates.items():
            if self._random.random() * 1000 < share and _FAULTS[fault](self, made):
                faults.append(fault)
        return made, tuple(faults)

    def _pick(self, options: Any) -> Any:
        return self._random.choice(options) if options else None

    def _change_name(self, made: dict[str, Any], change: Callable[[str], str | None]) -> bool:
        name = made["name"] or ""
        changed = change(name) if len(name) >= 2 else None
        if not changed or changed == name:
            return False
        made["name"] = changed
        return True

    def _homophone(self, made: dict[str, Any]) -> bool:
        return self._replace_sign(made, lambda sign: self._same_sound.get(pinyin_key(sign), []))

    def _variant(self, made: dict[str, Any]) -> bool:
        return self._replace_sign(made, lambda sign: list(VARIANTS.get(sign, "")))

    def _other_sign(self, made: dict[str, Any]) -> bool:
        return self._replace_sign(made, lambda _sign: self._characters, first=1)

    def _replace_sign(
        self, made: dict[str, Any], options: Callable[[str], list[str]], first: int = 0
    ) -> bool:
        def change(name: str) -> str | None:
            places = [
                (at, [one for one in options(name[at]) if one != name[at]]) for at in range(first, len(name))
            ]
            found = self._pick([place for place in places if place[1]])
            return found and name[: found[0]] + self._pick(found[1]) + name[found[0] + 1 :]

        return self._change_name(made, change)

    def _turned(self, made: dict[str, Any]) -> bool:
        return self._change_name(made, lambda name: name[1:] + name[:1])

    def _cut(self, made: dict[str, Any]) -> bool:
        return self._change_name(made, lambda name: name[:-1] if len(name) > 2 else None)

    def _swapped(self, made: dict[str, Any]) -> bool:
        birth = made["birth"] or ""
        if len(birth) != 10 or int(birth[8:]) > 12 or birth[5:7] == birth[8:]:
            return False
        made["birth"] = f"{birth[:4]}-{birth[8:]}-{birth[5:7]}"
        return True

    def _digit(self, made: dict[str, Any]) -> bool:
        return bool(made["birth"]) and self._mistype(made, "birth", [2, 3, 5, 6, 8, 9])

    def _mistype(self, made: dict[str, Any], field: str, places: list[int]) -> bool:
        text = made[field]
        at = self._pick([place for place in places if place < len(text) and text[place] in _KEYS])
        if at is None:
            return False
        made[field] = text[:at] + self._pick(_KEYS[text[at]]) + text[at + 1 :]
        return True

    def _year(self, made: dict[str, Any]) -> bool:
        if not made["birth"]:
            return False
        made["birth"] = f"{int(made['birth'][:4]) + self._pick([-2, -1, 1, 2])}{made['birth'][4:]}"
        return True

    def _next_door(self, made: dict[str, Any]) -> bool:
        place = made["committee"] or ""
        if len(place) != 12 or not place[9:].isdigit():
            return False
        made["committee"] = f"{place[:9]}{(int(place[9:]) + self._pick([-1, 1])) % 1000:03d}"
        return True

    def _moved(self, made: dict[str, Any]) -> bool:
        place = made["committee"] or ""
        if len(place) != 12:
            return False
        # Half of all moves stay within the street.
        street = (
            place[:9] if self._random.random() < 0.5 else f"{place[:6]}{self._random.randrange(1, 15):03d}"
        )
        made["committee"] = f"{street}{self._random.randrange(1, 40):03d}"
        return True

    def _wrong_number(self, made: dict[str, Any]) -> bool:
        return bool(made["digits"]) and self._mistype(made, "digits", list(range(len(made["digits"]))))

    def _masked(self, made: dict[str, Any]) -> bool:
        if not made["digits"]:
            return False
        made["digits"] = f"{made['digits'][:3]}***********{made['digits'][-4:]}"
        return True

    def _sex(self, made: dict[str, Any]) -> bool:
        made["sex"] = {"1": "2", "2": "1"}.get(made["sex"] or "")
        return True

    def _phone_digit(self, made: dict[str, Any]) -> bool:
        return bool(made["phone"]) and self._mistype(made, "phone", list(range(3, 11)))

    def _lose(self, field: str, made: dict[str, Any]) -> bool:
        made[field] = None
        return True


def _losing(field: str) -> Callable[[Disturber, dict[str, Any]], bool]:
    return lambda disturber, made: disturber._lose(field, made)


_FAULTS: dict[str, Callable[[Disturber, dict[str, Any]], bool]] = {
    "homophone": Disturber._homophone,
    "variant": Disturber._variant,
    "other_sign": Disturber._other_sign,
    "turned": Disturber._turned,
    "cut": Disturber._cut,
    "swapped": Disturber._swapped,
    "digit": Disturber._digit,
    "year": Disturber._year,
    "no_birth": _losing("birth"),
    "next_door": Disturber._next_door,
    "moved": Disturber._moved,
    "no_place": _losing("committee"),
    "no_household": _losing("household"),
    "wrong_number": Disturber._wrong_number,
    "masked": Disturber._masked,
    "no_number": _losing("digits"),
    "sex": Disturber._sex,
    "phone_digit": Disturber._phone_digit,
    "no_phone": _losing("phone"),
}
