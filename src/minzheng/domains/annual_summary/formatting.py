"""Numbers as officials print them (数字写法): 16.75万人, 66.98亿元, 9.7%, 600多件; what is lost of a number is declared beside it.

A form is written behind the figure's name: the unit (万人, 亿元, %, 对, 日, 年, 号), decimals, `truncate` (舍尾) where it is not rounded, and for
a lower bound one of 多, 余, 超. A number too small for its unit steps down (0.72亿元 is printed 7188万元), so it never comes out as
nothing; a zero at the end is not printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from minzheng.domains.annual_summary.errors import SummaryRefused

COUNTERS = ("人次", "人", "名", "户", "对", "件", "个", "张", "次", "项", "家", "处", "笔", "轮", "天")
_SCALES = (("亿", Decimal(10**8)), ("万", Decimal(10**4)), ("", Decimal(1)))
_BOUNDS = ("多", "余", "超")
_OWN = {"%": "%", "date": "日", "year": "年", "year_range": "年", "serial_in_year": "号"}
"""Units that are printed in one way alone."""
_USUAL = {**_OWN, "fen": "亿元,2", "fen_per_month": "元", "%": "%,2", "persons": "人", "people": "人", "households": "户", "cases": "件",
          "beds": "张", "items": "项", "schemes": "项", "times": "次", "offers": "次", "pairs": "对", "organisations": "家", "days": "天",
          "assessments": "人次", "payments": "笔", "rounds": "轮"}  # fmt: skip
_MOST_DECIMALS = 4
Value = int | float | date | str


@dataclass(frozen=True, slots=True)
class Form:
    """How one number is printed.

    `unit` is 元, %, 日, 年, 号 or a counter; `scale` the largest of 亿, 万 and "" it is printed in; negative `decimals` are whole tens and
    hundreds (-2: 600). `bound` is the word of a lower bound, which is never above the value.
    """

    unit: str
    scale: str = ""
    decimals: int = 0
    truncates: bool = False
    bound: str = ""

    @property
    def declared(self) -> str:
        """What is lost of the number, in words."""
        if self.unit in ("日", "年"):
            return {"日": "日期", "年": "年份"}[self.unit]
        step = f"{Decimal(10) ** self.decimals:f}" if self.decimals < 0 else ""
        whole = f"{-self.decimals}位整数" if step else f"{self.decimals}位小数" if self.decimals else "整数"
        return f"{self.scale}{self.unit}，{whole}，{'舍尾' if self.truncates else '四舍五入'}"


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, the number that the text says, and the step it was cut to, both in the figure's unit."""

    text: str
    number: Decimal
    step: Decimal


def parse_form(text: str) -> Form:
    """Reads a form such as `亿元,2,truncate`, `件,-2,多`, `%,1`, `日`.

    Raises:
        SummaryRefused: the form is not understood.
    """
    words = [word.strip() for word in text.replace("，", ",").split(",")]
    scale = next((name for name, _size in _SCALES if name and words[0].startswith(name)), "")
    unit = words[0].removeprefix(scale)
    if unit not in ("元", *_OWN.values(), *COUNTERS) or (scale and unit in _OWN.values()):
        raise SummaryRefused(
            f"不认识的单位“{words[0]}”，应为 元、万元、亿元、%、日、年、号或量词（{'、'.join(COUNTERS)}），量词前可加万、亿 / "
            f"no such unit; write for instance 亿元 or 万人"
        )
    decimals, truncates, bound = 2 if unit == "元" and not scale else 0, False, ""
    for word in words[1:]:
        if word.lstrip("-").isdecimal() and -_MOST_DECIMALS <= int(word) <= _MOST_DECIMALS:
            decimals = int(word)
        elif word in ("truncate", "round"):
            truncates = word == "truncate"
        elif word in _BOUNDS:
            bound = word
        else:
            raise SummaryRefused(
                f"写法“{text}”中“{word}”不可识别，应为小数位数（−4 至 4）、round、truncate 或 多、余、超 / "
                f"this part of the form is not known"
            )
    return Form(unit, scale, decimals, truncates or bool(bound), bound)


def usual_form(unit: str) -> str:
    """The form that a figure of this unit is offered in, to be changed by who writes.

    >>> usual_form("fen"), usual_form("persons"), usual_form("对"), usual_form("facilities")
    ('亿元,2', '人', '对', '个')
    """
    return _USUAL.get(unit, unit if unit in COUNTERS else "个")


def suits(form: Form, unit: str) -> bool:
    """Whether a form can print a figure of this unit: money as 元, a share as %, a day as 日, years as 年, all else by its counter."""
    own = "元" if unit.startswith("fen") else _OWN.get(unit)
    return form.unit == own if own else form.unit in COUNTERS


def write(form: Form, value: Value) -> Printed:
    """A figure's value (count, whole fen, percent, day or years) as its form prints it.

    >>> write(parse_form("亿元,2"), 669_800_000_000).text, write(parse_form("万人,2"), 167_512).text
    ('66.98亿元', '16.75万人')
    >>> write(parse_form("件,-2,多"), 678).text, write(parse_form("件,-2,多"), 600).text
    ('600多件', '600件')
    >>> write(parse_form("年"), "2022/2035").text, write(parse_form("号"), 2).text
    ('2022—2035年', '2号')
    """
    if isinstance(value, date):
        return Printed(f"{value.year}年{value.month}月{value.day}日", Decimal(value.toordinal()), Decimal(0))
    if isinstance(value, str):
        return Printed(f"{value.replace('/', '—')}年", Decimal(value[:4]), Decimal(0))
    per_unit = Decimal(100) if form.unit == "元" else Decimal(1)
    exact = Decimal(value) / per_unit
    scale, size, shown, step = _cut(form, exact)
    number = shown * size * per_unit
    digits = f"{shown:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    is_less = form.bound and shown * size < exact
    before, after = ("超", "") if is_less and form.bound == "超" else ("", form.bound if is_less else "")
    # 16.7万多人 and 600多件: the word stands behind the number and before what is counted.
    return Printed(f"{before}{digits}{scale}{after}{form.unit}", number, step * per_unit)


def _cut(form: Form, exact: Decimal) -> tuple[str, Decimal, Decimal, Decimal]:
    """Scale, its size, the digits in it and the step in units: the largest scale in which the number is at least one."""
    allowed = [one for one in _SCALES if one[0] == form.scale or one[1] < dict(_SCALES)[form.scale]]
    for scale, size in allowed:
        decimals = form.decimals if scale == form.scale else _below(form, scale)
        shown = _rounded(exact / size, decimals, form.truncates)
        if abs(shown) >= 1 or scale == "":
            break
    # Hundreds of a number below a hundred would be nothing: then it is printed whole.
    if shown == 0 and exact != 0 and decimals < 0:
        decimals, shown = 0, _rounded(exact, 0, form.truncates)
    if shown == 0 and exact != 0 and decimals < 2 and form.unit in ("元", "%"):
        decimals, shown = 2, _rounded(exact, 2, form.truncates)
    return scale, size, shown, Decimal(1).scaleb(-decimals) * size


def _below(form: Form, scale: str) -> int:
    """Decimals in a scale below the form's own: sums of money are told to the yuan, people whole."""
    return max(form.decimals, 0) if scale else 0


def _rounded(value: Decimal, decimals: int, truncates: bool) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN if truncates else ROUND_HALF_UP) + 0
