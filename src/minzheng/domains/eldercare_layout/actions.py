"""Verbs of the layout plan: ask for a plan, solve it, put it into the city's plan."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

import numpy as np
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.domains.eldercare_layout.distances import nearest_metres, walking_metres
from minzheng.domains.eldercare_layout.errors import LayoutRefused
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import AreaPoint, Plan, PlanSite, State
from minzheng.domains.eldercare_layout.reach import Area, areas_of, points_array, standing_centres
from minzheng.domains.eldercare_layout.siting import Answer, Progress, Question, Watch, solve
from minzheng.domains.eldercare_layout.tasks import solve_job
from minzheng.domains.eldercare_layout.working_rules import rules_on
from minzheng.kernel.access import NotPermitted, acting_as_service, current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import path_names

SERVICE_NAME = "选址求解"
MOST_SITES, MOST_SECONDS, MOST_METRES = 200, 3600, 50_000


def save_plan(
    *, title: str, district: str, model: Model, sites: int, year: int, on: date, reach_metres: int | None = None,
    detour_percent: int | None = None, seconds: int | None = None,
) -> Plan:  # fmt: skip
    """Keeps a question of siting, not solved yet (保存方案); what is left out takes the value in force.

    Raises:
        NotPermitted: the acting post may not plan, or not there.
        LayoutRefused: a number out of its range, or no elders reckoned for the year.
    """
    actor = require("layout.plan")
    if not actor.reaches(district):
        raise NotPermitted(f"{district} 不在本岗位范围内 / {district} lies outside the post's place")
    rules = rules_on(on)
    asked = {
        "sites": (sites, 1, MOST_SITES, "拟建数量"),
        "reach_metres": (int(rules.reach_metres) if reach_metres is None else reach_metres, 1, MOST_METRES, "服务半径"),
        "detour_percent": (
            int(rules.detour_percent) if detour_percent is None else detour_percent, 100, 300, "绕行系数",
        ),
        "seconds": (int(rules.solver_seconds) if seconds is None else seconds, 1, MOST_SECONDS, "求解时限"),
    }  # fmt: skip
    for name, (value, low, high, word) in asked.items():
        if not low <= value <= high:
            raise LayoutRefused(
                f"{word}须为 {low} 至 {high}，填写的是 {value} / {name} must be from {low} to {high}, told {value}"
            )
    if len(district) != 6 or not areas_of(within=district, year=year):
        raise LayoutRefused(
            f"{district} 没有 {year} 年的分年老年人口，请选择区，并先测算老年人口 / no elders are reckoned for {year} in "
            f"{district}: choose a district and reckon them first"
        )
    made = Plan.objects.create(
        title=title.strip()[:80] or "选址方案",
        division_code=district,
        model=model,
        year=year,
        on=on,
        site_cost_fen=int(rules.site_cost_fen),
        beds_per_site=int(rules.beds_per_site),
        created_by_id=actor.official,
        **{name: value for name, (value, *_) in asked.items()},
    )
    record(
        "layout.save",
        subject=f"eldercare_layout.plan:{made.pk}",
        division_code=district,
        detail={"model": str(model), "sites": sites, "year": year},
    )
    return made


def start_plan(**asked: object) -> Plan:
    """Keeps a plan and puts its solving into the queue of jobs (提交方案); refuses as `save_plan`."""
    with transaction.atomic():
        made = save_plan(**asked)  # type: ignore[arg-type]
        with suppress(AlreadyEnqueued):
            solve_job.configure(queueing_lock=f"layout plan {made.pk}").defer(plan_id=made.pk)
    return made


def question_of(plan: Plan) -> tuple[Question, list[Area], list[AreaPoint], list[Facility]]:
    """A plan's question in numbers, its places of demand, its candidates and the centres that stand."""
    areas = [a for a in areas_of(within=plan.division_code, year=plan.year) if a.elders > 0]
    candidates = list(
        AreaPoint.objects.filter(division_code__startswith=plan.division_code)
        .extra(where=["length(division_code) = 12"])
        .order_by("division_code")
    )
    standing = standing_centres(plan.on)
    here = points_array(areas)
    there = np.array([(p.longitude, p.latitude) for p in candidates], dtype=float).reshape(-1, 2)
    question = Question(
        distances=walking_metres(here, there, detour_percent=plan.detour_percent),
        weights=np.array([area.elders for area in areas]),
        sites=plan.sites,
        standing=nearest_metres(here, points_array(standing), detour_percent=plan.detour_percent),
        reach=float(plan.reach_metres),
    )
    return question, areas, candidates, standing


def solve_plan(plan_id: int, *, watch: Watch = lambda _: None) -> Plan:
    """Solves a plan (求解方案) as the platform's service; call it outside of any acting block.

    It may be done again without harm: the sites are replaced as a whole.
    """
    try:
        with acting_as_service(SERVICE_NAME):
            plan = Plan.objects.get(pk=plan_id)
            Plan.objects.filter(pk=plan_id).update(state=State.RUNNING, done=0, error="")
            question, areas, candidates, standing = question_of(plan)
        answer = solve(question, Model(plan.model), seconds=plan.seconds, watch=_told(plan_id, watch))
        with acting_as_service(SERVICE_NAME):
            _keep(plan, question, answer, areas, candidates, standing)
    except Exception as error:
        with suppress(DatabaseError), acting_as_service(SERVICE_NAME):
            words = str(error) if isinstance(error, LayoutRefused) else f"{type(error).__name__}: {error}"
            Plan.objects.filter(pk=plan_id).update(state=State.FAILED, error=words, ended_at=Now())
        raise
    with acting_as_service(SERVICE_NAME):
        return Plan.objects.get(pk=plan_id)


def _told(plan_id: int, watch: Watch) -> Watch:
    """Writes how far the solver is, at most once a second."""
    last = [time.monotonic()]

    def tell(progress: Progress) -> None:
        watch(progress)
        if time.monotonic() - last[0] >= 1:
            last[0] = time.monotonic()
            with suppress(DatabaseError), acting_as_service(SERVICE_NAME):
                Plan.objects.filter(pk=plan_id).update(done=int(progress.seconds))

    return tell


def _keep(
    plan: Plan, question: Question, answer: Answer, areas: list[Area], candidates: list[AreaPoint], standing: list[Facility]
) -> None:  # fmt: skip
    weights, near = question.weights, question.distances[:, answer.chosen]
    nearest = near.min(axis=1)
    serves = nearest < question.standing
    takes = np.where(serves, near.argmin(axis=1), -1)
    called = path_names(candidates[at].division_code for at in answer.chosen)
    sites = [
        PlanSite(
            plan=plan, division_code=candidates[at].division_code, is_standing=False,
            name=called[candidates[at].division_code], longitude=candidates[at].longitude,
            latitude=candidates[at].latitude, elders=float(weights[takes == number].sum()),
        )
        for number, at in enumerate(answer.chosen)
    ]  # fmt: skip
    if standing:
        metres = walking_metres(points_array(areas), points_array(standing))
        of = np.where(serves, -1, metres.argmin(axis=1))
        sites += [
            PlanSite(
                plan=plan, division_code=one.division_code, is_standing=True, name=one.name, longitude=x, latitude=y,
                elders=float(weights[of == number].sum()),
            )
            for number, (one, (x, y)) in enumerate(zip(standing, points_array(standing).tolist(), strict=True))
            if one.division_code.startswith(plan.division_code) or (of == number).any()
        ]  # fmt: skip
    plan.places.all().delete()
    PlanSite.objects.bulk_create(sites)
    is_reached = np.isfinite(question.standing).all()
    Plan.objects.filter(pk=plan.pk).update(
        state=State.DONE, done=plan.seconds, error="", ended_at=Now(), objective=answer.objective, bound=answer.bound,
        gap=answer.gap, elders=float(weights.sum()), covered=answer.covered, mean_metres=answer.mean_distance,
        covered_before=float(weights[question.standing <= question.reach].sum()),
        mean_metres_before=float(weights @ question.standing / weights.sum()) if is_reached else None,
    )  # fmt: skip
    record(
        "layout.solve",
        subject=f"eldercare_layout.plan:{plan.pk}",
        division_code=plan.division_code,
        detail={"objective": answer.objective, "bound": answer.bound, "gap": answer.gap},
    )


@transaction.atomic
def adopt_plan(plan: Plan, *, on: date) -> None:
    """Counts a solved plan's sites as planned supply (列入规划), or takes them out again where they count already."""
    actor = require("layout.plan")
    if not actor.reaches(plan.division_code):
        raise NotPermitted(f"{plan.division_code} 不在本岗位范围内 / outside the post's place")
    if plan.state != State.DONE:
        raise LayoutRefused("求解完成后才能列入规划 / a plan is adopted once it is solved")
    plan.adopted_on = None if plan.adopted_on else on
    plan.save(update_fields=["adopted_on"])
    record(
        "layout.adopt",
        subject=f"eldercare_layout.plan:{plan.pk}",
        division_code=plan.division_code,
        detail={"adopted": plan.adopted_on is not None},
    )


@transaction.atomic
def restart_plan(plan: Plan) -> None:
    """Puts a failed plan into the queue again (重新求解)."""
    actor = current_actor()
    require("layout.plan")
    if plan.state != State.FAILED or actor is None or plan.created_by_id != actor.official_id:
        raise LayoutRefused("只有经办本人可以重新求解出错的方案 / only its maker restarts one that failed")
    Plan.objects.filter(pk=plan.pk).update(state=State.WAITING, error="")
    with suppress(AlreadyEnqueued), transaction.atomic():
        solve_job.configure(queueing_lock=f"layout plan {plan.pk}").defer(plan_id=plan.pk)
