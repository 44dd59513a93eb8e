"""The forms in which the eight offices send: encodings, sheets, titles, totals, and each one's way of writing a month."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, TextIO

from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import figure
from minzheng.simulation.economy import EMPLOYED
from minzheng.simulation.faults import SentAgain, number_in, spoil
from minzheng.simulation.identifiers import account_number
from minzheng.simulation.people import Household, Person
from minzheng.simulation.rosters import SHEETS, Entry

POPULATION, DEATHS, SOCIAL, ASSETS = (
    "公安_实有人口.csv",
    "卫健_死亡.csv",
    "人社_养老金就业.csv",
    "核对_家庭经济.jsonl",
)
DISABILITY, ROSTER, MEDICAL, SCHOOL = (
    "残联_残疾证.xlsx",
    "民政_在享名册.xlsx",
    "医保_自付费用.csv",
    "教育_在读.csv",
)
FILES = (POPULATION, DEATHS, SOCIAL, ASSETS, DISABILITY, ROSTER, MEDICAL, SCHOOL)

_KINDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_GRADES = ("一级", "二级", "三级", "四级")
_STAGES = ((3, "学前"), (6, "小学"), (12, "初中"), (15, "高中"), (18, "大学"), (22, ""))
_COLUMNS = {
    POPULATION: ("证件号码", "姓名", "性别", "民族", "出生日期", "户号", "与户主关系", "户籍区划代码", "居住区划代码",
                 "户籍类别", "迁入日期", "注销日期"),
    DEATHS: ("证件号码", "姓名", "死亡日期", "登记日期"),
    SOCIAL: ("证件号码", "月份", "养老金", "工资", "就业状态", "单位统一社会信用代码"),
    MEDICAL: ("证件号码", "近12个月自付(元)", "截止月份"),
    SCHOOL: ("证件号码", "学校", "学段", "学制年限", "入学日期"),
}  # fmt: skip
_ENCODINGS = {POPULATION: "gb18030", SOCIAL: "utf-8-sig"}


class OfficeFiles:
    """The eight files of one month, written row by row so that a city of any size fits; use as a context."""

    def __init__(self, folder: Path, *, on: date, rng: Random) -> None:
        self.folder, self.on, self.month, self._rng = folder, on, Month.of(on), rng
        self._stack = ExitStack()
        self._sheets: dict[str, Any] = {}
        self._counts: dict[str, int] = dict.fromkeys(SHEETS, 0)
        self._certificates = self._authorisations = 0
        # Nothing is drawn from `rng` for these rows, so that they leave all others as they are.
        self._again = SentAgain(str(rng.getstate()[1][:8]))

    def __enter__(self) -> OfficeFiles:
        opened: dict[str, TextIO] = {}
        for name in (*_COLUMNS, ASSETS):
            encoding = _ENCODINGS.get(name, "utf-8")
            # The population file is written by an office whose system knows no character beyond its own table.
            stream = (self.folder / name).open("w", encoding=encoding, newline="", errors="strict")
            opened[name] = self._stack.enter_context(stream)
        self._write: dict[str, Callable[[Sequence[Any]], Any]] = {}
        for name, columns in _COLUMNS.items():
            self._write[name] = csv.writer(opened[name], lineterminator="\r\n").writerow
            self._write[name](columns)
        self._assets = opened[ASSETS]
        self._disability = Workbook(write_only=True)
        self._holders = self._disability.create_sheet("名单")
        self._holders.merged_cells.ranges.add(CellRange("A1:G1"))
        self._holders.append([f"持证残疾人名册（截至{self.on.year}年{self.on.month}月）"])
        self._holders.append(["残疾证号", "姓名", "类别", "等级", "发证日期", "有效期至", "状态"])
        self._roster = Workbook(write_only=True)
        for name in SHEETS:
            self._sheets[name] = self._roster.create_sheet(name)
            self._sheets[name].append(
                ["序号", "证件号码", "姓名", "户号", "起始月份", "月标准（元）", "开户行", "账号"]
            )
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()
        if problem[0] is not None:
            for sheet in (self._holders, *self._sheets.values()):
                sheet.close()  # Each holds a temporary file until then.
        else:
            self._holders.append(
                ["合计", None, None, None, None, None, f"=COUNTA(B3:B{self._certificates + 2})"]
            )
            self._disability.save(self.folder / DISABILITY)
            self._roster.save(self.folder / ROSTER)

    def household(self, household: Household) -> None:
        """What the offices know of a household and its members, the roster apart."""
        for person in household.people:
            self._population(person, household)
            self._social(person)
            self._others(person)
        if household.assets is not None:
            asked_on = self.on - timedelta(days=self._rng.randrange(5, 120))
            record = {"户号": household.number, "查询日期": asked_on.isoformat(), **household.assets}
            record["授权书编号"] = f"SQ{self.on.year}{self._authorisations:06d}"
            self._authorisations += 1
            self._assets.write(json.dumps(record, ensure_ascii=False) + "\n")

    def recipient(self, sheet: str, entry: Entry) -> None:
        """One line of civil affairs' roster."""
        person, household, since, fen = entry
        self._counts[sheet] += 1
        start = self._month(since)
        yuan: Any = f"{fen / 100:,.2f}" if self._rng.random() < 0.1 or fen % 100 else fen // 100
        self._sheets[sheet].append([
            self._counts[sheet], number_in(person.number, self._rng), person.name, household.number, start, yuan,
            "上海农商银行", account_number(self._rng),
        ])  # fmt: skip

    def _population(self, person: Person, household: Household) -> None:
        knows_death = person.died is not None and self._rng.random() < 0.6
        gone = min(person.died + timedelta(days=15), self.on) if person.died and knows_death else None
        row = {
            "证件号码": person.number,
            "姓名": person.name,
            "性别": "男" if person.sex == 1 else "女",
            "民族": person.ethnicity,
            "出生日期": f"{person.born:%Y%m%d}",
            "户号": household.number,
            "与户主关系": person.relation,
            "户籍区划代码": person.hukou,
            "居住区划代码": person.home,
            "户籍类别": "本市" if person.is_local else "外省市",
            "迁入日期": f"{person.moved_in:%Y%m%d}" if person.moved_in else "",
            "注销日期": f"{gone:%Y%m%d}" if gone else "",
        }
        for spoilt in spoil(row, self._rng):
            self._write[POPULATION](list(spoilt.values()))
        if person.died is None and (again := self._again.row(row)):
            self._write[POPULATION](list(again.values()))

    def _social(self, person: Person) -> None:
        """Two months of pension or wage; whoever died before a month is not in it."""
        if not person.employment:
            return
        for month in (self.month - 1, self.month):
            if person.died is not None and Month.of(person.died) < month:
                continue
            self._write[SOCIAL]([
                number_in(person.number, self._rng), self._month(month), self._yuan(person.pension),
                self._yuan(person.wage), person.employment, person.employer if person.employment == EMPLOYED else "",
            ])  # fmt: skip

    def _others(self, person: Person) -> None:
        rng = self._rng
        if person.died is not None:
            registered = min(person.died + timedelta(days=rng.choice((0, 1, 1, 2, 2, 5, 40))), self.on)
            self._write[DEATHS]([number_in(person.number, rng), person.name, person.died, registered])
        if person.disability is not None:
            self._certificate(person, *person.disability)
        if rng.random() < figure("medical_spenders"):
            spent = int(rng.lognormvariate(9.0, 0.8))
            self._write[MEDICAL]([number_in(person.number, rng), spent, str(self.month)])
        age = person.age(self.on)
        stage = next((name for start, name in reversed(_STAGES) if age >= start), "")
        if stage and (stage != "大学" or not person.employment) and rng.random() < figure("schooling"):
            years = {"学前": 3, "小学": 5, "初中": 4, "高中": 3, "大学": 4}[stage]
            begun = date(self.on.year - 1 - rng.randrange(years), 9, 1)
            self._write[SCHOOL](
                [number_in(person.number, rng), "示例学校", stage, years, max(begun, person.born)]
            )

    def _certificate(self, person: Person, kind: int, grade: int) -> None:
        self._certificates += 1
        issued = max(person.born, self.on - timedelta(days=self._rng.randrange(100, 3500)))
        until = issued.replace(year=issued.year + 10, day=min(issued.day, 28))
        valid = "注销" if person.died is not None and self._rng.random() < 0.3 else "有效"
        self._holders.append([
            f"{person.number}{kind}{grade}", person.name, _KINDS[kind - 1], _GRADES[grade - 1],
            issued if self._rng.random() < 0.4 else issued.isoformat(), f"{until:%Y/%m/%d}", valid,
        ])  # fmt: skip

    def _month(self, month: Month) -> str:
        ways = (month.chinese, month.chinese, str(month), str(month).replace("-", ""))
        return self._rng.choice(ways)

    def _yuan(self, amount: int) -> str:
        if not amount:
            return ""
        return f"{amount:,.2f}" if self._rng.random() < 0.1 else str(amount)
