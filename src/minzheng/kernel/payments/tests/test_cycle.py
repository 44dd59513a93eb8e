"""From a draft to a settled month: two officials, the bank's answer, returned money, and books that balance."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import Error, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.access.models import Post, ResidentAccount
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.payments.actions import (
    approve_batch,
    close_month,
    confirm_paid,
    correct_account,
    give_up,
    import_returns,
    prepare_batch,
    reissue,
    verify_ledger,
    withdraw_batch,
)
from minzheng.kernel.payments.errors import (
    DuplicateAnswer,
    MonthClosed,
    MonthOpenItems,
    NothingToPay,
    NotReady,
    SameOfficer,
    UnreadableAnswer,
)
from minzheng.kernel.payments.models import Batch, ReturnRow, Transfer
from minzheng.kernel.payments.queries import recent_months
from minzheng.kernel.payments.tests.world import JULY, PROGRAMME, World, answer, day
from minzheng.kernel.payments.trace import find_order, trace_budget_line, trace_order
from minzheng.kernel.periods import Month

AUGUST = Month(2022, 8)


def sound(world: World) -> dict[str, int]:
    with world.seeing():
        result = verify_ledger()
    assert result.is_sound, result.findings
    assert result.debit_fen == result.credit_fen and sum(result.balances.values()) == 0
    return result.balances


def take(world: World, content: bytes, month: Month = JULY):  # type: ignore[no-untyped-def]
    with acting(world.preparer):
        return import_returns(content=content, name="回盘.csv", on=day(month, 25))


def open_items(world: World) -> list[ReturnRow]:
    with world.seeing():
        return list(ReturnRow.objects.filter(state="open"))


def reload(world: World, batch: Batch) -> Batch:
    with world.seeing():
        return Batch.objects.get(pk=batch.pk)


def test_money_moves_from_the_budget_line_to_the_account_step_by_step(world: World) -> None:
    world.award(world.person())
    world.draft()
    batch = world.prepare()
    assert sound(world) == {}
    world.approve(batch)
    assert sound(world) == {"budget:relief_monthly": 100_000, "payable:relief": -100_000}
    world.export(batch)
    assert sound(world) == {"budget:relief_monthly": 100_000, "payable:relief": 0, "bank:clearing": -100_000}
    (order,) = world.orders()
    take(world, answer("R1", (order, "成功")))
    balances = {account: fen for account, fen in sound(world).items() if fen}
    assert balances == {"budget:relief_monthly": 100_000, "paid:relief": -100_000}
    assert reload(world, batch).state == "settled"


def test_the_one_who_prepared_may_not_approve_even_with_both_roles(world: World) -> None:
    world.award(world.person())
    world.draft()
    batch = world.prepare()
    with acting(world.preparer), pytest.raises(NotPermitted):
        approve_batch(batch_id=batch.pk, on=day(JULY))
    with world.seeing():
        both = Post.objects.create(
            official=world.preparer.official,
            role="finance_approver",
            division_code="310000",
            domains=["*"],
            during=DateRange(date(2020, 1, 1), None),
        )
    with acting(both), pytest.raises(SameOfficer):
        approve_batch(batch_id=batch.pk, on=day(JULY))
    with (
        acting(both),
        pytest.raises(Error, match="two_people"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE payments_batch SET state = 'approved', approved_by_id = prepared_by_id, approved_on = now()"
        )


def test_raw_sql_cannot_approve_in_another_officials_name(world: World) -> None:
    world.award(world.person())
    world.draft()
    world.prepare()
    statement = "UPDATE payments_batch SET state = 'approved', approved_on = now(), approved_by_id = %s"
    with acting(world.preparer), pytest.raises(Error, match="finance approver"), transaction.atomic():
        connection.cursor().execute(statement, [world.approver.official_id])


def test_an_official_does_not_approve_a_payment_to_themself(world: World) -> None:
    person = world.person()
    world.award(person)
    with world.seeing():
        ResidentAccount.objects.create(user_id=world.approver.official.user_id, person_id=person)
    world.draft()
    batch = world.prepare()
    with pytest.raises(SameOfficer, match="本人"):
        world.approve(batch)


def test_a_second_click_on_prepare_approve_and_export_changes_nothing(world: World) -> None:
    world.award(world.person())
    world.draft()
    assert world.prepare().pk == world.prepare().pk
    batch = world.prepare()
    world.approve(batch)
    world.approve(batch)
    first, second = world.export(batch), world.export(batch)
    assert (first.pk, first.sha256) == (second.pk, second.sha256)
    with world.seeing():
        assert sorted(Transfer.objects.values_list("kind", flat=True)) == ["commit", "send"]
    with pytest.raises(NothingToPay):
        world.prepare()


def test_nothing_is_exported_before_approval(world: World) -> None:
    world.award(world.person())
    world.draft()
    with pytest.raises(NotReady, match="待复核"):
        world.export(world.prepare())


def test_a_withdrawn_batch_is_reversed_by_counter_entry_and_paid_once_in_the_next(world: World) -> None:
    world.award(world.person())
    world.draft()
    batch = world.approve(world.prepare())
    with acting(world.preparer):
        withdraw_batch(batch_id=batch.pk, reason="名单有误", on=day(JULY))
    assert not any(sound(world).values())
    again = world.approve(world.prepare())
    assert again.number == 2
    world.export(again)
    sound(world)
    with world.seeing():
        assert list(Transfer.objects.order_by("id").values_list("kind", flat=True)) == [
            "commit", "reversal", "commit", "send"
        ]  # fmt: skip
    with acting(world.preparer), pytest.raises(NotReady):
        withdraw_batch(batch_id=again.pk, reason="太晚", on=day(JULY))


def test_after_a_withdrawal_base_and_correction_do_not_pay_twice(world: World) -> None:
    award = world.award(world.person(), fen=91_000)
    world.draft()
    batch = world.approve(world.prepare())
    world.amounts(award, [(JULY, None, 100_000)])
    world.draft()
    assert [row[2] for row in world.states()] == [91_000, 9_000]
    with acting(world.preparer):
        withdraw_batch(batch_id=batch.pk, reason="重编", on=day(JULY))
    world.draft()
    assert world.states() == [
        ("2022-07", "regular", 100_000, "drafted"),
        ("2022-07", "correction", 9_000, "cancelled"),
    ]


def test_a_returned_payment_is_paid_again_to_the_right_account_without_a_second_charge(world: World) -> None:
    world.award(world.person())
    batch = world.send()
    (order,) = world.orders()
    report = take(world, answer("R1", (order, "退票")))
    assert (report.file.returned, reload(world, batch).state) == (1, "settled")
    (item,) = open_items(world)
    with acting(world.preparer):
        again = correct_account(
            return_id=item.pk,
            bank="另一银行",
            number="6217000000000009",
            holder="王芳",
            reason="销户换卡",
            on=day(JULY, 26),
        )
    assert (again.kind, again.original_id, again.account_number) == ("reissue", order.pk, "6217000000000009")
    world.export(world.approve(world.prepare()))
    take(world, answer("R2", (again, "成功")))
    assert [row[3] for row in world.states()] == ["reissued", "paid"]
    balances = {account: fen for account, fen in sound(world).items() if fen}
    assert balances == {"budget:relief_monthly": 100_000, "paid:relief": -100_000}
    assert world.draft(AUGUST).overpaid == 0


def test_a_returned_payment_is_reissued_once(world: World) -> None:
    world.award(world.person())
    world.send()
    take(world, answer("R1", (world.orders()[0], "退票")))
    (item,) = open_items(world)
    with acting(world.preparer):
        reissue(return_id=item.pk, reason="账户已解冻", on=day(JULY))
        with pytest.raises(NotReady, match="已处理"):
            reissue(return_id=item.pk, reason="再点一次", on=day(JULY))


def test_returned_money_that_nobody_can_receive_goes_back_to_its_budget_line(world: World) -> None:
    world.award(world.person())
    world.send()
    take(world, answer("R1", (world.orders()[0], "退票"), reason="MD07"))
    (item,) = open_items(world)
    with acting(world.preparer):
        give_up(return_id=item.pk, reason="领款人已死亡，无人可领", on=day(JULY))
    assert not any(sound(world).values())
    assert world.draft(JULY).drafted == 0


def test_the_same_answer_twice_and_under_another_name_pays_nothing_twice(world: World) -> None:
    world.award(world.person())
    world.send()
    content = answer("R1", (world.orders()[0], "成功"))
    assert not take(world, content).was_known
    assert take(world, content).was_known
    with pytest.raises(DuplicateAnswer):
        take(world, content + b"\n,,,,")
    sound(world)


def test_each_wrong_row_is_named_and_the_right_ones_count(world: World) -> None:
    for number in range(3):
        world.award(world.person(account=f"622202{number:06d}"))
    world.send()
    first, second, third = world.orders()
    content = (
        answer("R1", (first, "成功"), (first, "退票"))
        + (
            f"{second.end_to_end_id},999.99,成功,,\n"
            f"{third.end_to_end_id},一千,成功,,\n"
            f"{third.end_to_end_id},1000.00,处理中,,\n"
            "A999M202207S0,1000.00,成功,,\n'=1+1,1,成功,,\n"
        ).encode()
    )
    report = take(world, content)
    with world.seeing():
        outcomes = list(ReturnRow.objects.order_by("row_number").values_list("outcome", flat=True))
    assert outcomes == [
        "settled", "repeated", "wrong_amount", "unreadable", "unreadable", "unknown_order", "unknown_order"
    ]  # fmt: skip
    assert (report.file.settled, report.file.returned, report.file.refused) == (1, 0, 6)
    assert [row[3] for row in world.states()] == ["paid", "sent", "sent"]
    sound(world)


def test_a_result_before_the_money_was_sent_is_refused(world: World) -> None:
    world.award(world.person())
    world.draft()
    world.approve(world.prepare())
    take(world, answer("R1", (world.orders()[0], "成功")))
    assert world.orders()[0].state == "in_batch"
    sound(world)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        "回执号,R9\n付款指令号,金额（元）\nA1,2\n".encode(),
        b"<Document>",
        b"\xff\xfe\x00\x00",
    ],
)
def test_a_file_of_no_contract_is_refused_in_words(world: World, content: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        take(world, content)


def test_pain_002_settles_and_returns_like_the_list(world: World) -> None:
    for number in range(2):
        world.award(world.person(account=f"622202{number:06d}"))
    world.send()
    first, second = world.orders()
    rows = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{order.end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}"
        '<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">1000.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
        for order, status, why in (
            (first, "ACSC", ""),
            (second, "RJCT", "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>销户</AddtlInf></StsRsnInf>"),
        )
    )
    message = (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>BANK-1</MsgId></GrpHdr><OrgnlPmtInfAndSts>{rows}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    )
    take(world, message.encode())
    assert [row[3] for row in world.states()] == ["paid", "returned"]
    (item,) = open_items(world)
    assert (item.reason_code, item.message) == ("AC04", "销户")
    sound(world)


def test_confirming_a_batch_pays_what_the_bank_did_not_send_back(world: World) -> None:
    for number in range(2):
        world.award(world.person(account=f"622202{number:06d}"))
    batch = world.send()
    take(world, answer("R1", (world.orders()[0], "退票")))
    with acting(world.preparer):
        assert confirm_paid(batch_id=batch.pk, on=day(JULY)) == 1
        assert confirm_paid(batch_id=batch.pk, on=day(JULY)) == 0
    assert [row[3] for row in world.states()] == ["returned", "paid"]
    sound(world)


def close(world: World, month: Month = JULY):  # type: ignore[no-untyped-def]
    with acting(world.approver):
        return close_month(month=month, on=day(AUGUST, 1))


def test_a_month_with_an_unsettled_batch_is_not_closed_and_says_which(world: World) -> None:
    world.award(world.person())
    batch = world.send()
    with pytest.raises(MonthOpenItems) as refusal:
        close(world)
    assert batch.message_id in refusal.value.items[0]


def test_a_closed_month_takes_no_entry_by_action_or_by_raw_sql(world: World) -> None:
    world.award(world.person())
    batch = world.send()
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(JULY))
    assert close(world).month == close(world).month
    with pytest.raises(MonthClosed, match="2022年8月"):
        world.draft()
    with acting(world.preparer), pytest.raises(MonthClosed):
        prepare_batch(programme=PROGRAMME, month=JULY, on=day(JULY))
    for statement in (
        "UPDATE payments_order SET state = 'returned'",
        "UPDATE payments_order SET accounting_month = '2022-08-01'",
        """INSERT INTO payments_transfer (debit_account, credit_account, amount_fen, kind, order_id, batch_id, "on",
           accounting_month, programme, division_code) SELECT 'a', 'b', 1, 'return', order_id, batch_id, "on",
           accounting_month, programme, division_code FROM payments_transfer LIMIT 1""",
    ):
        with world.seeing(), pytest.raises(Error, match=r"closed|改动"), transaction.atomic():
            connection.cursor().execute(statement)


def test_money_returned_after_the_closing_lands_in_the_open_month_and_is_paid_again_there(
    world: World,
) -> None:
    world.award(world.person(), end=JULY)
    batch = world.send()
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(JULY))
    close(world)
    (order,) = world.orders()
    take(world, answer("R1", (order, "退票")), AUGUST)
    assert world.orders()[0].state == "paid"
    sound(world)
    (item,) = open_items(world)
    with acting(world.preparer):
        again = reissue(return_id=item.pk, reason="账户已恢复", on=day(AUGUST))
    assert Month.of(again.accounting_month) == AUGUST
    world.export(world.approve(world.prepare(AUGUST)))
    sound(world)
    assert world.draft(AUGUST).overpaid == 0


def test_a_rise_for_a_closed_month_is_a_correction_in_the_open_one(world: World) -> None:
    award = world.award(world.person())
    batch = world.send()
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(JULY))
    close(world)
    world.amounts(award, [(JULY, None, 109_000)])
    world.draft(AUGUST)
    correction = world.orders(kind="correction")[0]
    assert (Month.of(correction.benefit_month), Month.of(correction.accounting_month)) == (JULY, AUGUST)
    with acting(world.preparer):
        assert recent_months() == [AUGUST.first_day, JULY.first_day]
        assert recent_months(at_most=1) == [AUGUST.first_day]
    assert recent_months() == []  # Who holds no post sees no order.


def test_held_orders_are_carried_into_the_next_month_at_closing(world: World) -> None:
    world.award(world.person(account=None))
    world.draft()
    assert close(world).carried_count == 1
    assert Month.of(world.orders()[0].accounting_month) == AUGUST


def test_only_a_city_wide_post_for_every_programme_closes_a_month(world: World) -> None:
    for place, domains in (("310107", ("*",)), ("310000", ("relief",))):
        post = make_post("finance_approver", place, domains)
        with acting(post), pytest.raises(NotPermitted):
            close_month(month=JULY, on=day(AUGUST))


def test_a_fen_is_followed_from_its_budget_line_to_the_banks_answer(world: World) -> None:
    world.award(world.person())
    world.send()
    (order,) = world.orders()
    take(world, answer("R1", (order, "退票")))
    with world.seeing():
        found = trace_order(find_order(order.end_to_end_id).pk).as_json()
        line = trace_budget_line("relief_monthly", month=JULY)
    assert [entry["kind"] for entry in found["entries"]] == ["commit", "send", "return"]
    assert found["entries"][0]["debit_name"].startswith("业务活动费用")
    assert (found["bank"][0]["message"], found["files"][0]["instruction"]) == ("R1", True)
    assert (line["net_fen"], line["orders"]) == (
        100_000,
        [{"state": "returned", "orders": 1, "fen": 100_000}],
    )


@pytest.mark.parametrize(
    "role", ["street_officer", "district_reviewer", "auditor", "statistician", "service"]
)
def test_other_roles_do_not_approve_money(world: World, role: str) -> None:
    world.award(world.person())
    world.draft()
    batch = world.prepare()
    if role == "service":
        with world.seeing(), pytest.raises(NotPermitted):
            approve_batch(batch_id=batch.pk, on=day(JULY))
        return
    post = make_post(role, "310000")
    # A statistician does not even see the batch.
    with acting(post), pytest.raises((NotPermitted, NotReady)):
        approve_batch(batch_id=batch.pk, on=day(JULY))
