"""A few facilities of two districts, inspectors of three departments, and two short check lists."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.uploads import keep_upload
from minzheng.kernel.facilities.models import Facility, FacilityPost
from minzheng.kernel.inspections.checklists import register_checklists
from minzheng.kernel.inspections.models import Inspector, Plan, Visit
from minzheng.kernel.inspections.planning import TargetIn, draft_plan, draw_plan, freeze_plan
from minzheng.kernel.inspections.visiting import answer_clause, begin_visit, finish_visit

KIND = "test_home"
ON = date(2022, 3, 1)
RULE = [
    {"risk": "A", "share": 50, "visits": 1, "source": "示例", "provenance": "illustrative"},
    {"risk": "B", "share": 100, "visits": 2, "source": "示例", "provenance": "illustrative"},
]
ALWAYS = DateRange(date(2020, 1, 1), None)


def png(number: int = 0) -> bytes:
    """A picture of one pixel; another number gives another file."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = bytes([0, number % 256, number // 256 % 256, 0])
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(pixel)) + part(b"IEND", b"")


def photo(number: int = 0) -> Upload:
    return keep_upload(content=png(number), name="照片.png", on=ON)


class World:
    """Two homes of 普陀 and one of 徐汇; `inspector` is drawn for every visit in 普陀 as the only one of her department."""

    def __init__(self) -> None:
        register_checklists(KIND, Path(__file__).parent / "checklists")
        self.inspector = make_post("inspector", "310107")
        self.other_inspector = make_post("inspector", "310107")
        self.district = make_post("district_reviewer", "310107")
        self.decider = make_post("district_reviewer", "310107")
        self.elsewhere = make_post("district_reviewer", "310104")
        self.manager = make_post("facility_manager", "310107")
        self.neighbour = make_post("facility_manager", "310107")
        with acting_as_service("test"):
            self.homes = [self.home(f"EH-310107-{n}", "310107014") for n in range(2)]
            self.far = self.home("EH-310104-0", "310104014")
            FacilityPost.objects.create(post=self.manager, facility=self.homes[0])
            FacilityPost.objects.create(post=self.neighbour, facility=self.homes[1])
            for code, department, post in (
                ("I1", "civil_affairs", self.inspector), ("I2", "fire", None), ("I3", "fire", None),
                ("I4", "market", None), ("I5", "market", None), ("I6", "civil_affairs", self.other_inspector),
            ):  # fmt: skip
                Inspector.objects.create(
                    code=code, name=f"检查{code}", department=department, division_code="310107", during=ALWAYS,
                    official=post and post.official,
                )  # fmt: skip

    def home(self, code: str, place: str) -> Facility:
        return Facility.objects.create(
            code=code, kind=KIND, name=f"{code} 养老院", division_code=place, during=ALWAYS, source="示例"
        )

    def plan(
        self, *, areas: tuple[str, ...] = ("fire", "food"), kind: str = "regular", seed: str = ""
    ) -> Plan:
        with acting(self.district):
            return draft_plan(
                title="2022年检查", kind=kind, facility_kind=KIND, division_code="310107", first_day=date(2022, 1, 1),
                last_day=date(2022, 12, 31), areas=areas, rule=RULE, on=ON, seed=seed,
            )  # fmt: skip

    def targets(self, risk: str = "B") -> list[TargetIn]:
        return [TargetIn(one, risk, "示例") for one in self.homes]

    def drawn(self, **told: Any) -> Plan:
        plan = self.plan(**told)
        with acting(self.district):
            freeze_plan(plan=plan, targets=self.targets(), on=ON)
            return draw_plan(plan=plan, on=ON)

    def visit(self, home: int = 0) -> tuple[Visit, Any]:
        """A planned visit of a home, and the post that may fill it in."""
        plan = self.drawn()
        with acting(self.district):
            visit = Visit.objects.filter(plan=plan, facility=self.homes[home], round=1).get()
            lead = visit.assignments.get(department="civil_affairs").inspector.official_id
        post = self.inspector if lead == self.inspector.official_id else self.other_inspector
        return visit, post

    def done_visit(
        self, *, faults: tuple[str, ...] = ("F1",), home: int = 0, on: date = date(2022, 12, 5)
    ) -> Visit:
        visit, post = self.visit(home)
        with acting(post):
            begin_visit(visit=visit, on=on)
            for clause in ("F1", "F2", "S1"):
                is_met = clause not in faults
                answer_clause(
                    visit=visit, clause=clause, result="met" if is_met else "not_met", text="" if is_met else "看到的情况",
                    photo=None if is_met else photo(1),
                )  # fmt: skip
            return finish_visit(visit=visit, on=on)
