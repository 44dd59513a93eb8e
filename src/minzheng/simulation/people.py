"""Draws the city's households: ages by the published bands, families put together from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from minzheng.simulation.calibration import calibration, figure, names
from minzheng.simulation.identifiers import CitizenNumbers

HEAD, SPOUSE, CHILD, PARENT, OTHER = "户主", "配偶", "子女", "父母", "其他"
# Counties from which many came; the code of a village there is made up.
ELSEWHERE = ("340122", "320981", "411522", "360121", "421182", "510121", "330281")


@dataclass(slots=True)
class Person:
    """One resident as drawn; offices then know of it what their files say."""

    number: str
    name: str
    sex: int
    born: date
    ethnicity: str
    is_local: bool
    relation: str
    hukou: str = ""
    home: str = ""
    moved_in: date | None = None
    died: date | None = None
    pension: int = 0
    wage: int = 0
    employment: str = ""
    employer: str = ""
    disability: tuple[int, int] | None = None

    def age(self, on: date) -> int:
        """Full years; who was born on 29 February turns a year older on 1 March of a common year."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(slots=True)
class Household:
    number: str
    home: str
    is_local: bool
    people: list[Person] = field(default_factory=list)
    is_in_hardship: bool = False
    assets: dict[str, int] | None = None


class _Pool:
    """Ages waiting for a family, in order, so that the nearest to a wanted age is found at once."""

    def __init__(self, ages: Sequence[float]) -> None:
        self._ages = sorted(ages)

    def __len__(self) -> int:
        return len(self._ages)

    def any(self, rng: Random) -> float:
        return self._ages.pop(rng.randrange(len(self._ages)))

    def near(self, wanted: float, tolerance: float) -> float | None:
        place = bisect_left(self._ages, wanted)
        nearest = min(
            (at for at in (place - 1, place) if 0 <= at < len(self._ages)),
            key=lambda at: abs(self._ages[at] - wanted),
            default=None,
        )
        if nearest is None or abs(self._ages[nearest] - wanted) > tolerance:
            return None
        return self._ages.pop(nearest)


def draw_households(
    *, district: str, committees: Sequence[str], people: int, on: date, rng: Random, numbers: CitizenNumbers
) -> Iterator[Household]:
    """A district's households of about so many people, spread over its committees."""
    local = round(people * figure("population.local_share"))
    serial = 0
    for is_local, count in ((True, local), (False, people - local)):
        for start in range(
            0, count, 20_000
        ):  # families form among at most so many, which keeps a great city quick
            ages = _ages(min(20_000, count - start), "local" if is_local else "other", rng)
            for members in _families(ages, rng):
                serial += 1
                yield _settle(f"H{district[2:]}{serial:07d}", members, is_local, committees, on, rng, numbers)


def _ages(count: int, group: str, rng: Random) -> list[float]:
    bands = calibration()["ages"][group]["bands"]
    drawn = rng.choices(bands, weights=[band[2] for band in bands], k=count)
    # Within the bands of old age the younger are the more numerous.
    return [rng.triangular(low, high, low) if low >= 70 else rng.uniform(low, high) for low, high, _ in drawn]


def _families(ages: list[float], rng: Random) -> Iterator[list[tuple[str, float]]]:
    """Puts ages together to families, the head first; everybody ends up in one."""
    children = _Pool([age for age in ages if age < 18])
    adults = _Pool([age for age in ages if 18 <= age < 60])
    old = _Pool([age for age in ages if age >= 60])
    chance = calibration()["households"]

    def happens(name: str) -> bool:
        return rng.random() < chance[name]["value"]

    while len(children):
        child = children.any(rng)
        parent = adults.near(child + rng.uniform(23, 36), 8)
        if parent is None:
            guardian = old.near(child + 58, 15)
            guardian = adults.near(child + 30, 60) if guardian is None else guardian
            yield [(HEAD, guardian), (OTHER, child)] if guardian is not None else [(HEAD, child)]
            continue
        family = [(HEAD, parent)]
        spouse = None if happens("lone_parent") else adults.near(parent + rng.uniform(-4, 2), 6)
        family += [(SPOUSE, spouse)] if spouse is not None else []
        family.append((CHILD, child))
        second = children.near(child + rng.uniform(-5, 5), 4) if happens("second_child") else None
        family += [(CHILD, second)] if second is not None else []
        grandparent = (
            old.near(parent + rng.uniform(24, 32), 6) if happens("grandparent_with_family") else None
        )
        family += [(PARENT, grandparent)] if grandparent is not None else []
        yield family
    while len(old):
        first = old.any(rng)
        family = [(HEAD, first)]
        spouse = old.near(first + rng.uniform(-4, 3), 6) if happens("old_couple") else None
        family += [(SPOUSE, spouse)] if spouse is not None else []
        grown = adults.near(first - rng.uniform(24, 32), 6) if happens("old_with_child") else None
        family += [(CHILD, grown)] if grown is not None else []
        yield family
    while len(adults):
        first = adults.any(rng)
        spouse = (
            adults.near(first + rng.uniform(-4, 2), 4) if first >= 23 and happens("young_couple") else None
        )
        family = [(HEAD, first)] + ([(SPOUSE, spouse)] if spouse is not None else [])
        grown = (
            adults.near(first - rng.uniform(23, 30), 4)
            if first >= 42 and happens("grown_child_at_home")
            else None
        )
        yield family + ([(CHILD, grown)] if grown is not None else [])


def _settle(
    number: str,
    members: list[tuple[str, float]],
    is_local: bool,
    committees: Sequence[str],
    on: date,
    rng: Random,
    numbers: CitizenNumbers,
) -> Household:
    home = rng.choice(committees)
    away = rng.random() < figure("households.lives_away_from_hukou")
    local_hukou = rng.choice(committees) if away else home
    elsewhere = f"{rng.choice(ELSEWHERE)}001001"
    moved_in = on - timedelta(days=rng.randrange(60, 9000)) if not is_local or rng.random() < 0.08 else None
    mixed = rng.random() < figure("households.mixed_hukou_couple")
    household = Household(number, home, is_local)
    surname = _surname(rng)
    for relation, age in members:
        born = on - timedelta(days=int(age * 365.2425))
        sex = _sex(relation, age, household.people, rng)
        own_local = is_local != (mixed and relation == SPOUSE)
        own = _surname(rng) if relation == SPOUSE or (relation == PARENT and sex == 2) else surname
        name, ethnicity = _name(own, sex, rng)
        person = Person(numbers.take(born, sex), name, sex, born, ethnicity, own_local, relation)
        person.home, person.hukou = home, local_hukou if own_local else elsewhere
        person.moved_in = max(moved_in, born) if moved_in else None
        household.people.append(person)
    return household


def _sex(relation: str, age: float, before: list[Person], rng: Random) -> int:
    if relation == SPOUSE:
        return 3 - before[0].sex
    share = figure("sex.male_from_80") if age >= 80 else figure("sex.male")
    return 1 if rng.random() < share else 2


def _surname(rng: Random) -> str:
    known = names()["surnames"]
    return rng.choices(list(known), weights=list(known.values()))[0]


def _name(surname: str, sex: int, rng: Random) -> tuple[str, str]:
    minority = names()["minority"]
    if rng.random() < minority["share"]:
        return f"{rng.choice(minority['names'])}·{rng.choice(minority['patronyms'])}", minority["ethnicity"]
    characters = names()["male" if sex == 1 else "female"]
    return surname + "".join(rng.choice(characters) for _ in range(1 if rng.random() < 0.22 else 2)), "汉族"
