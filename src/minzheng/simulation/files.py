"""The forms in which the eight offices send: encodings, sheets, titles, totals, and each one's way of writing a month."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, TextIO

from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from minzheng.kernel.periods import Month
from minzheng.simulation.faults import SentAgain, number_in, spoil
from minzheng.simulation.population.drawing import Population
from minzheng.simulation.population.rosters import LIVING, SHEETS

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
_STAGES = {1: ("学前", 3), 2: ("小学", 5), 3: ("初中", 4), 4: ("高中", 3), 5: ("大学", 4)}
_RELATIONS = {1: "户主", 2: "配偶", 3: "子女", 4: "父母", 9: "其他"}
_EMPLOYMENT = {1: "在职", 2: "失业", 3: "退休"}
BANK = "上海农商银行"
Record = dict[str, Any]
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
    """The eight files of one month, written row by row; use as a context.

    Args:
        faults: whether rows have the faults that such files have now and then.
    """

    def __init__(self, folder: Path, *, on: date, rng: Random, faults: bool = True) -> None:
        self.folder, self.on, self.month, self._rng, self._has_faults = folder, on, Month.of(on), rng, faults
        self._stack = ExitStack()
        self._sheets: dict[str, Any] = {}
        self.counts: dict[str, int] = dict.fromkeys(SHEETS, 0)
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

    def write(self, population: Population) -> None:
        """What the offices know of everybody; recognition of low income is civil affairs' own and in no file."""
        for person in population.persons.iter_rows(named=True):
            self._population(person)
            self._social(person)
            self._others(person)
        checked = population.households.filter(population.households["checked_on"].is_not_null())
        for household in checked.iter_rows(named=True):
            self._checked(household)
        people = population.persons.select(
            "person", "number", "name", "household_number", "account", "is_low_income"
        )
        listed = population.roster.join(people, on="person", maintain_order="left")
        for entry in listed.iter_rows(named=True):
            if not (entry["sheet"] == LIVING and entry["is_low_income"]):
                self._recipient(entry)

    def _checked(self, household: Record) -> None:
        told = {
            "货币财产": household["money_assets"],
            "住房套数": household["homes"],
            "非居住房产": household["non_residential"],
            "机动车": household["vehicles"],
            "授权书编号": f"SQ{self.on.year}{self._authorisations:06d}",
        }
        record = {
            "户号": household["household_number"],
            "查询日期": household["checked_on"].isoformat(),
            **told,
        }
        self._authorisations += 1
        self._assets.write(json.dumps(record, ensure_ascii=False) + "\n")

    def _recipient(self, entry: Record) -> None:
        """One line of civil affairs' roster."""
        sheet, fen = entry["sheet"], entry["fen"]
        self.counts[sheet] += 1
        start = self._month(Month.of(entry["start"]))
        yuan: Any = f"{fen / 100:,.2f}" if self._rng.random() < 0.1 or fen % 100 else fen // 100
        self._sheets[sheet].append([
            self.counts[sheet], self._number(entry), entry["name"], entry["household_number"], start, yuan, BANK,
            entry["account"],
        ])  # fmt: skip

    def _number(self, person: Record) -> str:
        return number_in(person["number"], self._rng) if self._has_faults else str(person["number"])

    def _population(self, person: Record) -> None:
        row = {
            "证件号码": person["number"],
            "姓名": person["name"],
            "性别": "男" if person["is_man"] else "女",
            "民族": person["ethnicity"],
            "出生日期": f"{person['born']:%Y%m%d}",
            "户号": person["household_number"],
            "与户主关系": _RELATIONS[person["relation"]],
            "户籍区划代码": person["hukou"],
            "居住区划代码": person["home"],
            "户籍类别": "本市" if person["is_local"] else "外省市",
            "迁入日期": f"{person['moved_in']:%Y%m%d}" if person["moved_in"] else "",
            "注销日期": f"{person['struck_on']:%Y%m%d}" if person["struck_on"] else "",
        }
        for spoilt in spoil(row, self._rng) if self._has_faults else [row]:
            self._write[POPULATION](list(spoilt.values()))
        if self._has_faults and person["died"] is None and (again := self._again.row(row)):
            self._write[POPULATION](list(again.values()))

    def _social(self, person: Record) -> None:
        """Two months of pension or wage; whoever died before a month is not in it."""
        if not person["employment"]:
            return
        for month in (self.month - 1, self.month):
            if person["died"] is not None and Month.of(person["died"]) < month:
                continue
            self._write[SOCIAL]([
                self._number(person), self._month(month), self._yuan(person["pension"]), self._yuan(person["wage"]),
                _EMPLOYMENT[person["employment"]], person["employer"] or "",
            ])  # fmt: skip

    def _others(self, person: Record) -> None:
        if person["died"] is not None:
            told = [self._number(person), person["name"], person["died"], person["death_registered_on"]]
            self._write[DEATHS](told)
        if person["disability_grade"]:
            self._certificate(person)
        if person["medical_spending"] is not None:
            self._write[MEDICAL]([self._number(person), person["medical_spending"], str(self.month)])
        if person["school_stage"]:
            stage, years = _STAGES[person["school_stage"]]
            self._write[SCHOOL]([self._number(person), "示例学校", stage, years, person["enrolled_on"]])

    def _certificate(self, person: Record) -> None:
        self._certificates += 1
        kind, grade, issued = person["disability_kind"], person["disability_grade"], person["certificate_on"]
        self._holders.append([
            f"{person['number']}{kind}{grade}", person["name"], _KINDS[kind - 1], _GRADES[grade - 1],
            issued if self._rng.random() < 0.4 else issued.isoformat(), f"{person['certificate_until']:%Y/%m/%d}",
            "注销" if person["is_cancelled"] else "有效",
        ])  # fmt: skip

    def _month(self, month: Month) -> str:
        ways = (month.chinese, month.chinese, str(month), str(month).replace("-", ""))
        return self._rng.choice(ways)

    def _yuan(self, amount: int) -> str:
        if not amount:
            return ""
        return f"{amount:,.2f}" if self._rng.random() < 0.1 else str(amount)
