"""Whom an approved list pays: records merged since are followed to the one that holds now, and each person counts once.

A record may have been merged into one that was merged itself. Every entry is followed along the whole chain; of several
entries that end at one person one is paid, and the others are struck off with the reason.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from minzheng.kernel.awards.staging import Query
from minzheng.kernel.eventgrants.models import Activation

# Entry and the record it now stands for. UNION, not UNION ALL: records that point at each other would never end.
_ROOTED = """
    WITH RECURSIVE step (entry_id, person_id) AS (
      SELECT e.id, e.person_id FROM eventgrants_entry e WHERE e.activation_id = %(activation)s
      UNION
      SELECT s.entry_id, p.merged_into_id FROM step s JOIN people_person p ON p.id = s.person_id
      WHERE p.merged_into_id IS NOT NULL
    ), rooted AS (
      SELECT s.entry_id, p.id AS root_id, p.death_date FROM step s JOIN people_person p ON p.id = s.person_id
      WHERE p.merged_into_id IS NULL
    )
"""

# Of one person's entries the frozen one goes before a late one, the person's own before that of an absorbed record.
_STRIKE = f"""
    INSERT INTO eventgrants_strike (entry_id, reason, "on", programme, division_code, person_id)
    {_ROOTED}, ranked AS (
      SELECT e.*, coalesce(r.death_date, p.death_date) < %(since)s AS is_dead,
        row_number() OVER (PARTITION BY r.root_id
                           ORDER BY e.is_late, e.person_id <> r.root_id, e.id) AS place
      FROM rooted r JOIN eventgrants_entry e ON e.id = r.entry_id JOIN people_person p ON p.id = e.person_id
    )
    SELECT e.id, CASE WHEN e.is_dead THEN 'deceased' ELSE 'merged' END, %(on)s, e.programme, e.division_code, e.person_id
    FROM ranked e WHERE e.is_dead OR e.place > 1
    ON CONFLICT (entry_id) DO NOTHING
"""

_TO_GRANT = f"""
    {_ROOTED}
    SELECT DISTINCT ON (r.root_id) r.root_id, e.amount_fen, e.division_code,
      jsonb_build_object('activation', e.activation_id, 'ground', e.ground)
    FROM rooted r JOIN eventgrants_entry e ON e.id = r.entry_id
    WHERE NOT EXISTS (SELECT 1 FROM eventgrants_strike s WHERE s.entry_id = e.id)
    ORDER BY r.root_id, e.id
"""


def strike_off(activation: Activation, on: date) -> None:
    """Strikes off who died before the day that counts, and every further entry of one person (剔除)."""
    with connection.cursor() as cursor:
        cursor.execute(_STRIKE, {"activation": activation.pk, "since": activation.cutoff_on, "on": on})


def to_grant(activation: Activation) -> Query:
    """Person, fen, place and detail of everybody on the list who is paid, for `awards.one_month`."""
    # `Query` takes its values by place.
    return Query(_TO_GRANT.replace("%(activation)s", "%s"), (activation.pk,))
