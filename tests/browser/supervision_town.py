"""Homes of three districts under supervision, and a new one that nobody has inspected yet; no residents are needed."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.scoring import compute_sheets
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.actions import attach_post, register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.models import Inspector
from minzheng.kernel.monthend.models import MonthRun
from minzheng.simulation.supervision import prepare_supervision

DAY = date(2022, 7, 29)
NEW = "新办养老院"
_STREETS = ("310107014", "310107005", "310104014", "310104004", "310151101", "310151102")


def post_of(username: str) -> Post:
    return Post.objects.filter(official__user__username=username).order_by("pk")[0]


def home(number: int, street: str, name: str) -> Facility:
    return register_facility(
        code=f"EH-{street[:6]}-{number:04}", kind=KIND, name=name, during=DateRange(date(2020, 1, 1), None),
        division_code=street, address="示例路 1 号", source="合成数据（示意）",
    )  # fmt: skip


def build() -> None:
    """The demonstration's day, its accounts, its supervision, and a new home whose manager is `yuanzhang`."""
    with acting_as_service("demo"):
        MonthRun.objects.create(month=DAY.replace(day=1), attempt=1, on=DAY, state="done")
        create_demo_officials()
        for number, street in enumerate(_STREETS):
            home(number, street, f"{number}号养老院（示意）")
    prepare_supervision(on=DAY)
    with acting_as_service("demo"):
        new = home(99, "310107014", NEW)
        attach_post(post=post_of("yuanzhang"), facility=new)
        # The others of her department are away, so the draw falls on `jiancha`.
        Inspector.objects.filter(division_code="310107", department="civil_affairs", official=None).update(
            during=DateRange(date(2020, 1, 1), DAY)
        )
    with acting(post_of("quji")):
        compute_sheets(year=2021, division_code="310107", on=date(2022, 3, 1))
