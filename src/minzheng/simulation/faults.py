"""Faults that rows of such files have: few, so that a demonstration shows the review queue without drowning in it."""

from __future__ import annotations

from random import Random

from minzheng.kernel.linkage.disturb import RATES, Disturber
from minzheng.simulation.calibration import figure, names

Row = dict[str, str]
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def odd_number(number: str, rng: Random) -> str:
    """The same number as hands type it; every way is still readable."""
    ways = (
        lambda n: n.translate(_WIDE),
        lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
        lambda n: n.lower(),
        lambda n: f" {n}",
    )
    return str(rng.choice(ways)(number))


def wrong_number(number: str, rng: Random) -> str:
    """A number that names nobody: its check digit is wrong."""
    return number[:-1] + rng.choice([c for c in "0123456789" if c != number[-1]])


def spoil(row: Row, rng: Random) -> list[Row]:
    """A row of the population file as it arrives: mostly as it is, now and then with a fault, or twice."""
    if rng.random() >= figure("faults"):
        return [row]
    number = row["证件号码"]
    faults: tuple[Row, ...] = (
        {"证件号码": odd_number(number, rng)},
        {"证件号码": odd_number(number, rng)},
        {"证件号码": wrong_number(number, rng)},
        {"证件号码": ""},
        {"出生日期": row["出生日期"][:4] + "0230"},
        {"居住区划代码": "310999999999"},
        {"姓名": f"=HYPERLINK({row['姓名']})"},
        {"姓名": f"<b>{row['姓名']}</b>"},
        {"姓名": f" {row['姓名'][:1]} {row['姓名'][1:]}"},
        {},
    )
    fault = rng.choice(faults)
    spoilt = row | fault
    # 闸北区 was merged into 静安区 in 2015; old systems still write its code.
    if not fault and row["户籍区划代码"].startswith("310106"):
        spoilt = row | {"户籍区划代码": "310108" + row["户籍区划代码"][6:]}
    return [spoilt, spoilt] if not fault and spoilt == row else [spoilt]


def number_in(number: str, rng: Random) -> str:
    """A citizen number in any other office's file."""
    return odd_number(number, rng) if rng.random() < figure("faults") else number


class SentAgain:
    """Rows of people who are in the file already, written once more by hand: without a number, and mostly misspelt.

    What is wrong with them is what linkage is for: a homophone in the name, day and month of birth turned, or nothing
    but the missing number. The same seed gives the same rows.
    """

    def __init__(self, seed: str) -> None:
        self._rng = Random(f"{seed} again")
        rates = dict.fromkeys(RATES, 0) | {"homophone": 500, "swapped": 400}
        known = names()
        self._disturber = Disturber(
            [f"王{sign}" for sign in known["male"] + known["female"]], self._rng.randrange(2**31), rates
        )

    def row(self, row: Row) -> Row | None:
        """The row as it comes a second time; mostly None."""
        if self._rng.random() >= figure("sent_again"):
            return None
        born = row["出生日期"]
        said, _faults = self._disturber.copy(
            {"name": row["姓名"], "birth": f"{born[:4]}-{born[4:6]}-{born[6:]}"}
            | dict.fromkeys(("committee", "digits"))
        )
        return row | {"证件号码": "", "姓名": said["name"], "出生日期": said["birth"].replace("-", "")}
