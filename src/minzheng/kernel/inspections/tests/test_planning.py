"""A plan: the seed's hash before the list, the list before the seed, the file when nothing can leak."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.inspections.drawing import digest, verify
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Inspector, Plan, PlanSeed, Publication, Visit
from minzheng.kernel.inspections.planning import (
    TargetIn,
    declare_conflict,
    draft_plan,
    draw_plan,
    file_of,
    freeze_plan,
    publish_draw,
)
from minzheng.kernel.inspections.tests.world import KIND, ON, RULE


def test_nobody_reads_the_seed_before_the_list_is_frozen(world) -> None:
    plan = world.plan()
    with acting(world.district):
        assert PlanSeed.objects.count() == 0
        assert plan.seed == "" and len(plan.seed_sha256) == 64
        assert Publication.objects.get(kind="draw").detail["seed_sha256"] == plan.seed_sha256
        freeze_plan(plan=plan, targets=world.targets(), on=ON)
        assert digest(PlanSeed.objects.get().seed) == plan.seed_sha256


def test_a_drawn_plan_verifies_against_what_was_announced(world) -> None:
    plan = world.drawn()
    with acting(world.district):
        told = {k: v for p in Publication.objects.filter(kind="draw") for k, v in p.detail.items()}
        found = verify(file_of(plan), seed_sha256=told["seed_sha256"], frozen_sha256=told["frozen_sha256"])
        assert found == []
        # Two visits of each of two homes, three departments together at each.
        visits = list(Visit.objects.filter(plan=plan))
        assert len(visits) == 4
        assert all(visit.assignments.count() == 3 for visit in visits)


def test_a_plan_is_drawn_once_and_never_rewritten(world) -> None:
    plan = world.drawn()
    with acting(world.district):
        with pytest.raises(InspectionRefused, match="锁定名单之后抽取一次"):
            draw_plan(plan=plan, on=ON)
        for column, value in (
            ("seed", "x"),
            ("frozen_sha256", "x"),
            ("seed_sha256", "x"),
            ("areas", '["fire"]'),
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE inspections_plan SET {column} = %s WHERE id = %s", [value, plan.pk])


def test_another_seed_than_the_announced_one_is_refused_by_the_database(world) -> None:
    plan = world.plan()
    with acting(world.district):
        freeze_plan(plan=plan, targets=world.targets(), on=ON)
        with pytest.raises(DatabaseError, match="种子"), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(seed="another")


def test_the_file_is_public_only_when_no_visit_is_to_come(world) -> None:
    plan = world.drawn()
    with acting(world.district):
        with pytest.raises(InspectionRefused, match="泄露"):
            publish_draw(plan=plan, on=ON)
        Visit.objects.filter(plan=plan).update(state="cancelled")
        publish_draw(plan=plan, on=ON)
    with acting(world.elsewhere):
        assert verify(file_of(Plan.objects.get(pk=plan.pk))) == []


def test_conflicts_keep_an_inspector_away_and_a_gap_is_shown(world) -> None:
    with acting(world.district):
        for code in ("I2", "I3"):
            declare_conflict(
                inspector=Inspector.objects.get(code=code), facility=world.homes[0], reason="亲属任职", on=ON
            )
    plan = world.drawn()
    with acting(world.district):
        assert sorted(plan.gaps) == [["EH-310107-0", 1, "fire"], ["EH-310107-0", 2, "fire"]]
        assert not Visit.objects.filter(
            facility=world.homes[0], assignments__inspector__code__in=("I2", "I3")
        ).exists()


def test_a_list_is_refused_that_names_one_twice_reaches_elsewhere_or_has_no_rule(world) -> None:
    plan = world.plan()
    with acting(world.district):
        for targets in ([], world.targets() * 2, [TargetIn(world.far, "B", "")], world.targets("Z")):
            with pytest.raises(InspectionRefused):
                freeze_plan(plan=plan, targets=targets, on=ON)


@pytest.mark.parametrize("change", [{"areas": ()}, {"areas": ("water",)}, {"last_day": date(2021, 1, 1)}, {"division_code": "310104"},
                                    {"rule": [RULE[0] | {"share": 0}]}, {"rule": [RULE[0] | {"share": 101}]}])  # fmt: skip
def test_a_plan_out_of_bounds_is_refused(world, change) -> None:
    told = {
        "title": "x", "kind": "regular", "facility_kind": KIND, "division_code": "310107", "first_day": ON,
        "last_day": date(2022, 12, 31), "areas": ("fire",), "rule": RULE, "on": ON,
    }  # fmt: skip
    with acting(world.district), pytest.raises(InspectionRefused):
        draft_plan(**(told | change))


@pytest.mark.parametrize("who", ["inspector", "manager"])
def test_inspectors_and_managers_plan_nothing(world, who) -> None:
    plan = world.plan()
    with acting(getattr(world, who)):
        with pytest.raises(NotPermitted):
            freeze_plan(plan=plan, targets=[], on=ON)
        with pytest.raises(NotPermitted):
            draw_plan(plan=plan, on=ON)


def test_another_district_sees_neither_plan_nor_visits(world) -> None:
    plan = world.drawn()
    with acting(world.elsewhere):
        assert not Plan.objects.exists() and not Visit.objects.exists()
        with pytest.raises(InspectionRefused, match="不在可见范围"):
            draw_plan(plan=plan.pk, on=ON)


def test_a_facility_sees_no_visit_before_it_is_done(world) -> None:
    world.drawn()
    with acting(world.manager):
        assert not Visit.objects.exists() and not Plan.objects.exists() and not Inspector.objects.exists()
