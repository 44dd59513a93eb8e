"""Workers and where they work (用工登记): hired by name and number, moved from post to post, certified, insured, gone."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_workforce import kinds
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import Certificate, Employment, InsuranceMonth, Worker
from minzheng.kernel.access import may, require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.people.identifiers import mask, parse_citizen
from minzheng.kernel.stays.queries import find_person


@dataclass(frozen=True, slots=True)
class Job:
    """What somebody is hired for: a post of `kinds.POSTS`, full or part time, the number of the contract."""

    post: str
    contract: str
    is_full: bool = True


def hash_of(number: str) -> str:
    """The keyed hash under which a number is kept; without the installation's key it tells nothing."""
    key = hashlib.sha256(b"eldercare_workforce.worker" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def hire(
    *,
    facility: Facility,
    name: str,
    number: str,
    job: Job,
    on: date,
    degree: str = "",
    degree_paper: str = "",
) -> Employment:
    """Enters a worker's employment from a day (登记用工); who is known by the number is the same worker everywhere.

    Raises:
        WorkforceRefused: the number is wrong or belongs to another name, the worker has a full employment anywhere in the
            city or any at this facility, or a degree comes without its paper.
    """
    require("workforce.edit")
    told = parse_citizen(number, on=on)
    if not told.is_valid:
        raise WorkforceRefused(
            f"身份证号码：{told.errors[0].advice} / the identity number is not valid; check the card"
        )
    _require(job.post in kinds.POSTS, f"岗位“{job.post}”不在列表中 / no such post")
    _require(bool(job.contract.strip()), "请填写劳动合同编号 / give the number of the labour contract")
    worker_id = _worker_of(name.strip(), told.value)
    if worker_id is None:
        raise WorkforceRefused(
            "该身份证号码已以另一姓名登记，请核对证件 / the number is known under another name; check the card"
        )
    try:
        with transaction.atomic():
            made = Employment.objects.create(
                worker_id=worker_id, facility=facility, post=job.post, is_full=job.is_full,
                contract_number=job.contract.strip(), during=DateRange(on, None),
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused(
            f"{name} 在 {on} 或之后已有在职登记（本机构或其他机构的全日制用工），须先办理离职 / the worker is employed already, "
            "here or full time elsewhere; that employment must end first"
        ) from fault
    _trace("workforce.hire", made, post=job.post, full=job.is_full)
    if degree and degree != kinds.NO_DEGREE:
        record_degree(worker=made.worker, degree=degree, paper=degree_paper)
    return made


@transaction.atomic
def record_degree(*, worker: Worker, degree: str, paper: str) -> Worker:
    """Keeps the highest degree with the number of its paper (登记学历)."""
    require("workforce.edit")
    _require(degree in kinds.DEGREES, f"学历“{degree}”不在列表中 / no such degree")
    _require(bool(paper.strip()), "请填写学历证书编号 / give the number of the diploma")
    worker.degree, worker.degree_paper = degree, paper.strip()
    worker.save(update_fields=["degree", "degree_paper"])
    record("workforce.record_degree", subject=f"worker:{worker.pk}", detail={"degree": degree})
    return worker


@transaction.atomic
def end_employment(*, employment: Employment, on: date, because: str) -> Employment:
    """`on` is the first day without the employment (离职).

    Raises:
        WorkforceRefused: it has ended already, or the day is not after its first.
    """
    require("workforce.edit")
    found = Employment.objects.select_for_update().filter(pk=employment.pk).first()
    if found is None or found.during.upper is not None:
        raise WorkforceRefused("该用工已结束，请刷新 / the employment has ended already; reload the page")
    _require(
        on > found.during.lower,
        f"离职之日 {on} 须晚于入职之日 {found.during.lower} / the end comes after the first day",
    )
    _require(because in kinds.ENDS, "请选择离职原因 / say why it ends")
    found.during, found.ended_because = DateRange(found.during.lower, on), because
    found.save(update_fields=["during", "ended_because"])
    _trace("workforce.end", found, because=because, on=str(on))
    return found


@transaction.atomic
def record_certificate(
    *, employment: Employment, level: int, number: str, issued_on: date, on: date
) -> Certificate:
    """Books a certificate that the worker shows on paper (登记证书)."""
    require("workforce.edit")
    _require(level in kinds.LEVELS, f"技能等级 {level} 应为 1 至 5 / a skill level is 1 to 5")
    _require(issued_on <= on, f"发证日期 {issued_on} 晚于今天 / the certificate is dated in the future")
    _require(bool(number.strip()), "请填写证书编号 / give the number of the certificate")
    try:
        with transaction.atomic():
            made = Certificate.objects.create(
                worker_id=employment.worker_id, facility_id=employment.facility_id,
                division_code=employment.division_code, level=level, number=number.strip(), issued_on=issued_on,
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused(
            f"证书编号 {number} 已登记，请核对 / the certificate {number} is booked already"
        ) from fault
    _trace("workforce.record_certificate", employment, level=level, number=made.number)
    return made


@transaction.atomic
def take_insurance(*, rows: Iterable[tuple[int, Facility, date]], source: str) -> int:
    """Takes over months of social insurance (社保缴费) as (worker, facility, first day of the month); known ones stay.

    Returns:
        How many rows were told.

    Raises:
        WorkforceRefused: a facility may not tell them of itself, or a month does not begin on its first day.
    """
    _require_official()
    made = []
    for at, (worker, facility, month) in enumerate(rows, 1):
        _require(
            month.day == 1,
            f"第 {at} 行月份 {month} 应为当月 1 日 / row {at}: a month is given by its first day",
        )
        made.append(
            InsuranceMonth(
                worker_id=worker,
                facility=facility,
                division_code=facility.division_code,
                month=month,
                source=source,
            )
        )
    InsuranceMonth.objects.bulk_create(made, batch_size=2000, ignore_conflicts=True)
    record(
        "workforce.take_insurance",
        subject=f"insurance:{len(made)}",
        detail={"count": len(made), "source": source},
    )
    return len(made)


@transaction.atomic
def strike_insurance(*, row: InsuranceMonth, because: str) -> InsuranceMonth:
    """A month that was told wrongly no longer counts (更正缴费记录); it stays readable with the reason."""
    _require_official()
    _require(len(because.strip()) >= 4, "请写明更正理由 / say why the month does not count")
    row.struck_because = because.strip()
    row.save(update_fields=["struck_because"])
    record(
        "workforce.strike_insurance", subject=f"insurance:{row.pk}", reason=row.struck_because,
        division_code=row.division_code, detail={"worker": row.worker_id, "month": str(row.month)},
    )  # fmt: skip
    return row


def _worker_of(name: str, number: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workforce_worker_of(%s, %s, %s, %s)",
            [name, hash_of(number), mask(number), find_person(number=number, name=name)],
        )
        found: int | None = cursor.fetchone()[0]
        return found


def _require_official() -> None:
    """The service brings the file of another office, officials correct it; a facility does neither."""
    require("workforce.edit" if may("workforce.edit") else "workforce.decide")
    _require(
        my_facility() is None,
        "缴费记录由民政部门接收，机构不能自行登记 / insurance is not told by the facility",
    )


def _require(holds: bool, words: str) -> None:
    if not holds:
        raise WorkforceRefused(words)


def _trace(act: str, row: Employment, **detail: object) -> None:
    record(
        act, subject=f"employment:{row.pk}", division_code=row.division_code,
        detail={"facility": row.facility_id, "worker": row.worker_id, **detail},
    )  # fmt: skip
