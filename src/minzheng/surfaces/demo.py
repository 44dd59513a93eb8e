"""Synthetic residents who may sign in to the demonstration, each standing for one situation."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_noop

from minzheng.kernel.access.actions import AccessRefused, open_resident_account
from minzheng.kernel.access.demo import PASSWORD
from minzheng.kernel.access.models import ResidentAccount
from minzheng.kernel.awards.models import Award
from minzheng.kernel.outreach.models import Finding, Kind, Lead, Notice, NoticeState
from minzheng.kernel.people.models import Fact, Membership, Person, Role
from minzheng.kernel.stays.models_waiting import Offer, Waiting


@dataclass(frozen=True)
class DemoResident:
    """One resident's account, as the start page and the command print it."""

    username: str
    password: str
    name: str
    situation: str


def _receives() -> int | None:
    """Somebody whose old-age allowance runs."""
    held = Award.objects.filter(benefit="old_age_allowance", state="in_force", person__death_date=None)
    return held.order_by("person_id").values_list("person_id", flat=True).first()


def _announced() -> int | None:
    """Somebody who was told that the allowance will come, and may still object."""
    told = Notice.objects.filter(about="grant", state=NoticeState.ISSUED, person__death_date=None)
    return told.order_by("person_id").values_list("person_id", flat=True).first()


def _lead(kind: str) -> Callable[[], int | None]:
    def find() -> int | None:
        raised = Lead.objects.filter(benefit="subsistence_allowance", kind=kind, person__death_date=None)
        return raised.order_by("person_id").values_list("person_id", flat=True).first()

    return find


def _refused() -> int | None:
    """Somebody who no longer qualifies; where a small city has none, the head of a household that was checked in vain."""
    ending = _lead(Kind.ENDS)()
    if ending is not None:
        return ending
    found = Finding.objects.filter(benefit="subsistence_allowance").values("household_id")
    checked = Fact.objects.filter(kind="money_assets_fen", superseded_at=None, household__isnull=False)
    heads = Membership.objects.filter(
        role=Role.HEAD,
        during__upper_inf=True,
        person__death_date=None,
        person__hukou_is_local=True,
        household_id__in=checked.exclude(household_id__in=found).values("household_id"),
    )
    return heads.order_by("person_id").values_list("person_id", flat=True).first()


def _lost_job() -> int | None:
    """A resident of Chongming who lives alone and has just lost their job; nobody has told them of the allowance yet."""
    told = Fact.objects.filter(
        kind="employment", int_value=2, superseded_at=None, observed_on=date(2022, 7, 25),
        person__hukou_division_code__startswith="310151",
    )  # fmt: skip
    return told.order_by("person_id").values_list("person_id", flat=True).first()


def _offered() -> int | None:
    """Somebody to whom a bed is offered and who has not answered."""
    told = Offer.objects.filter(state="open", person_division_code__startswith="310107")
    return told.order_by("pk").values_list("person_id", flat=True).first()


def _waits() -> int | None:
    """Somebody who waits for a bed in the middle of the queue."""
    told = Waiting.objects.filter(state="waiting", division_code__startswith="310107")
    return told.order_by("rank", "-grade", "since").values_list("person_id", flat=True)[3:].first()


# username, situation, how the person is found
_RESIDENTS: tuple[tuple[str, str, Callable[[], int | None]], ...] = (
    ("jumin1", gettext_noop("正在领取老年综合津贴"), _receives),
    ("jumin2", gettext_noop("不符合最低生活保障条件"), _refused),
    ("jumin3", gettext_noop("可能符合最低生活保障，尚缺核对"), _lead(Kind.MAY_QUALIFY)),
    ("jumin4", gettext_noop("老年综合津贴告知书在异议期内"), _announced),
    ("jumin5", gettext_noop("崇明居民，刚失业，尚未申请低保"), _lost_job),
    ("jumin6", gettext_noop("有一张养老床位待答复"), _offered),
    ("jumin7", gettext_noop("已评估，正在轮候养老床位"), _waits),
)


def situations() -> list[tuple[str, Any]]:
    """The accounts and what each stands for, as they are listed."""
    return [(username, gettext(situation)) for username, situation, _find in _RESIDENTS]


def create_demo_residents() -> list[DemoResident]:
    """Opens the residents' accounts that do not exist yet, and lists all of them (演示居民账户).

    The same city and month give the same residents. Run it as a service, after the month's run:
    `with acting_as_service("demo"): create_demo_residents()`.

    Raises:
        AccessRefused: the installation is not marked as a demonstration by MINZHENG_DEMO=1; the password is public.
    """
    if os.environ.get("MINZHENG_DEMO") != "1":
        raise AccessRefused(
            "演示账户的密码是公开的：仅在 MINZHENG_DEMO=1 时创建。"
            "Demonstration accounts have a public password; they are made with MINZHENG_DEMO=1 only."
        )
    listed = []
    for username, situation, find in _RESIDENTS:
        known = ResidentAccount.objects.filter(user__username=username).first()
        person_id = known.person_id if known else find()
        if person_id is None:
            continue
        if known is None:
            if ResidentAccount.objects.filter(person_id=person_id).exists():
                continue
            open_resident_account(username=username, password=PASSWORD, person_id=person_id)
        name = Person.objects.values_list("name", flat=True).get(pk=person_id)
        listed.append(DemoResident(username, PASSWORD, name, situation))
    return listed
