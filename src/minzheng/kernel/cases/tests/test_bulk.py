"""A story told in bulk leaves what the same acts leave one by one: column by column, for every way a case can go."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.bulk import go_on_many, take_in_many
from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import (
    Case,
    Clock,
    Counted,
    Decision,
    Event,
    Letter,
    Material,
    Pause,
    Publication,
)
from minzheng.kernel.cases.papers import papers_of
from minzheng.kernel.items import items_on
from minzheng.kernel.items.model import FieldType, Item, StepKind
from minzheng.kernel.people.tests import world as people

pytestmark = pytest.mark.django_db
DAY, CENTRE = date(2022, 9, 1), "310104014"
REASON = "材料核实，符合规定"
NO = "经核实，不符合本事项的申请条件"
SEEN = "窗口核验原件"
Story = list[tuple[str, date, str, str]]


def day(number: int) -> date:
    return date(2022, 9, number)


def somebody(serial: int, **more: Any) -> int:
    told = people.register_one(
        row=serial, serial=serial, identifier=people.number(serial, "19650505"), name="合成居民", sex=2,
        birth_date=date(1965, 5, 5), household_number=f"H{serial}", hukou_division_code="310151101001",
        division_code="310107014001", on=date(2022, 8, 1), **more,
    )  # fmt: skip
    return int(told["person_id"])


def item_with(*kinds: str, at_once: bool = False, has_paper: bool = False) -> Item:
    """The first item of such a route that awards nothing; with a paper that only the applicant has, where asked for."""
    route = tuple(kinds)
    return next(
        item
        for item in items_on(DAY)
        if tuple(step.kind.value for step in item.route) == route
        and item.is_on_the_spot == at_once
        and not item.result.benefit
        and len(item.channels) >= 2
        and (
            not has_paper
            or any(not one.source and one.is_required and not one.when for one in item.materials)
        )
    )


def answers(item: Item) -> dict[str, Any]:
    values = {FieldType.YES_NO: True, FieldType.NUMBER: 2, FieldType.MONEY: 100_00, FieldType.DATE: "2020-02-02",
              FieldType.PHONE: "13800000000", FieldType.PLACE: "310107014001", FieldType.ACCOUNT: "62220000000000",
              FieldType.IDENTIFIER: people.number(77, "19900101")}  # fmt: skip
    return {
        one.name: one.choices[0][0] if one.type is FieldType.CHOICE else values.get(one.type, "办理登记")
        for one in item.fields
        if not one.known_from or one.known_from in ("person.phone", "person.account", "person.residence")
    }


def stories() -> dict[str, tuple[Item, str, Story]]:
    spot, passed = item_with("accept", "decide", at_once=True), item_with("accept", "pass_on", has_paper=True)
    slow = item_with("accept", "decide", has_paper=True)
    long = item_with("accept", "check", "examine", "publicise", "decide")
    brought = [("hand_in", DAY, "", SEEN), ("submit", DAY, "", ""), ("hand_in", DAY, "", SEEN)]
    sent = [("hand_in", DAY, "", SEEN), ("submit", DAY, "", "")]
    asked = [("ask_correction", day(5), "", ""), ("hand_in", day(8), "", SEEN), ("resubmit", day(8), "", "")]
    return {
        "at once at the counter": (spot, "counter", [*brought, ("accept_and_decide", DAY, "", REASON)]),
        "refused at once": (spot, "counter", [*brought, ("accept_and_decide", DAY, "refused", NO)]),
        "sent home for a paper, then passed on and answered": (
            passed, "counter", [("submit", DAY, "", ""), *asked, ("accept", day(9), "", ""), ("answer", day(23), "granted", REASON)]),
        "answered too late with a no": (
            passed, "counter", [*brought, ("accept", DAY, "", ""), ("answer", date(2022, 12, 30), "refused", NO)]),
        "online, corrected, decided": (
            slow, "online", [*sent, ("ask_correction", day(5), "", "请说明用途"), *asked[1:], ("accept", day(13), "", ""), ("hand_in", day(13), "", SEEN), ("decide", day(20), "", REASON)]),
        "online and withdrawn": (slow, "online", [*sent, ("withdraw", day(6), "", "不再需要")]),
        "withdrawn at the counter": (slow, "counter", [*brought, ("accept", DAY, "", ""), ("withdraw", day(6), "", "不再需要")]),
        "nobody's duty here": (slow, "counter", [*brought, ("refuse_acceptance", day(2), "", "请向发证机关申请")]),
        "never corrected": (passed, "counter", [("submit", DAY, "", ""), ("ask_correction", day(5), "", ""), ("lapse", day(29), "", "")]),
        "checked, examined, published, granted": (
            long, "counter",
            [*brought, ("accept", DAY, "", ""), ("begin_check", day(2), "", ""), ("end_check", day(8), "", "核对结果已反馈"),
             ("examine", day(13), "", "情况属实，提请决定"), ("publicise", day(14), "", ""),
             ("close_publication", day(28), "", ""), ("hand_in", day(28), "", SEEN), ("decide", day(29), "granted", REASON)]),
    }  # fmt: skip


def told_singly(person: int, item: Item, channel: str, story: Story) -> int:
    """The same story by the public acts: the applicant's own online, everything else by the platform."""
    mine = channel == "online"

    def applicant():
        return acting_as_resident(person) if mine else acting_as_service("bulk")

    with applicant():
        case = actions.open_draft(
            item=item.code, person=person, on=DAY, channel=channel, accepting_division=CENTRE
        )
        unknown = {name: value for name, value in answers(item).items() if name not in case.answers}
        actions.save_answers(case=case, values=unknown, on=DAY)
        case = case.pk
    for act, on, outcome, words in story:
        if act in ("hand_in", "submit", "resubmit", "withdraw"):
            with applicant():
                _by_applicant(case, act, on, words)
            with acting_as_service("bulk"):
                actions.take_in(case=case, on=on)
            continue
        with acting_as_service("bulk"):
            _by_office(case, act, on, outcome, words)
    return case


def _by_applicant(case: int, act: str, on: date, words: str) -> None:
    if act == "hand_in":
        found = Case.objects.get(pk=case)
        for view in papers_of(found):
            late = view.row is not None and view.row.state == "later"
            if not view.paper.is_required or (view.is_settled and not late) or not view.may_be_asked:
                continue
            if found.channel == "online" and found.state not in ("draft", "correcting") and not late:
                continue
            actions.hand_in(case=case, code=view.paper.code, on=on, note=words)
    elif act == "withdraw":
        actions.withdraw(case=case, on=on, reason=words)
    else:
        getattr(actions, act)(case=case, on=on)


def _by_office(case: int, act: str, on: date, outcome: str, words: str) -> None:
    match act:
        case "accept_and_decide" | "decide":
            getattr(actions, act)(case=case, on=on, outcome=outcome or "granted", reason=words)
        case "answer":
            actions.answer(case=case, on=on, outcome=outcome, reason=words, result="已办理")
        case "ask_correction" | "end_check":
            getattr(actions, act)(case=case, on=on, note=words)
        case "refuse_acceptance":
            actions.refuse_acceptance(case=case, on=on, reason=words)
        case "examine":
            actions.examine(case=case, on=on, opinion=words)
        case _:
            getattr(actions, act)(case=case, on=on)


def case_rows(*told: tuple[int, int, Item, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"row": row, "key": f"bulk-{row}", "item": item.code, "person_id": person, "channel": channel,
             "accepting_division": CENTRE, "on": DAY, "answers": json.dumps(answers(item), ensure_ascii=False)}
            for row, person, item, channel in told
        ]
    )  # fmt: skip


def act_rows(row: int, story: Story, first: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        [(row, first + seq, act, on, outcome, words) for seq, (act, on, outcome, words) in enumerate(story)],
        schema=["row", "seq", "act", "on", "outcome", "words"], orient="row",
    )  # fmt: skip


def left(case: int) -> dict[str, Any]:
    """All that a case left, without keys, numbers, seals and the second it was written; names and persons are alike."""
    found = Case.objects.get(pk=case)
    own = {"_state", "id", "case_id", "recorded_at", "at", "number", "code", "person_id", "applicant_id", "household_id",
           "clock_id", "is_sampled", "read_at"}  # fmt: skip

    def words(value: Any) -> Any:
        text = json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
        return re.sub("〕[0-9]+号", "〕N号", text.replace(found.number, "NUMBER"))

    def rows(model: Any, order: str, **by: Any) -> list[str]:
        kept = []
        for row in model.objects.filter(**by or {"case": case}).order_by(order):
            values = {name: value for name, value in vars(row).items() if name not in own}
            if model is Event:
                values["detail"] = {k: v for k, v in row.detail.items() if k != "decision"}
            if model is Letter:
                values["content"] = {k: v for k, v in row.content.items() if k not in ("code", "number")}
            if model is Case:
                values["answers"] = {
                    k: v for k, v in row.answers.items() if k not in ("identifier", "members")
                }
            if model is Material:
                values["value"] = bool(row.value)
            kept.append(words(values))
        return kept

    counted = rows(Counted, "case_id", case_id=case)
    return {
        "case": rows(Case, "pk", pk=case), "events": rows(Event, "id"), "clocks": rows(Clock, "id"),
        "pauses": rows(Pause, "id", clock__case=case), "papers": rows(Material, "code"), "letters": rows(Letter, "id"),
        "decisions": rows(Decision, "id"), "publications": rows(Publication, "id"), "counted": counted,
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(stories()))
def test_a_story_in_bulk_leaves_what_single_acts_leave(name):
    item, channel, story = stories()[name]
    with acting_as_service("test"):
        one, many, late = somebody(11), somebody(13), somebody(15)
    single = told_singly(one, item, channel, story)
    with acting_as_service("bulk"):
        told = take_in_many(case_rows((1, many, item, channel)), act_rows(1, story))
        assert told["refused"].to_list() == [""], told["reason"].to_list()
        whole = told["case_id"][0]
        # The same story told in two parts, as from one month to the next.
        cut = len(story) * 2 // 3
        begun = take_in_many(case_rows((2, late, item, channel)), act_rows(2, story[:cut]))["case_id"][0]
        done = go_on_many(act_rows(begun, story[cut:]))
        assert done["refused"].to_list() == [""], done["reason"].to_list()
        refresh_totals(everything=True)
        expected, found, parts = left(single), left(whole), left(begun)
        assert parts == found
        for part, rows in expected.items():
            assert found[part] == rows, part
        assert found["counted"]


def test_a_key_that_became_a_case_before_changes_nothing_and_one_batch_is_one_entry_of_the_trace():
    item, channel, story = stories()["at once at the counter"]
    with acting_as_service("bulk"):
        person = somebody(11)
        first = take_in_many(case_rows((1, person, item, channel)), act_rows(1, story))
        again = take_in_many(case_rows((1, person, item, channel)), act_rows(1, story))
        assert first["outcome"].to_list() == ["created"] and again["outcome"].to_list() == ["unchanged"]
        assert again["case_id"].to_list() == first["case_id"].to_list() and Case.objects.count() == 1
        entries = Entry.objects.filter(act="cases.handle_many")
        assert [entry.detail["cases"] for entry in entries] == [1]


def test_what_is_refused_stops_its_own_case_there_and_nobody_elses():
    item, channel, story = stories()["sent home for a paper, then passed on and answered"]
    spot = stories()["at once at the counter"][0]
    award = next(one for one in items_on(DAY) if one.result.benefit)
    with acting_as_service("bulk"):
        person = somebody(11)
        rows = case_rows(
            (1, person, item, channel),
            (2, person, award, channel),
            (3, 999_999, spot, channel),
            (4, person, item, channel),
        )
        acts = pl.concat([act_rows(1, [("submit", DAY, "", ""), ("accept", DAY, "", "")]), act_rows(4, story)])  # fmt: skip
        told = take_in_many(rows, acts)
        assert told["refused"].to_list() == ["accept", "open", "open", ""]
        assert told["state"].to_list() == ["submitted", "", "", "granted"]
        assert told["outcome"].to_list() == ["created", "refused", "refused", "created"]
        assert go_on_many(act_rows(1, [("withdraw", day(6), "", "不再需要")]))["reason"].to_list() == ["case"]
        with pytest.raises(CaseError):
            actions.accept(case=told["case_id"][0], on=DAY)
        with pytest.raises(ValueError, match="no such act"):
            take_in_many(rows, act_rows(1, [("invent", DAY, "", "")]))


@pytest.mark.parametrize("role", ["centre_clerk", "street_officer", "statistician"])
def test_only_the_platform_handles_cases_in_bulk(role):
    item, channel, story = stories()["at once at the counter"]
    with acting(make_post(role, CENTRE)), pytest.raises(NotPermitted):
        take_in_many(case_rows((1, 1, item, channel)), act_rows(1, story))
    with acting(make_post(role, CENTRE)), pytest.raises(NotPermitted):
        go_on_many(act_rows(1, story))


def test_the_examples_cover_every_kind_of_step():
    kinds = {step.kind for item, _, _ in stories().values() for step in item.route}
    assert kinds == set(StepKind)
