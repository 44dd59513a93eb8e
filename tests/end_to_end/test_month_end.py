"""A town's month end from the offices' files to drafted payments, through the command line as an operator uses it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from typer.testing import CliRunner

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.awards.models import Award, AwardEvent, AwardPeriod
from minzheng.kernel.outreach import actions as outreach
from minzheng.kernel.outreach.models import Finding, Lead, Notice
from minzheng.kernel.payments.models import Order
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.loading import load_folder
from minzheng.surfaces.cli import month as command

FEEDS = Path(__file__).parent.parent / "data" / "feeds_town"
pytestmark = pytest.mark.slow


@pytest.fixture
def town(fresh_database):
    load_folder(FEEDS, period=Month(2022, 6))


def cli(*arguments: str, code: int = 0) -> dict:
    result = CliRunner().invoke(command.app, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if code == 0 else {}


def count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def test_a_town_goes_from_its_files_to_drafted_payments_and_into_the_next_month(town):
    report = cli("run", "2022-07")
    assert report["state"] == "done" and report["on"] == "2022-07-29"
    assert [s["state"] for s in report["steps"]] == ["done"] * 6
    totals = report["counts"]
    with acting_as_service("test"):
        _the_difference_is_complete()
        _the_standard_was_adjusted()
        _nobody_is_paid_twice_and_no_dead_person_after_death()
        assert (
            sum(row["in_force"] for row in totals.values())
            == AwardPeriod.objects.filter(during__contains=date(2022, 7, 1)).count()
        )
        orders = Order.objects.exclude(state="cancelled")
        assert sum(row["ordered_fen"] for row in totals.values()) == sum(
            orders.values_list("amount_fen", flat=True)
        )
        before = (AwardEvent.objects.count(), Lead.objects.count(), Notice.objects.count(), orders.count())

    again = cli("run", "2022年7月")
    assert again["attempt"] == 2 and again["findings_sha256"] == report["findings_sha256"]
    with acting_as_service("test"):
        after = (AwardEvent.objects.count(), Lead.objects.count(), Notice.objects.count(), orders.count())
        assert after == before

    with acting_as_service("test"):
        declined = Lead.objects.filter(kind="qualifies", unit="household").order_by("pk").first()
        outreach.record_outcome(lead=declined, outcome="declined", on=date(2022, 7, 30))
        granted = (
            Lead.objects.filter(kind="qualifies", unit="household", state="open").order_by("-pk").first()
        )
        outreach.apply_for(lead=granted, on=date(2022, 7, 30))
        outreach.decide(lead=granted, decision="grant", on=date(2022, 7, 30))
        announced = Notice.objects.filter(about="grant", state="issued").count()
    CliRunner().invoke(command.app, ["close", "2022-07", "--on", "2022-07-31"], catch_exceptions=False)
    cli("run", "2022-07", code=1)
    august = cli("run", "2022-08")
    assert august["differences"]["old_age_allowance"]["in_force"] == announced
    with acting_as_service("test"):
        assert not Lead.objects.filter(
            household_id=declined.household_id, benefit=declined.benefit, state="open"
        ).exists()
        assert Order.objects.filter(
            award__household_id=granted.household_id, benefit_month=date(2022, 8, 1)
        ).exists()
    assert cli("status")["month"] == "2022-08"


def _the_difference_is_complete() -> None:
    """Every finding is an award of the same amount, a lead, a notice, or a person registered without a household."""
    left = count(
        """SELECT count(*) FROM outreach_finding f
           WHERE NOT EXISTS (SELECT 1 FROM awards_award a JOIN awards_awardperiod p ON p.award_id = a.id
                             WHERE a.benefit = f.benefit AND p.during @> f.month AND p.monthly_fen = f.amount_fen
                               AND CASE WHEN f.person_id IS NULL THEN a.household_id = f.household_id
                                        ELSE a.person_id = f.person_id END)
             AND NOT EXISTS (SELECT 1 FROM outreach_lead l WHERE l.benefit = f.benefit
                             AND CASE WHEN f.person_id IS NULL THEN l.household_id = f.household_id
                                      ELSE l.person_id = f.person_id END)
             AND NOT EXISTS (SELECT 1 FROM outreach_notice n WHERE n.benefit = f.benefit
                             AND n.person_id = f.person_id AND n.about = 'grant')
             AND NOT (f.person_id IS NULL AND f.household_id < 0)"""
    )
    assert left == 0
    assert Finding.objects.filter(status=2).exists()


def _the_standard_was_adjusted() -> None:
    events = AwardEvent.objects.filter(reason="standard_changed")
    assert events.exists()
    assert set(events.values_list("month", flat=True)) == {date(2022, 7, 1)}
    assert all("1330.00元 → 1420.00元" in note for note in events.values_list("note", flat=True))
    assert Notice.objects.filter(about="standard").count() == events.count()


def _nobody_is_paid_twice_and_no_dead_person_after_death() -> None:
    assert (
        count(
            """SELECT count(*) FROM (SELECT person_id, benefit, benefit_month FROM payments_order
                 WHERE state <> 'cancelled' GROUP BY 1, 2, 3 HAVING count(*) > 1) twice"""
        )
        == 0
    )
    assert (
        count(
            """SELECT count(*) FROM payments_order o JOIN people_person p ON p.id = o.person_id
               WHERE o.state <> 'cancelled' AND p.death_date < o.benefit_month"""
        )
        == 0
    )
    assert not Award.objects.filter(person__death_date__lt=date(2022, 7, 1)).exclude(state="ended").exists()
