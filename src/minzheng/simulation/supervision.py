"""Supervision of the synthetic homes: a drawn plan, the "1+6" campaign in full swing, last year's credit levels.

What officials of the demonstration do themselves passes the public actions; the many visits of other districts are written in
bulk, as those actions would have left them. Everything is made up and says so.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.campaigns import open_campaign
from minzheng.domains.eldercare_supervision.credit import decide_due, publish_sheet
from minzheng.domains.eldercare_supervision.levels import everybody_once, plan_rule, targets
from minzheng.domains.eldercare_supervision.models import Grading, ScoreSheet
from minzheng.domains.eldercare_supervision.scoring import compute_sheets
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.uploads import keep_upload
from minzheng.kernel.facilities.models import Facility, FacilityPost
from minzheng.kernel.inspections.checklists import CheckList, Clause, checklists
from minzheng.kernel.inspections.models import (
    Answer,
    AreaResult,
    Assignment,
    Complaint,
    Finding,
    Inspector,
    Plan,
    Recheck,
    Rectification,
    Visit,
)
from minzheng.kernel.inspections.planning import draft_plan, draw_plan, freeze_plan
from minzheng.kernel.inspections.visiting import deadlines_from

Watcher = Callable[[str, str], None]
SEED = 20220816
DISTRICT = "310107"
CAMPAIGN, CAMPAIGN_TITLE = "1+6-2022", "养老机构监管“1+6”专项行动"
CAMPAIGN_SOURCE = "上海市民政局 2022 年度工作总结；第六领域和“1”的含义未见文件"
DEPARTMENTS = ("civil_affairs", "fire", "market", "housing", "health", "police")
_STATEMENTS = ("现场查看与要求不符，已向机构当面指出（示意）", "抽查记录不全（示意）", "现场拍照取证（示意）")


def prepare_supervision(*, on: date, watch: Watcher = lambda _step, _detail: None) -> int:
    """Supervision as it stands on a day; what is there already stays. Returns how many visits there are."""
    with acting_as_service("demo"):
        if Plan.objects.exists():
            watch("监督检查", "此前已就绪")
            return Visit.objects.count()
        homes = list(Facility.objects.filter(kind=KIND, during__contains=on).order_by("code"))
        if not homes:
            watch("监督检查", "没有养老院，未生成")
            return 0
        photo = keep_upload(content=picture(), name="现场照片（示意）.png", on=on)
        inspectors = _inspectors(homes)
        _last_year(homes, inspectors, photo, on.year - 1)
    _campaign(homes, inspectors, photo, on)
    _credit(on)
    with acting(_post("quji")):
        for title, kind, rule in (
            (f"{on.year} 年普陀区养老机构综合检查", "regular", plan_rule(on=on)),
            (f"{CAMPAIGN_TITLE}（普陀区）", CAMPAIGN, everybody_once(on=on)),
        ):
            plan = draft_plan(
                title=title, kind=kind, facility_kind=KIND, division_code=DISTRICT, first_day=on.replace(day=1),
                last_day=date(on.year, 12, 31), areas=list(checklists(KIND)), rule=rule, on=on,
                reasons="合成数据（示意）", seed=f"{SEED}-{kind}",
            )  # fmt: skip
            freeze_plan(plan=plan, targets=targets(within=DISTRICT, on=on), on=on)
            draw_plan(plan=plan, on=on)
    with acting_as_service("demo"):
        count = Visit.objects.count()
        watch(
            "监督检查",
            f"{count} 次检查，{Finding.objects.count()} 个问题，{ScoreSheet.objects.count()} 份信用评价（示意）",
        )
    return count


def _post(username: str) -> Post:
    return Post.objects.filter(official__user__username=username).order_by("pk")[0]


def picture() -> bytes:
    """A grey picture of 64 by 48."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\x00" + bytes(150 + (x + y) % 60 for x in range(64)) for y in range(48))
    head = part(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")


def _inspectors(homes: list[Facility]) -> dict[str, list[Inspector]]:
    """Three of each department in every district; two of 普陀 have accounts. Returned by district."""
    accounts = {"civil_affairs": "jiancha", "fire": "jianchafu"}
    rows = []
    for district in sorted({home.division_code[:6] for home in homes}):
        for department in DEPARTMENTS:
            for number in range(1, 4):
                has_account = district == DISTRICT and number == 1 and department in accounts
                post = _post(accounts[department]) if has_account else None
                rows.append(
                    Inspector(
                        code=f"{district}-{department}-{number}", department=department, division_code=district,
                        name=post.official.name if post else f"检查员{number}（示意）", official=post.official if post else None,
                        during=DateRange(date(2020, 1, 1), None),
                    )
                )  # fmt: skip
    made: dict[str, list[Inspector]] = {}
    for one in Inspector.objects.bulk_create(rows):
        made.setdefault(one.division_code, []).append(one)
    return made


class _Done:
    """Visits that were made, gathered and written together."""

    def __init__(self, photo: Upload) -> None:
        self.photo, self.by = photo, _post("jiancha").official_id
        self.visits: list[Visit] = []
        self.answers: list[list[tuple[CheckList, Clause, bool]]] = []

    def add(self, home: Facility, kind: str, title: str, areas: list[CheckList], day: date, draw: Random, fault: float) -> None:  # fmt: skip
        self.visits.append(
            Visit(
                title=title, kind=kind, facility=home, division_code=home.division_code, areas=[one.area for one in areas],
                due_from=day.replace(day=1), due_to=day, state="done", began_on=day, done_on=day,
            )
        )  # fmt: skip
        self.answers.append([(one, clause, draw.random() < fault) for one in areas for clause in one.clauses])

    def write(self, inspectors: dict[str, list[Inspector]], on: date) -> None:
        made = list(zip(Visit.objects.bulk_create(self.visits), self.answers, strict=True))
        common = [
            (
                visit,
                {"visit": visit, "facility_id": visit.facility_id, "division_code": visit.division_code},
                rows,
            )
            for visit, rows in made
        ]
        Assignment.objects.bulk_create(
            Assignment(**same, inspector=one, department=one.department)
            for visit, same, _rows in common
            for one in inspectors[visit.division_code[:6]]
            if one.code.endswith("-2")
        )
        Answer.objects.bulk_create(
            Answer(
                **same, area=listed.area, clause=clause.code, version=listed.version, by_id=self.by,
                result="not_met" if is_fault else "met", text=_STATEMENTS[0] if is_fault else "",
                photo=self.photo if is_fault else None,
            )
            for _visit, same, rows in common
            for listed, clause, is_fault in rows
        )  # fmt: skip
        AreaResult.objects.bulk_create(self._results(common))
        found = Finding.objects.bulk_create(self._findings(common, on))
        closed = [one for one in found if one.state == "closed"]
        Rectification.objects.bulk_create(
            Rectification(finding=one, facility_id=one.facility_id, division_code=one.division_code, text="已整改（示意）",
                          upload=self.photo, on=one.closed_on or one.found_on, by="机构负责人（示意）")
            for one in found if one.state != "open"
        )  # fmt: skip
        Recheck.objects.bulk_create(
            Recheck(finding=one, facility_id=one.facility_id, division_code=one.division_code, has_passed=True,
                    text="复查合格（示意）", photo=self.photo, on=one.closed_on or one.found_on, by_id=self.by)
            for one in closed
        )  # fmt: skip

    def _results(self, common: list) -> Iterator[AreaResult]:  # type: ignore[type-arg]
        for visit, same, rows in common:
            for area in visit.areas:
                own = [is_fault for listed, _clause, is_fault in rows if listed.area == area]
                listed = next(one for one, _clause, _fault in rows if one.area == area)
                yield AreaResult(
                    **same, kind=visit.kind, area=area, department=listed.department, met=own.count(False),
                    not_met=own.count(True), not_applicable=0, done_on=visit.done_on,
                )  # fmt: skip

    def _findings(self, common: list, on: date) -> Iterator[Finding]:  # type: ignore[type-arg]
        for visit, same, rows in common:
            deadlines = deadlines_from(visit.done_on)
            draw = Random(f"{SEED} {visit.facility_id} {visit.done_on}")
            for listed, clause, is_fault in rows:
                if not is_fault:
                    continue
                # Most are closed in time, some wait for the re-check, a few run over their deadline.
                closed_on = visit.done_on + timedelta(days=draw.randint(2, 12))
                is_closed = closed_on <= on and draw.random() < 0.75
                yield Finding(
                    **same, kind=visit.kind, area=listed.area, clause=clause.code, clause_text=clause.text,
                    source=clause.source, severity=clause.severity, points=clause.points, department=listed.department,
                    text=draw.choice(_STATEMENTS), photo=self.photo, found_on=visit.done_on,
                    deadline=deadlines[clause.severity], state="closed" if is_closed else "open",
                    closed_on=closed_on if is_closed else None,
                )  # fmt: skip


def _last_year(
    homes: list[Facility], inspectors: dict[str, list[Inspector]], photo: Upload, year: int
) -> None:
    """What last year's levels rest on: one visit of each home, grades of some, complaints about a few."""
    done, lists = _Done(photo), list(checklists(KIND).values())
    gradings, complaints = [], []
    for home in homes:
        draw = Random(f"{SEED} {home.code} {year}")
        if home.during.lower.year >= year:
            continue
        careless = draw.choice((0.02, 0.05, 0.1, 0.25))
        day = date(year, draw.randint(3, 11), draw.randint(1, 28))
        done.add(home, "regular", f"{year} 年养老机构综合检查", lists, day, draw, careless)
        if draw.random() < 0.6:
            gradings.append(
                Grading(facility=home, division_code=home.division_code, grade=draw.randint(1, 4), decided_on=date(year - 1, 9, 1),
                        until=date(year + 3, 8, 31), source="合成数据（示意）")
            )  # fmt: skip
        if draw.random() < 0.2:
            on = date(year, draw.randint(2, 11), 15)
            complaints.append(
                Complaint(facility=home, division_code=home.division_code, received_on=on, channel="12345 热线", area="food",
                          text="反映伙食质量（示意）", is_verified=True, verified_on=on + timedelta(days=10))
            )  # fmt: skip
    done.write(inspectors, date(year, 12, 31))
    Grading.objects.bulk_create(gradings)
    Complaint.objects.bulk_create(complaints)


def _campaign(homes: list[Facility], inspectors: dict[str, list[Inspector]], photo: Upload, on: date) -> None:
    """The city opens the campaign; most homes of other districts have results, some in all areas and some in a few."""
    with acting(_post("shizheng")):
        open_campaign(
            code=CAMPAIGN, title=CAMPAIGN_TITLE, division_code="310000", first_day=date(on.year, 6, 1),
            last_day=date(on.year, 12, 31), areas=list(checklists(KIND)), source=CAMPAIGN_SOURCE, provenance="seed",
        )  # fmt: skip
    lists = list(checklists(KIND).values())
    with acting_as_service("demo"):
        managed = (
            FacilityPost.objects.filter(facility__kind=KIND).values_list("facility_id", flat=True).first()
        )
        done = _Done(photo)
        for home in homes:
            draw = Random(f"{SEED} {home.code} {CAMPAIGN}")
            day = on - timedelta(days=draw.randint(3, 50))
            if home.pk == managed:
                done.add(home, CAMPAIGN, CAMPAIGN_TITLE, lists, on - timedelta(days=25), draw, 0.3)
            elif home.division_code[:6] != DISTRICT and draw.random() < 0.8:
                areas = lists if draw.random() < 0.7 else lists[: draw.randint(2, 5)]
                done.add(home, CAMPAIGN, CAMPAIGN_TITLE, areas, day, draw, draw.choice((0.02, 0.08, 0.15)))
        done.write(inspectors, on)


def _credit(on: date) -> None:
    """Last year's levels: 普陀 told its homes today, the other districts have decided and published theirs."""
    year = on.year - 1
    with acting(_post("quji")):
        compute_sheets(year=year, division_code=DISTRICT, on=on)
    with acting(_post("shizheng")):
        compute_sheets(year=year, division_code="310000", on=date(on.year, 3, 1))
        decide_due(division_code="310000", on=date(on.year, 4, 6))
        for sheet in ScoreSheet.objects.filter(state="decided").select_related("facility")[:400]:
            publish_sheet(sheet=sheet, on=date(on.year, 4, 11))
