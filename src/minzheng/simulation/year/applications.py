"""What becomes of the month's leads and notices: visits, applications, decisions, objections (申请与决定).

Sets all the way: the leads are read as a frame, each drawn for by its person's own number, and acted on by the acts that an
official's page uses. One official takes in, another decides, on working days of the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.models import Finding
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.year.desk import (
    INTAKE,
    KEY_OF_ID,
    PERSON_KEYS,
    REVIEW,
    is_after_closing,
    is_closed_city,
    post,
    workday,
)
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import SERVICE, Life
from minzheng.simulation.year.rates import rate

# Whether the latest findings still say that it may be granted; who died since is left to the next run.
_LEADS = f"""
    SELECT l.id, l.kind, l.state, coalesce(k.key, {KEY_OF_ID.format(id="l.person_id")}) AS key,
           f.id IS NOT NULL AS is_eligible
    FROM outreach_lead l
    JOIN people_person p ON p.id = l.person_id AND p.death_date IS NULL AND p.merged_into_id IS NULL
    LEFT JOIN {PERSON_KEYS} k ON k.person_id = l.person_id
    LEFT JOIN outreach_finding f ON f.benefit = l.benefit AND f.month = %s AND f.status = {Finding.ELIGIBLE}
      AND (CASE l.unit WHEN 'person' THEN f.person_id ELSE f.household_id END)
        = (CASE l.unit WHEN 'person' THEN l.person_id ELSE l.household_id END)
      AND (f.person_id IS NOT NULL) = (l.unit = 'person')
    WHERE l.state = ANY(%s) ORDER BY l.id
"""
_LEAD_SCHEMA = {
    "id": pl.Int64,
    "kind": pl.String,
    "state": pl.String,
    "key": pl.Int64,
    "is_eligible": pl.Boolean,
}
_NOTICES = f"""
    SELECT n.id, n.person_id, n.programme, n.state, coalesce(k.key, {KEY_OF_ID.format(id="n.person_id")}) AS key
    FROM outreach_notice n
    LEFT JOIN {PERSON_KEYS} k ON k.person_id = n.person_id
    WHERE n.about = 'grant' AND n.state = ANY(%s) AND n.month = %s ORDER BY n.id
"""
_NOTICE_SCHEMA = {
    "id": pl.Int64,
    "person_id": pl.Int64,
    "programme": pl.String,
    "state": pl.String,
    "key": pl.Int64,
}
WITHHELD = "申报材料与核查情况不符，不予确认"
CHANGED = "情况已变化，不再符合条件"
UNCHECKED = "家庭经济状况核对未完成，不予确认"


def work_off_leads(life: Life) -> dict[str, Any]:
    """A month's leads visited, applied for and decided; what nobody came for waits on (积压)."""
    told = {"visited": 0, "applied": 0, "granted": 0, "refused": 0, "changed": 0}
    visit, apply_on, decide_on = (workday(life.month, number) for number in (9, 11, -2))
    by = "电话走访" if is_closed_city(life.month) else ""
    waiting = _leads(life, ["open", "visited"])
    drawn = _draw(waiting, life, "visit")
    is_new = pl.col("kind").is_in(["qualifies", "may_qualify"])
    declines, lost = rate("applications.declines"), rate("applications.not_found")
    is_open = is_new & (pl.col("state") == "open")
    with acting(post(INTAKE)):
        for outcome, low, high in (("declined", 0.0, declines), ("not_found", declines, declines + lost)):
            who = _ids(drawn.filter(is_open & (pl.col("visit") >= low) & (pl.col("visit") < high)))
            if who:
                told["visited"] += len(
                    actions.record_outcomes_many(leads=who, outcome=outcome, on=visit, note=by)
                )
    drawn = _draw(_leads(life, ["open", "visited"]), life, "apply")
    comes = (
        pl.when(pl.col("kind") == "qualifies")
        .then(_take_up(life))
        .otherwise(rate("applications.apply_unsure"))
    )
    with acting(post(INTAKE)):
        who = _ids(drawn.filter(is_new & (pl.col("apply") < comes)))
        if who:
            told["applied"] = len(actions.apply_many(leads=who, on=apply_on))
    applied = _draw(_leads(life, ["applied"]), life, "decide")
    is_withheld = pl.col("decide") < rate("applications.withheld")
    sure = (pl.col("kind") == "qualifies") & pl.col("is_eligible")
    with acting(post(REVIEW)):
        who = _ids(applied.filter(sure & ~is_withheld))
        if who:
            told["granted"] = len(actions.decide_many(leads=who, decision="grant", on=decide_on))
        for reason, chosen in (
            (WITHHELD, sure & is_withheld),
            (CHANGED, ~pl.col("is_eligible") & (pl.col("kind") == "qualifies")),
            (UNCHECKED, pl.col("kind") == "may_qualify"),
        ):
            who = _ids(applied.filter(chosen))
            if who:
                actions.decide_many(leads=who, decision="refuse", on=decide_on, reason=reason)
                told["refused"] += len(who)
    changes = _draw(_leads(life, ["open", "visited"]), life, "change")
    confirmed = (
        pl.when(pl.col("kind").is_in(["increase", "decrease"]))
        .then(rate("applications.changes_confirmed"))
        .when(pl.col("kind") == "ends")
        .then(rate("applications.ends_confirmed"))
        .otherwise(0.0)
    )
    with acting(post(REVIEW)):
        told["changed"] = actions.confirm_changes_many(
            leads=_ids(changes.filter(pl.col("change") < confirmed)), on=decide_on
        )
    return told


def answer_notices(life: Life) -> dict[str, Any]:
    """A few object to what was announced to them or do not want it; another official settles the objections."""
    told = {"objected": 0, "upheld": 0, "opted_out": 0}
    object_on, settle_on = workday(life.month, 10), workday(life.month, -2)
    issued = _draw(_notices(life, ["issued"]), life, "notice")
    objects, opts_out = rate("notices.objects"), rate("notices.opts_out")
    with acting(post(INTAKE)):
        for row in issued.filter(pl.col("notice") < objects).to_dicts():
            actions.object_to(notice=row["id"], on=object_on, words="对登记的信息有异议")
            told["objected"] += 1
        declining = (pl.col("notice") >= objects) & (pl.col("notice") < objects + opts_out)
        for row in issued.filter(declining).to_dicts():
            actions.opt_out(
                person_id=row["person_id"], programme=row["programme"], on=object_on, note="本人放弃"
            )
            told["opted_out"] += 1
    objected = _draw(_notices(life, ["objected"]), life, "objection")
    with acting(post(REVIEW)):
        for row in objected.to_dicts():
            upheld = row["objection"] < rate("notices.upheld")
            actions.settle_objection(notice=row["id"], upheld=upheld, on=settle_on, note="已核实")
            told["upheld"] += upheld
    return told


def _take_up(life: Life) -> float:
    if is_closed_city(life.month):
        return rate("applications.apply_closed")
    return rate("applications.apply_after" if is_after_closing(life.month) else "applications.apply")


def _leads(life: Life, states: Sequence[str]) -> pl.DataFrame:
    with acting_as_service(SERVICE):
        return read_frame(_LEADS, [life.month.first_day, list(states)], schema=_LEAD_SCHEMA)


def _notices(life: Life, states: Sequence[str]) -> pl.DataFrame:
    with acting_as_service(SERVICE):
        return read_frame(_NOTICES, [list(states), life.month.first_day], schema=_NOTICE_SCHEMA)


def _draw(frame: pl.DataFrame, life: Life, purpose: str) -> pl.DataFrame:
    return frame.with_columns(
        chance(pl.col("key"), seed=life.seed, month=life.month, purpose=f"money {purpose}").alias(purpose)
    )


def _ids(frame: pl.DataFrame) -> list[int]:
    return frame["id"].to_list()
