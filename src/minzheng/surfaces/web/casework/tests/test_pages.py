"""The casework pages: what each role is shown and may not do, what a page costs, what a page out of date is told."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.authorising import ask_authorisations, give_authorisation
from minzheng.kernel.cases.models import Case, Dispute, Material
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.tests import world
from minzheng.kernel.cases.tests.test_journey import ANSWERS
from minzheng.kernel.people.attendance import attend
from minzheng.kernel.people.models import Attendance, Person
from minzheng.surfaces.web.casework import case_page, form_page, queue
from minzheng.surfaces.web.casework.tests.conftest import post_of

ON = world.ON


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """The pages work on one day in September 2022."""
    monkeypatch.setattr("minzheng.surfaces.web.work.day.today", lambda: ON)
    monkeypatch.delenv("MINZHENG_DEMO", raising=False)


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


def accepted(person: Person, clerk: Post) -> Case:
    """A case taken in at 徐汇 and accepted, everything complete."""
    with acting(clerk):
        client = attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        case = actions.open_draft(item=world.APPLY, person=client, on=ON)
        case = actions.save_answers(case=case, values=ANSWERS, on=ON)
        ask_authorisations(case=case, on=ON)
        give_authorisation(case=case, person=client, on=ON, paper="窗口签署授权书")
        actions.submit(case=case, on=ON)
        for paper in missing_papers(case):
            actions.hand_in(case=case, code=paper.code, on=ON, note="窗口核验原件")
        return actions.accept(case=case, on=ON)


def entries(**which: object) -> list[Entry]:
    with acting_as_service("读取"):
        return list(Entry.objects.filter(**which).order_by("id"))


def test_a_client_of_another_district_is_seen_after_the_card_was_shown_and_not_after_the_visit(
    person, window
):
    post = post_of("centre_clerk", world.XUHUI)
    clerk = window(post)
    page = reverse("counter_client", args=[person.pk])
    assert clerk.get(page).status_code == 404
    answer = clerk.post(reverse("counter_begin"), {"identifier": world.NUMBER, "name": "张三"})
    assert "不符" in answer.content.decode() and clerk.get(page).status_code == 404
    answer = clerk.post(reverse("counter_begin"), {"identifier": world.NUMBER, "name": world.NAME})
    assert answer["Location"] == page
    shown = clerk.get(page).content.decode()
    assert "正在接待" in shown and world.NUMBER not in shown
    assert clerk.post(reverse("counter_end")).status_code == 302
    assert clerk.get(page).status_code == 404
    with acting(post):
        assert Attendance.objects.get().closed_at is not None
    assert entries(act="people.look", person_id=person.pk)


def test_a_case_is_opened_in_one_press_and_pressed_twice_is_one_case(person, window):
    clerk = window(post_of("centre_clerk", world.XUHUI))
    clerk.post(reverse("counter_begin"), {"identifier": world.NUMBER, "name": world.NAME})
    sent = {"item": world.APPLY, "key": "page-1", "channel": "counter"}
    first = clerk.post(reverse("counter_open", args=[person.pk]), sent)
    second = clerk.post(reverse("counter_open", args=[person.pk]), sent)
    assert first["Location"] == second["Location"]
    with acting_as_service("读取"):
        case = Case.objects.get()
        assert case.papers_saved >= 2 and case.authorisations.count() == 1
    shown = clerk.get(first["Location"]).content.decode()
    assert "免交" in shown and "公安" in shown and "待授权" in shown


def test_everything_missing_is_told_at_once_and_what_was_filled_in_stays(person, window):
    clerk = window(post_of("centre_clerk", world.XUHUI))
    clerk.post(reverse("counter_begin"), {"identifier": world.NUMBER, "name": world.NAME})
    form = clerk.post(reverse("counter_open", args=[person.pk]), {"item": world.APPLY, "key": "k"})[
        "Location"
    ]
    with acting_as_service("读取"):
        version = Case.objects.get().version
    answer = clerk.post(form, {"version": version, "act": "accept", "a_phone": "13800000000"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "请填写“住房情况”" in shown and "授权书" in shown and 'value="13800000000"' in shown
    with acting_as_service("读取"):
        case = Case.objects.get()
        assert case.state == "draft" and case.answers["phone"]["value"] == "13800000000"


def test_a_known_value_that_the_client_disputes_goes_on_as_told_and_opens_a_dispute(person, window):
    clerk = window(post_of("centre_clerk", world.XUHUI))
    clerk.post(reverse("counter_begin"), {"identifier": world.NUMBER, "name": world.NAME})
    form = clerk.post(reverse("counter_open", args=[person.pk]), {"item": world.APPLY, "key": "k"})[
        "Location"
    ]
    with acting_as_service("读取"):
        case = Case.objects.get()
        known = {n for n, a in case.answers.items() if a["origin"] == "registry"}
        assert "name" in known
    clerk.post(form, {"version": case.version, "act": "save", "agree": "1", "told_name": "施晓妹"})
    with acting_as_service("读取"):
        case.refresh_from_db()
        assert case.answers["name"]["value"] == "施晓妹" and case.answers["name"]["confirmed"] is False
        assert all(case.answers[name]["confirmed"] for name in known - {"name"})
        assert Dispute.objects.get().known == world.NAME


def test_a_page_out_of_date_does_nothing_says_what_happened_and_keeps_the_words(person, window):
    case = accepted(person, post_of("centre_clerk", world.XUHUI))
    officer, other = post_of("street_officer", world.CHONGMING), post_of("street_officer", world.CHONGMING)
    with acting(other):
        actions.request_check(case=case, on=ON)
    answer = window(officer).post(
        reverse("case_act", args=[case.pk, "withdraw"]),
        {"version": case.version, "seen": "0", "reason": "本人不想办了"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 409 and "这一件刚被他人更新" in shown and "委托核对" in shown
    assert "本人不想办了" in shown
    with acting_as_service("读取"):
        case.refresh_from_db()
        assert case.state == "checking"


def test_who_took_the_case_in_sees_it_and_is_offered_nothing_of_the_deciding_office(person, window):
    post = post_of("centre_clerk", world.XUHUI)
    case = accepted(person, post)
    shown = window(post).get(reverse("case", args=[case.pk])).content.decode()
    assert "崇明区" in shown and "受理通知书" in shown
    assert "认定建议" not in shown and reverse("case_act", args=[case.pk, "request_check"]) not in shown
    officer = window(post_of("street_officer", world.CHONGMING)).get(reverse("case", args=[case.pk]))
    shown = officer.content.decode()
    assert "认定建议" in shown and reverse("case_act", args=[case.pk, "request_check"]) in shown
    assert reverse("case_act", args=[case.pk, "decide"]) not in shown
    assert (
        window(post_of("street_officer", world.PUTUO)).get(reverse("case", args=[case.pk])).status_code == 404
    )


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        ("centre_clerk", world.XUHUI, "request_check"),
        ("centre_clerk", world.XUHUI, "decide"),
        ("auditor", "310000", "withdraw"),
        ("auditor", "310000", "request_check"),
        ("street_officer", world.CHONGMING, "decide"),
        ("street_officer", world.CHONGMING, "examine"),
        ("district_reviewer", "310151", "request_check"),
    ],
)
def test_an_act_that_is_not_ones_own_is_refused_and_traced(person, window, role, place, code):
    case = accepted(person, post_of("centre_clerk", world.XUHUI))
    sent = {
        "version": case.version,
        "reason": "理由充分",
        "outcome": "granted",
        "opinion": "同意",
        "result": "好",
    }
    answer = window(post_of(role, place)).post(reverse("case_act", args=[case.pk, code]), sent)
    assert answer.status_code == 403
    with acting_as_service("读取"):
        case.refresh_from_db()
        assert case.state == "accepted"
    assert entries(act="access.refused")


def test_another_department_does_not_find_a_case_that_was_not_passed_on_to_it(person, window):
    case = accepted(person, post_of("centre_clerk", world.XUHUI))
    sent = {"version": case.version, "outcome": "granted", "result": "好"}
    officer = window(post_of("department_officer", "310000"))
    assert officer.post(reverse("case_act", args=[case.pk, "answer"]), sent).status_code == 404
    assert officer.get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.parametrize(
    ("role", "place", "closed"),
    [
        ("finance_preparer", "310000", ["counter", "case_queue", "case_help", "case_items", "case_reviews"]),
        ("statistician", "310000", ["counter", "case_queue", "case_disputes", "case_sampled"]),
        ("auditor", "310000", ["counter", "case_help", "case_publications", "case_disputes", "case_sampled"]),
        (
            "centre_clerk",
            world.XUHUI,
            ["case_publications", "case_disputes", "case_sampled", "case_automatic"],
        ),
        ("neighbourhood_worker", world.CHONGMING, ["case_queue", "case_reviews", "case_ratings"]),
        ("department_officer", "310000", ["counter", "case_help", "case_automatic", "case_disputes"]),
    ],
)
def test_pages_are_closed_to_roles_whose_work_they_are_not(db, window, role, place, closed):
    client = window(post_of(role, place))
    for name in closed:
        assert client.get(reverse(name)).status_code == 403, name


def test_a_queue_page_costs_the_same_for_one_case_and_for_twenty(
    person, window, django_assert_max_num_queries
):
    clerk = post_of("centre_clerk", world.XUHUI)
    accepted(person, clerk)
    client = window(post_of("street_officer", world.CHONGMING))
    client.get(reverse("case_queue"))
    with django_assert_max_num_queries(26) as few:
        assert client.get(reverse("case_queue")).status_code == 200
    with acting(clerk):
        for number in range(20):
            case = actions.open_draft(item=world.APPLY, person=person, on=ON, key=f"many-{number}")
            case = actions.save_answers(case=case, values=ANSWERS, on=ON)
            actions.submit(case=case, on=ON)
    with acting_as_service("读取"):
        Case.objects.filter(state="submitted").update(state="accepted", step="check", accepted_on=ON)
    with django_assert_max_num_queries(26) as many:
        answer = client.get(reverse("case_queue"))
    assert answer.content.decode().count("<tr") >= 20
    assert len(many) == len(few)


def test_a_case_page_takes_a_bounded_number_of_queries(person, window, django_assert_max_num_queries):
    case = accepted(person, post_of("centre_clerk", world.XUHUI))
    client = window(post_of("street_officer", world.CHONGMING))
    address = reverse("case", args=[case.pk])
    client.get(address)
    with django_assert_max_num_queries(75):
        assert client.get(address).status_code == 200


def test_pages_of_the_queue_follow_each_other_without_a_gap_or_a_repeat(person, window, monkeypatch):
    clerk = post_of("centre_clerk", world.XUHUI)
    with acting(clerk):
        attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        made = {
            actions.open_draft(item=world.APPLY, person=person, on=ON, key=f"k{number}").pk
            for number in range(7)
        }
    with acting_as_service("读取"):
        for at, pk in enumerate(sorted(made)):
            due = None if at >= 5 else date(2022, 9, 28 + at // 2)
            Case.objects.filter(pk=pk).update(state="submitted", due_on=due)
    monkeypatch.setattr(queue.queries, "PAGE", 2)
    client, seen, address = window(clerk), [], "?tab=accept"
    while address:
        context = client.get(reverse("case_queue") + address).context
        seen += [case.pk for case in context["table"].source]
        address = context["next_href"]
    assert len(seen) == len(set(seen)) and set(seen) == made


def test_the_next_case_is_the_most_urgent_one_and_then_the_one_after_it(person, window):
    clerk = post_of("centre_clerk", world.XUHUI)
    with acting(clerk):
        attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        late, later = (
            actions.open_draft(item=world.APPLY, person=person, on=ON, key=key).pk for key in ("a", "b")
        )
    with acting_as_service("读取"):
        Case.objects.filter(pk=late).update(state="submitted", due_on=date(2022, 9, 30))
        Case.objects.filter(pk=later).update(state="submitted", due_on=date(2022, 9, 29))
    client = window(clerk)
    assert client.get(reverse("case_next"))["Location"] == reverse("case_form", args=[later])
    after = f"{reverse('case_next')}?after=2022-09-29_{later}"
    assert client.get(after)["Location"] == reverse("case_form", args=[late])


def test_an_excel_copy_of_the_queue_is_traced(person, window):
    post = post_of("centre_clerk", world.XUHUI)
    accepted(person, post)
    answer = window(post).get(reverse("case_queue") + "?tab=all&export=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert [entry.detail["cases"] for entry in entries(act="cases.export_list")] == [1]


def test_a_paper_that_does_not_serve_is_named_with_the_reason(person, window):
    case = accepted(person, post_of("centre_clerk", world.XUHUI))
    with acting_as_service("读取"):
        Material.objects.update_or_create(case=case, code="lease", defaults={"state": "submitted", "on": ON})
    client = window(post_of("street_officer", world.CHONGMING))
    address = reverse("case_reject_paper", args=[case.pk])
    client.post(address, {"code": "lease", "why": "糊"})
    client.post(address, {"code": "lease", "why": "合同没有签字页"})
    with acting_as_service("读取"):
        assert Material.objects.get(case=case, code="lease").state == "rejected"
    refused = window(post_of("centre_clerk", world.XUHUI)).post(address, {"code": "lease", "why": "再看一遍"})
    assert refused.status_code == 403


def test_a_letter_is_given_on_screen_and_as_pdf_and_docx_and_the_look_is_recorded(person, window):
    post = post_of("centre_clerk", world.XUHUI)
    case = accepted(person, post)
    with acting_as_service("读取"):
        letter = case.letters.get(kind="accepted")
    client = window(post)
    assert "受理通知书" in client.get(reverse("case_letter", args=[case.pk, letter.pk])).content.decode()
    for form, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.get(reverse("case_letter_file", args=[case.pk, letter.pk, form]))
        assert answer.content.startswith(head) and "attachment" in answer["Content-Disposition"]
    elsewhere = window(post_of("centre_clerk", world.PUTUO))
    assert elsewhere.get(reverse("case_letter", args=[case.pk, letter.pk])).status_code == 404


def test_the_catalogue_shows_two_hundred_items_and_every_item_opens(db, window):
    client = window(post_of("centre_clerk", world.XUHUI))
    answer = client.get(reverse("case_items"))
    assert answer.context["total"] == 200 and answer.context["citywide"] == 199
    for row in answer.context["table"].rows[:50]:
        assert client.get(row.cells[0].href).status_code == 200


def test_the_forms_buttons_are_those_of_the_step_and_of_the_role(person):
    clerk, worker = post_of("centre_clerk", world.XUHUI), post_of("neighbourhood_worker", world.HOME)
    with acting(clerk):
        attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        case = actions.open_draft(item=world.APPLY, person=person, on=ON)
        item = case_page.item_of(case)
        assert [one.act for one in form_page.buttons_for(case, item)] == ["accept", "ask", "refuse", "save"]
    with acting(worker):
        assert [one.act for one in form_page.buttons_for(case, item)] == ["submit", "save"]
