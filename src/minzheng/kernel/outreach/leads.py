"""Leads from the month's difference: raised, kept up to date, closed when they no longer hold.

Outcomes of earlier months are respected: who declined or was refused is left in peace for a while unless the amount
has changed, who was not found is assigned anew, who applied waits for the decision.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.audit import record
from minzheng.kernel.awards.staging import acting_actor
from minzheng.kernel.outreach.difference import STANDARD, Among
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month, add_workdays

# What becomes a lead. Without an application, only what no machine should decide alone is left to people.
_TO_RAISE = f"""
    SELECT d.* FROM outreach_difference d
    WHERE d.kind <> '{STANDARD}' AND d.reason <> 'deceased'
      AND (d.way <> 'without_application' OR d.kind IN ('may_qualify', 'recheck')
           OR (d.kind = 'ends' AND d.reason = 'conditions_not_met'))
"""
_PENDING = "('open', 'visited', 'not_found', 'applied')"
# One subject on each side of the equation, so that leads and differences are joined by hashing and not pair by pair.
_SAME = """l.benefit = d.benefit AND l.unit = d.unit
    AND (CASE l.unit WHEN 'person' THEN l.person_id ELSE l.household_id END)
      = (CASE d.unit WHEN 'person' THEN d.person_id ELSE d.household_id END)"""


def raise_leads(*, month: Month, on: date, among: Among | None = None) -> dict[str, int]:
    """Brings leads in line with `outreach_difference`; repeated for the same month, it changes nothing.

    Args:
        among: those whom the difference is about, where it is not about everybody; others' leads are left alone.

    Returns how many were raised, kept, assigned anew, closed and left quiet.
    """
    actor = acting_actor()
    rules = working_rules().at(month)
    values: dict[str, Any] = {
        "month": month.first_day,
        "on": on,
        "due": add_workdays(on, int(rules.visit_workdays)),
        "label": actor.label,
        "post": actor.post_id,
    }
    with connection.cursor() as cursor:

        def run(sql: str) -> int:
            cursor.execute(sql, values)
            return int(cursor.rowcount)

        cursor.execute(
            f"""CREATE TEMPORARY TABLE IF NOT EXISTS lead_wanted (LIKE outreach_difference) ON COMMIT DROP;
                TRUNCATE lead_wanted; INSERT INTO lead_wanted {_TO_RAISE}; ANALYZE lead_wanted;
                CREATE TEMPORARY TABLE IF NOT EXISTS lead_move
                  (id bigint, from_state text, to_state text, reason text) ON COMMIT DROP;
                TRUNCATE lead_move;
                CREATE TEMPORARY TABLE IF NOT EXISTS lead_head (household_id bigint, person_id bigint) ON COMMIT DROP;
                TRUNCATE lead_head"""
        )
        run(
            f"""INSERT INTO lead_move SELECT l.id, l.state, 'closed', 'no_longer_holds' FROM outreach_lead l
                WHERE l.state IN ('open', 'visited', 'not_found') {f"AND {among.holds('l')}" if among else ""}
                  AND NOT EXISTS (SELECT 1 FROM lead_wanted d WHERE {_SAME})"""
        )
        closed = run(
            """UPDATE outreach_lead l SET state = 'closed', settled_on = %(on)s FROM lead_move m WHERE m.id = l.id"""
        )
        anew = run(
            f"""INSERT INTO lead_move SELECT l.id, l.state, 'open', 'assigned_anew' FROM outreach_lead l
                JOIN lead_wanted d ON {_SAME} WHERE l.state = 'not_found' AND l.last_month < %(month)s"""
        )
        run(
            """UPDATE outreach_lead l SET state = 'open', attempts = attempts + 1, due_on = %(due)s
               FROM lead_move m WHERE m.id = l.id AND m.reason = 'assigned_anew'"""
        )
        kept = run(
            f"""UPDATE outreach_lead l SET kind = d.kind, amount_fen = d.amount_fen, current_fen = d.current_fen,
                  reason = d.reason, award_id = d.award_id, last_month = greatest(l.last_month, %(month)s),
                  division_code = d.division_code,
                  household_id = CASE WHEN d.household_id > 0 THEN d.household_id END
                FROM lead_wanted d WHERE {_SAME} AND l.state IN {_PENDING}"""
        )
        quiet = run(
            f"""DELETE FROM lead_wanted d WHERE EXISTS (SELECT 1 FROM outreach_lead l WHERE {_SAME}
                  AND l.state IN ('declined', 'refused', 'opted_out') AND l.quiet_until >= %(month)s
                  AND l.amount_fen = d.amount_fen AND (l.kind = d.kind OR d.kind = 'may_qualify'))
                  AND NOT EXISTS (SELECT 1 FROM outreach_lead l WHERE {_SAME} AND l.state IN {_PENDING})"""
        )
        quiet += run(
            """DELETE FROM lead_wanted d USING outreach_optout o WHERE o.person_id = d.person_id
                 AND o.programme = d.programme AND o.withdrawn_on IS NULL AND d.award_id IS NULL"""
        )
        # Heads are found for all households at once: asked one by one, each would pay for row-level security again.
        run(
            """INSERT INTO lead_head SELECT DISTINCT ON (m.household_id) m.household_id, m.person_id
               FROM people_membership m JOIN people_person p ON p.id = m.person_id AND p.death_date IS NULL
               WHERE m.during @> %(on)s::date
                 AND m.household_id IN (SELECT household_id FROM lead_wanted WHERE unit = 'household')
               ORDER BY m.household_id, m.role, m.person_id"""
        )
        raised = run(
            f"""INSERT INTO outreach_lead (month, last_month, kind, programme, benefit, unit, person_id, household_id,
                  award_id, amount_fen, current_fen, reason, reason_data, state, division_code, due_on, attempts)
                SELECT %(month)s, %(month)s, d.kind, d.programme, d.benefit, d.unit,
                  coalesce(CASE WHEN d.unit = 'person' THEN d.person_id END, head.person_id, d.person_id),
                  -- Somebody without a household counts as one of their own, under a negative number of no record.
                  CASE WHEN d.household_id > 0 THEN d.household_id END, d.award_id, d.amount_fen, d.current_fen, d.reason,
                  jsonb_strip_nulls(jsonb_build_object('reference_fen', d.reference_fen)), 'open', d.division_code,
                  %(due)s, 1
                FROM lead_wanted d
                LEFT JOIN lead_head head ON d.unit = 'household' AND head.household_id = d.household_id
                WHERE NOT EXISTS (SELECT 1 FROM outreach_lead l WHERE {_SAME} AND l.state IN {_PENDING})
                  -- What an officer has settled on this month's findings is not raised again by running it again.
                  AND NOT EXISTS (SELECT 1 FROM outreach_lead l WHERE {_SAME} AND l.state = 'granted'
                                  AND l.last_month >= %(month)s)
                ORDER BY d.benefit, d.household_id, d.person_id"""
        )
        run(
            """INSERT INTO outreach_leadevent (lead_id, from_state, to_state, reason, note, "on", actor_label,
                 actor_post_id, division_code, programme)
               SELECT l.id, m.from_state, m.to_state, m.reason, '', %(on)s, %(label)s, %(post)s, l.division_code,
                 l.programme
               FROM lead_move m JOIN outreach_lead l ON l.id = m.id ORDER BY l.id"""
        )
    counts = {"raised": raised, "kept": kept, "assigned_anew": anew, "closed": closed, "quiet": quiet}
    if raised or closed or anew:
        record("outreach.raise", subject=f"month:{month}", detail=counts)
    return counts
