"""Several departments' items applied for at once (一件事一次办): one form, one case for each part, one view of them all.

Each part has its own office, clock and decision; what one refuses leaves the others alone. A part declared `after`
another is sent by the platform when that one has ended well, and its applicant is told when it has not.

Source: 2022年民政工作总结 (一件事); 上海市人大常委会关于进一步促进和保障“一网通办”改革的决定（2021）.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from minzheng.kernel.cases import answers as forms
from minzheng.kernel.cases import letters
from minzheng.kernel.cases.drafting import open_draft, save_answers, submit
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, StillMissing
from minzheng.kernel.cases.models import Bundle, Case, Letter
from minzheng.kernel.cases.moving import add_event, item_of, locked, who_acts
from minzheng.kernel.cases.states import OPEN, State
from minzheng.kernel.items import item_version, joined
from minzheng.kernel.items.model import Item, JoinedItem, JoinedPart
from minzheng.kernel.people.models import Person


@dataclass(frozen=True, slots=True)
class PartProgress:
    """One part of a joined application as it stands.

    `waits_for` names the earlier part that must end well first; `is_stopped` says that it ended otherwise.
    """

    part: JoinedPart
    item: Item
    case: Case
    office: str
    waits_for: Item | None
    is_stopped: bool

    @property
    def is_open(self) -> bool:
        return self.case.state in OPEN

    @property
    def is_granted(self) -> bool:
        return self.case.state == State.GRANTED


@dataclass(frozen=True, slots=True)
class BundleProgress:
    """A joined application with its parts in the order in which they were declared."""

    bundle: Bundle
    declared: JoinedItem
    parts: tuple[PartProgress, ...]

    @property
    def is_ended(self) -> bool:
        """Whether nothing is left to do; a part that waits for one that ended badly waits in vain."""
        return all(not part.is_open or part.is_stopped for part in self.parts)

    @property
    def granted(self) -> int:
        return sum(part.is_granted for part in self.parts)


@transaction.atomic
def open_bundle(
    *,
    code: str,
    person: Person | int,
    answers: Mapping[str, Any],
    on: date,
    parts: Collection[str] | None = None,
    channel: str = Case.Channel.COUNTER,
    key: str = "",
    centre_id: int | None = None,
) -> Bundle:
    """Begins a joined application: one draft for each part, the shared answers filled in once.

    Args:
        answers: the shared form's values by field name.
        parts: the optional parts that are wanted, by item; all of them where None.
        key: the form's own key; the same key again gives the same application.

    Raises:
        CaseError: there is no such joined item, the form has no such field, or a part cannot be applied for so.
    """
    declared = _declared(code)
    who = person if isinstance(person, Person) else Person.objects.filter(pk=person).first()
    if who is None:
        raise CaseNotFound(f"没有此人 {person}，或不在可见范围内 / no such person in your sight")
    chosen = _chosen(declared, parts)
    unknown = set(answers) - {field.name for field in declared.fields}
    if unknown:
        raise CaseError(
            f"联办表单没有这些项目：{'、'.join(sorted(unknown))} / the joined form has no such fields"
        )
    keys = {part.item: f"{key}:{part.item}" if key else "" for part in chosen}
    if key:
        known = Case.objects.filter(
            pk__in=_cases_of_key(keys[chosen[0].item]), person=who, bundle_id__isnull=False
        ).first()
        if known is not None:
            return Bundle.objects.get(pk=known.bundle_id or 0)
    actor = who_acts()
    place = (actor.division_code or who.division_code)[:9]
    bundle = Bundle.objects.create(
        code=code, person=who, answers=dict(answers), opened_on=on, accepting_division=place
    )
    for part in chosen:
        case = open_draft(
            item=part.item, person=who, on=on, key=keys[part.item], channel=channel, accepting_division=place,
            centre_id=centre_id, bundle_id=bundle.pk, bundle_part=part.item,
        )  # fmt: skip
        save_answers(case=case, values=_shared(part, case, answers), on=on)
    return bundle


def _shared(part: JoinedPart, case: Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The shared answers that a part's own form has; an earlier version of the item may not ask for all of them."""
    asked = {field.name for field in item_of(case).fields}
    return {field: answers[name] for field, name in part.shares.items() if name in answers and field in asked}


def _cases_of_key(key: str) -> list[int]:
    from minzheng.kernel.cases.models import Submission

    return list(Submission.objects.filter(pk=key).values_list("case_id", flat=True))


def _declared(code: str) -> JoinedItem:
    declared = joined().get(code)
    if declared is None:
        raise CaseError(f"没有联办事项 {code} / no joined item {code}; there are {', '.join(joined())}")
    return declared


def _chosen(declared: JoinedItem, parts: Collection[str] | None) -> list[JoinedPart]:
    if parts is None:
        return list(declared.parts)
    unknown = set(parts) - {part.item for part in declared.parts}
    if unknown:
        raise CaseError(f"“{declared.name}”不含 {'、'.join(sorted(unknown))} / these are no parts of it")
    chosen = [part for part in declared.parts if not part.is_optional or part.item in parts]
    names = {part.item for part in chosen}
    for part in chosen:
        if part.after and part.after not in names:
            raise CaseError(f"办理 {part.item} 须先办 {part.after} / {part.item} needs {part.after} first")
    return chosen


@transaction.atomic
def share_answers(*, bundle: Bundle | int, answers: Mapping[str, Any], on: date) -> Bundle:
    """Changes shared answers in every part that is still being filled in (修改共用内容)."""
    found = _bundle(bundle)
    declared = _declared(found.code)
    unknown = set(answers) - {field.name for field in declared.fields}
    if unknown:
        raise CaseError(
            f"联办表单没有这些项目：{'、'.join(sorted(unknown))} / the joined form has no such fields"
        )
    found.answers = {**found.answers, **answers}
    found.save(update_fields=["answers"])
    cases = _cases(found)
    for part in declared.parts:
        case = cases.get(part.item)
        if case is not None and case.state in (State.DRAFT, State.CORRECTING):
            save_answers(case=case, values=_shared(part, case, answers), on=on)
    return found


@transaction.atomic
def submit_bundle(*, bundle: Bundle | int, on: date) -> Bundle:
    """Sends every part that waits for no other (提交联办申请); all of them or none. Sent again, it changes nothing.

    Raises:
        StillMissing: names everything that is missing in the parts to be sent, each with its item.
    """
    found = _bundle(bundle)
    ready = [(part, case) for part, case in _drafts(found) if not part.after]
    missing = []
    for _, case in ready:
        item = item_of(case)
        missing += [f"{item.name}：{word}" for word in forms.faults(item, case.answers).values()]
    if missing:
        raise StillMissing("还有内容未填好：" + "；".join(missing) + " / something is missing", missing)
    for _, case in ready:
        submit(case=case, on=on)
    found.submitted_on = found.submitted_on or on
    found.save(update_fields=["submitted_on"])
    return found


@transaction.atomic
def part_ended(*, case: Case | int, on: date) -> list[Case]:
    """What follows when one part has ended: those that waited for it are sent, or told; for the job.

    Done twice, it changes nothing. A part whose answers are not whole stays with the applicant, who is told.

    Returns:
        the parts that were sent.
    """
    ended = locked(case)
    if ended.bundle_id is None or ended.state in OPEN:
        return []
    bundle = _bundle(ended.bundle_id)
    sent = []
    if bundle.submitted_on is None:
        return []
    for part, waiting in _drafts(bundle):
        if part.after != ended.bundle_part:
            continue
        if ended.state != State.GRANTED:
            _tell(
                waiting,
                on,
                f"前一环节“{item_of(ended).name}”未办成（{State(ended.state).label}），本环节暂不提交",
            )
            continue
        try:
            with transaction.atomic():
                sent.append(submit(case=waiting, on=on))
        except StillMissing as gap:
            _tell(
                waiting,
                on,
                f"前一环节“{item_of(ended).name}”已办成，请补全后提交本环节：{'；'.join(gap.missing)}",
            )
    return sent


def _tell(case: Case, on: date, words: str) -> None:
    if case.letters.filter(kind=Letter.Kind.JOINED, content__closing__contains=[words]).exists():
        return
    letters.issue(case, Letter.Kind.JOINED, on=on, note=words)
    add_event(case, "bundle_part", on=on, note=words)


def bundle_progress(bundle: Bundle | int) -> BundleProgress:
    """Every part of a joined application with its state, office and deadline, in three queries."""
    found = _bundle(bundle, lock=False)
    declared = _declared(found.code)
    cases = _cases(found)
    offices = letters.offices_of(list(cases.values()))
    parts = []
    for part in declared.parts:
        case = cases.get(part.item)
        if case is None:
            continue
        earlier = cases.get(part.after) if part.after else None
        waits = case.state == State.DRAFT and earlier is not None and earlier.state != State.GRANTED
        parts.append(
            PartProgress(
                part=part,
                item=item_version(case.item, case.item_version),
                case=case,
                office=offices[case.pk],
                waits_for=item_version(earlier.item, earlier.item_version) if waits and earlier else None,
                is_stopped=bool(waits and earlier and earlier.state not in OPEN),
            )
        )
    return BundleProgress(found, declared, tuple(parts))


def bundles_of_person(person_id: int) -> list[Bundle]:
    """A person's joined applications, the newest first."""
    return list(Bundle.objects.filter(person_id=person_id).order_by("-id")[:50])


def _cases(bundle: Bundle) -> dict[str, Case]:
    return {case.bundle_part: case for case in Case.objects.filter(bundle_id=bundle.pk).order_by("id")}


def _drafts(bundle: Bundle) -> list[tuple[JoinedPart, Case]]:
    cases = _cases(bundle)
    return [
        (part, cases[part.item])
        for part in _declared(bundle.code).parts
        if part.item in cases and cases[part.item].state == State.DRAFT
    ]


def _bundle(bundle: Bundle | int, *, lock: bool = True) -> Bundle:
    pk = bundle if isinstance(bundle, int) else bundle.pk
    rows = Bundle.objects.select_for_update() if lock else Bundle.objects.all()
    found = rows.filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有联办申请 {pk}，或不在可见范围内 / no such joined application in your sight")
    return found
