"""Acting for another (委托、帮办): what a mandate allows, how it is given and revoked, and the sight it opens.

The principal gives it online, by signature at a counter, in a recorded call, or the law gives it to a guardian. The
helper is a person, or the post of a clerk on the phone or of a committee worker at home. The database holds every
case opened for somebody else against its mandate: a revoked one shows and permits nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from minzheng.kernel.access import RESIDENT, SERVICE, Actor, NotPermitted, require, role_name
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit import record
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import Case, Mandate
from minzheng.kernel.cases.moving import who_acts
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items import item_on
from minzheng.kernel.people.attendance import leave
from minzheng.kernel.people.identifiers import normalise
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month

_W = Mandate.Way


@transaction.atomic
def give_mandate(
    *,
    person: Person | int,
    way: str,
    since: date,
    until: date,
    on: date,
    helper_identifier: str = "",
    helper_name: str = "",
    helper_post_id: int | None = None,
    items: Collection[str] = (),
    may_see: bool = False,
    may_submit: bool = True,
    paper: str = "",
) -> Mandate:
    """Gives a mandate (委托). Online by the principal; signed, recorded or by law through a post that has them in sight.

    Args:
        person: the principal.
        way: online, signed, recorded or law.
        helper_identifier, helper_name: the helper's whole number and name; or `helper_post_id` for a clerk or worker.
        items: codes of service items; every item where empty.
        may_see: whether the helper sees what the city knows of the principal, and has forms prefilled.
        may_submit: whether the helper may send the case in; otherwise the principal does.
        paper: the signed form, the recording or the paper of guardianship; asked for by recorded and law.

    Raises:
        NotPermitted: another's mandate. CaseNotFound: the principal is not in sight.
        CaseError: the helper is not found, is the principal or missing; dates, paper or items are wrong.
    """
    principal = person if isinstance(person, int) else person.pk
    _may_give(principal, way)
    _check_terms(way, since, until, on, paper)
    for code in items:
        item_on(code, on)
    helper_id, label = _helper(helper_identifier, helper_name, helper_post_id)
    if helper_id == principal:
        raise CaseError("受托人不能是委托人本人 / the helper cannot be the principal")
    made = Mandate.objects.create(
        person_id=principal, helper_person_id=helper_id, helper_post_id=helper_post_id, helper_label=label,
        items=sorted(set(items)), may_see=may_see, may_submit=may_submit, way=way, paper=paper.strip(), since=since,
        until=until,
    )  # fmt: skip
    _trace("give_mandate", made)
    return made


@transaction.atomic
def revoke_mandate(*, mandate: Mandate | int, on: date) -> Mandate:
    """Takes a mandate back (撤销委托), at any time; what the helper had open closes with it. Twice changes nothing."""
    pk = mandate if isinstance(mandate, int) else mandate.pk
    found = Mandate.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有委托 {pk}，或不在可见范围内 / no such mandate in your sight")
    actor = who_acts()
    if actor.kind == RESIDENT:
        if actor.person_id != found.person_id:
            raise NotPermitted("只有委托人可以撤销 / only the principal takes a mandate back")
    else:
        require("cases.help")
    if found.revoked_on is None:
        found.revoked_on = on
        found.save(update_fields=["revoked_on"])
        _trace("revoke_mandate", found)
    return found


@transaction.atomic
def act_for(*, mandate: Mandate | int, purpose: str, on: date) -> Person | None:
    """Begins to act for the principal (开始代办); whoever was attended to before is left. `attendance.leave()` ends it.

    Returns:
        the principal, in sight from now on, where the mandate lets the helper see; else None, and forms stay empty.

    Raises:
        NotPermitted: the mandate is another's. MoveRefused: it is revoked, over, or not begun.
    """
    found = mandate_of_helper(mandate, on)
    leave()
    if not found.may_see:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_attend_by_mandate(%s, %s, %s)", [found.pk, purpose, on])
        if cursor.fetchone()[0] is None:
            raise MoveRefused("委托未能核验 / the mandate was not accepted")
    return Person.objects.get(pk=found.person_id)


def mandate_of_helper(
    mandate: Mandate | int, on: date, *, person_id: int | None = None, item: str = ""
) -> Mandate:
    """The mandate, held by whoever acts, in force on a day, for this person and item.

    Raises:
        NotPermitted: it is another's, for another person, or for other items. MoveRefused: it is not in force.
    """
    pk = mandate if isinstance(mandate, int) else mandate.pk
    actor = who_acts()
    found = Mandate.objects.filter(pk=pk).first()
    if found is None or not _holds(found, actor):
        raise NotPermitted(f"没有委托 {pk} / you hold no such mandate")
    if not is_in_force(found, on):
        raise MoveRefused(
            f"委托自 {found.since} 至 {found.until}{'，已撤销' if found.revoked_on else ''} / "
            "the mandate is not in force on this day"
        )
    if person_id is not None and found.person_id != person_id:
        raise NotPermitted("委托不是为此人所立 / the mandate is for another person")
    if item and not covers(found, item):
        raise NotPermitted(f"委托不包括事项 {item} / the mandate does not name this item")
    return found


def is_in_force(mandate: Mandate, on: date) -> bool:
    return mandate.revoked_on is None and mandate.since <= on <= mandate.until


def covers(mandate: Mandate, item: str) -> bool:
    """Whether a mandate names an item; one that names none is for all."""
    return not mandate.items or item in mandate.items


def mandates_given(person_id: int) -> QuerySet[Mandate]:
    """The mandates a person gave, the latest first, revoked and past ones too."""
    return Mandate.objects.filter(person_id=person_id).order_by("-id")


def mandates_held(on: date) -> QuerySet[Mandate]:
    """The mandates in force that whoever acts holds as helper; the principals' names by `principal_names`."""
    actor = who_acts()
    mine = (
        {"helper_person_id": actor.person_id} if actor.kind == RESIDENT else {"helper_post_id": actor.post_id}
    )
    return Mandate.objects.filter(revoked_on=None, since__lte=on, until__gte=on, **mine).order_by("id")


def principal_names(mandates: Collection[Mandate]) -> dict[int, str]:
    """The principals' names by mandate, which a helper must know though the record stays closed; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mandate_id, name FROM cases_principals(%s)", [[one.pk for one in mandates]])
        return dict(cursor.fetchall())


def beneficiary(person_id: int, mandate_id: int | None) -> tuple[Person, int | None]:
    """Whom a case is for, and the household: from the register, or the little that routing needs where only a mandate
    speaks for the helper: name and places, not saved, not shown.

    Raises:
        CaseNotFound: there is no such person in sight and no mandate.
    """
    from minzheng.kernel.people.models import Membership

    seen = Person.objects.filter(pk=person_id).first()
    if seen is not None and mandate_id is None:
        home = Membership.objects.filter(person=seen, during__upper_inf=True).values_list(
            "household_id", flat=True
        )
        return seen, home.first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_principals(%s)", [[mandate_id]])
        row = cursor.fetchone()
    if row is None or row[1] != person_id:
        if seen is not None:
            return beneficiary(person_id, None)
        raise CaseNotFound(f"没有此人，或不在可见范围内：{person_id} / no such person in your sight")
    _, pk, name, division, hukou, is_local, death, household = row
    found = seen or Person(
        pk=pk,
        name=name,
        division_code=division,
        hukou_division_code=hukou,
        hukou_is_local=is_local,
        death_date=death,
    )
    return found, household


def require_for_draft(*, mandate: Mandate | None, person_id: int, item: str, channel: str, on: date) -> Actor:
    """Who opens a draft for somebody else needs a mandate: a resident always, a post by phone or at home (帮办).

    Raises:
        NotPermitted, MoveRefused: as `mandate_of_helper`, or no mandate is given.
    """
    actor = who_acts()
    for_another = actor.kind == RESIDENT and actor.person_id != person_id
    helped = actor.kind != RESIDENT and channel in (Case.Channel.PHONE, Case.Channel.HOME)
    if mandate is not None and (for_another or helped):
        mandate_of_helper(mandate, on, person_id=person_id, item=item)
    elif for_another or helped:
        raise NotPermitted("为他人申请须凭委托 / apply for somebody else by a mandate")
    return actor


def require_to_send(case: Case, on: date) -> None:
    """A post that began a case by phone or at home sends it while the mandate lasts; the database holds a resident to it.

    Raises:
        NotPermitted, MoveRefused: as `mandate_of_helper`.
    """
    if case.mandate_id and case.helper_post_id and who_acts().kind not in (RESIDENT, SERVICE):
        mandate_of_helper(case.mandate_id, on, person_id=case.person_id, item=case.item)


def _holds(mandate: Mandate, actor: Actor) -> bool:
    if actor.kind == RESIDENT:
        return mandate.helper_person_id is not None and mandate.helper_person_id == actor.person_id
    return mandate.helper_post_id is not None and mandate.helper_post_id == actor.post_id


def _may_give(principal: int, way: str) -> None:
    actor = who_acts()
    if way not in _W.values:
        raise CaseError(
            f"方式须为 online、signed、recorded 或 law，不是 {way} / no such way to give a mandate"
        )
    if (way == _W.ONLINE) != (actor.kind == RESIDENT):
        raise NotPermitted(
            "网上委托由本人办理，其他方式由窗口办理 / online by the principal, otherwise through a clerk"
        )
    if actor.kind == RESIDENT:
        if actor.person_id != principal:
            raise NotPermitted("只能委托本人的事项 / a mandate is given by its principal")
        return
    require("cases.help")
    if not Person.objects.filter(pk=principal).exists():
        raise CaseNotFound("请先核验委托人身份 / attend to the principal first")


def _check_terms(way: str, since: date, until: date, on: date, paper: str) -> None:
    if until < since or until < on:
        raise CaseError(
            f"委托须自 {since} 起、不早于今日止 / a mandate ends after it begins, and not in the past"
        )
    most = (Month.of(since) + rule_at("mandate_months", on)).first_day.replace(day=min(since.day, 28))
    if way != _W.LAW and until > most:
        raise CaseError(f"委托最长至 {most} / a mandate lasts until {most} at most")
    if way in (_W.RECORDED, _W.LAW) and not paper.strip():
        raise CaseError("请写明录音编号或监护凭据 / name the recording, or the paper of guardianship")


def _helper(number: str, name: str, post_id: int | None) -> tuple[int | None, str]:
    if (post_id is None) == (not number):
        raise CaseError("请写明一位受托人：证件号码和姓名，或帮办岗位 / name one helper: a person, or a post")
    if post_id is not None:
        post = Post.objects.select_related("official").filter(pk=post_id).first()
        if post is None:
            raise CaseError(f"没有岗位 {post_id} / no such post")
        return None, f"{post.official.name}（{role_name(post.role)}）"
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_helper_of(%s, %s)", [normalise(number), name.strip()])
        found = cursor.fetchone()[0]
    if found is None:
        raise CaseError(
            "受托人的证件号码与姓名不符，或本市登记中没有此人 / the helper's number and name do not match a person of the register"
        )
    return int(found), name.strip()


def _trace(act: str, mandate: Mandate) -> None:
    record(
        f"cases.{act}",
        subject=f"mandate:{mandate.pk}",
        detail={
            "way": mandate.way,
            "items": mandate.items,
            "may_see": mandate.may_see,
            "until": mandate.until,
        },
        person_id=mandate.person_id,
    )
