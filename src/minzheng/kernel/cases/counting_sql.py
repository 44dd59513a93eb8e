"""The statements of `counting`: what each case counts for, and how the difference moves the totals."""

from __future__ import annotations

MEASURES = {
    "submitted": ("submitted_on", "1"),
    "papers_needed": ("submitted_on", "papers_needed"),
    "papers_fetched": ("submitted_on", "papers_fetched"),
    "papers_failed": ("submitted_on", "papers_failed"),
    "accepted": ("accepted_on", "1"),
    "crossed": ("accepted_on", "is_crossed::int"),
    "handed_over": ("accepted_on", "(handover_days IS NOT NULL)::int"),
    "handover_days": ("accepted_on", "coalesce(handover_days, 0)"),
    "granted": ("ended_on", "(state = 'granted')::int"),
    "refused": ("ended_on", "(state = 'refused')::int"),
    "withdrawn": ("ended_on", "(state = 'withdrawn')::int"),
    "ended_otherwise": ("ended_on", "(state NOT IN ('granted', 'refused', 'withdrawn'))::int"),
    "in_time": ("ended_on", "(state IN ('granted', 'refused') AND NOT is_late)::int"),
    "departs": ("ended_on", "(state IN ('granted', 'refused') AND departs)::int"),
    "online": ("ended_on", "(state IN ('granted', 'refused') AND is_online)::int"),
    "limited": ("ended_on", "(state IN ('granted', 'refused') AND limit_days IS NOT NULL)::int"),
    "limit_days": (
        "ended_on",
        "CASE WHEN state IN ('granted', 'refused') THEN coalesce(limit_days, 0) ELSE 0 END",
    ),
    "rated": ("rated_on", "1"),
    "rating_points": ("rated_on", "score"),
    "rated_low": ("rated_on", "is_rated_low::int"),
}
"""Each measure of `Total`: the day that puts it into a month, and what one case adds to it."""

COLUMNS = (
    "case_id", "item", "domain", "channel", "accepting_division", "deciding_division", "state", "submitted_on",
    "accepted_on", "ended_on", "rated_on", "working_days", "limit_days", "is_late", "departs", "is_online",
    "is_crossed", "handover_days", "papers_needed", "papers_fetched", "papers_failed", "issuers", "score",
    "is_rated_low",
)  # fmt: skip
_LIST = ", ".join(COLUMNS)

CHANGED = """
    CREATE TEMPORARY TABLE cases_changed ON COMMIT DROP AS
    SELECT DISTINCT case_id FROM cases_event WHERE at >= %s
"""
EVERYTHING = """
    CREATE TEMPORARY TABLE cases_changed ON COMMIT DROP AS
    SELECT id AS case_id FROM cases_case WHERE submitted_on IS NOT NULL UNION SELECT case_id FROM cases_counted
"""

# The first act of the office that decides, by which a case handed over to it has arrived in somebody's hands.
_TAKEN_UP = ("begin_check", "end_check", "examine", "ask_correction", "publicise", "propose", "decide", "send_back",
             "give_back")  # fmt: skip

# %s: every working day of the calendar, in order; the number of days up to one is a binary search in it.
FRESH = f"""
    CREATE TEMPORARY TABLE cases_fresh ON COMMIT DROP AS
    SELECT c.id AS case_id, c.item, c.domain, c.channel, c.accepting_division, c.deciding_division, c.state,
           c.submitted_on, c.accepted_on,
           CASE WHEN c.state IN ('granted', 'refused') THEN c.decided_on
                WHEN c.state IN ('withdrawn', 'not_accepted', 'lapsed', 'ended') THEN c.state_since END AS ended_on,
           r."on" AS rated_on, CASE WHEN c.state IN ('granted', 'refused') THEN c.working_days END AS working_days,
           k.limit_days, c.is_late, c.departs,
           c.channel = 'online' AND NOT e.was_at_counter AS is_online, x.is_crossed,
           CASE WHEN x.is_crossed AND e.taken_up_on IS NOT NULL
                THEN greatest(width_bucket(e.taken_up_on, d.days) - width_bucket(c.accepted_on, d.days), 0)::smallint
                END AS handover_days,
           m.needed AS papers_needed, m.fetched AS papers_fetched, m.failed AS papers_failed, m.issuers,
           r.score, coalesce(r.follow_up <> 'none', false) AS is_rated_low
    FROM cases_changed g JOIN cases_case c ON c.id = g.case_id
    CROSS JOIN (SELECT %s::date[] AS days) d
    CROSS JOIN LATERAL (
      SELECT c.accepted_on IS NOT NULL AND left(c.accepting_division, 6) <> left(c.deciding_division, 6)
             AND c.deciding_division <> '310000' AND c.accepting_division <> '310000' AS is_crossed) x
    CROSS JOIN LATERAL (
      SELECT coalesce(bool_or(act IN ('take_over', 'hand_in') AND actor_post_id IS NOT NULL), false) AS was_at_counter,
             min("on") FILTER (WHERE act = ANY(ARRAY{list(_TAKEN_UP)!r})) AS taken_up_on
      FROM cases_event WHERE case_id = c.id) e
    CROSS JOIN LATERAL (
      SELECT CASE WHEN bool_and(in_workdays) THEN sum(limit_days)::smallint END AS limit_days
      FROM cases_clock WHERE case_id = c.id AND kind NOT IN ('accept', 'correct')) k
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(needed), 0)::smallint AS needed, coalesce(sum(fetched), 0)::smallint AS fetched,
             coalesce(sum(failed), 0)::smallint AS failed,
             coalesce(jsonb_agg(jsonb_build_array(issuer, fetched, failed) ORDER BY issuer)
               FILTER (WHERE fetched + failed > 0), '[]') AS issuers
      FROM (SELECT issuer, count(*) FILTER (WHERE state <> 'not_needed') AS needed,
                   count(*) FILTER (WHERE state = 'fetched') AS fetched,
                   count(*) FILTER (WHERE failed_why <> '') AS failed
            FROM cases_material WHERE case_id = c.id GROUP BY issuer) papers) m
    LEFT JOIN LATERAL (SELECT "on", score, follow_up FROM cases_rating WHERE case_id = c.id) r ON true
    WHERE c.submitted_on IS NOT NULL
"""

# What counts for the same as before is left alone.
LEAVE_ALIKE = f"""
    WITH alike AS (
      SELECT f.case_id FROM cases_fresh f JOIN cases_counted n ON n.case_id = f.case_id
      WHERE ({", ".join(f"f.{c}" for c in COLUMNS)}) IS NOT DISTINCT FROM ({", ".join(f"n.{c}" for c in COLUMNS)})),
    gone AS (DELETE FROM cases_fresh USING alike WHERE cases_fresh.case_id = alike.case_id)
    DELETE FROM cases_changed USING alike WHERE cases_changed.case_id = alike.case_id
"""

# Each case once with what it counts for now, once taken away with what it counted for before.
SIGNED = f"""
    CREATE TEMPORARY TABLE cases_signed ON COMMIT DROP AS
    SELECT 1 AS sign, {_LIST} FROM cases_fresh
    UNION ALL
    SELECT -1, {_LIST} FROM cases_counted WHERE case_id IN (SELECT case_id FROM cases_changed)
"""

# Both sides of a case; of each its street, its district and the city.
_PLACES = """
    CROSS JOIN LATERAL (VALUES ('deciding', s.deciding_division), ('accepting', s.accepting_division)) AS o(side, code)
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[left(o.code, 9), left(o.code, 6), '310000'])) AS p(division_code)
"""


def _month(day: str) -> str:
    # Days from the first on, without a detour over times of day.
    return f"({day} - (extract(day FROM {day})::int - 1))"


# Every month that a case counts in, and the offices that its papers came from.
_MONTHS = (
    "CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY["
    + ", ".join(_month("s." + day) for day in dict.fromkeys(day for day, _ in MEASURES.values()))
    + "])) AS b(month)"
)
_ISSUERS = "CROSS JOIN LATERAL jsonb_array_elements(s.issuers) AS i(row)"


def _totals() -> str:
    sums = ", ".join(
        f"coalesce(sum(s.sign * ({amount})) FILTER (WHERE {_month('s.' + day)} = b.month), 0) AS {name}"
        for name, (day, amount) in MEASURES.items()
    )
    names = ", ".join(MEASURES)
    changes = ", ".join(f"{name} = cases_total.{name} + excluded.{name}" for name in MEASURES)
    return f"""
        INSERT INTO cases_total (side, division_code, month, item, domain, channel, {names})
        SELECT o.side, p.division_code, b.month, s.item, s.domain, s.channel, {sums}
        FROM cases_signed s
        {_MONTHS} {_PLACES}
        WHERE b.month IS NOT NULL
        GROUP BY o.side, p.division_code, b.month, s.item, s.domain, s.channel
        ON CONFLICT (side, division_code, month, item, channel, domain) DO UPDATE SET {changes}
    """


TOTALS = _totals()

DAYS = f"""
    INSERT INTO cases_total_days (side, division_code, month, item, domain, days, cases)
    SELECT o.side, p.division_code, {_month("s.ended_on")}, s.item, s.domain, s.working_days, sum(s.sign)
    FROM cases_signed s {_PLACES}
    WHERE s.working_days IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(s.sign) <> 0
    ON CONFLICT (side, division_code, month, item, days, domain)
      DO UPDATE SET cases = cases_total_days.cases + excluded.cases
"""

ISSUERS = f"""
    INSERT INTO cases_total_issuers (side, division_code, month, item, domain, issuer, fetched, failed)
    SELECT o.side, p.division_code, {_month("s.submitted_on")}, s.item, s.domain, i.row ->> 0,
           sum(s.sign * (i.row ->> 1)::int), sum(s.sign * (i.row ->> 2)::int)
    FROM cases_signed s {_PLACES} {_ISSUERS}
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (side, division_code, month, item, issuer, domain)
      DO UPDATE SET fetched = cases_total_issuers.fetched + excluded.fetched,
                    failed = cases_total_issuers.failed + excluded.failed
"""

FORGET = "DELETE FROM cases_counted WHERE case_id IN (SELECT case_id FROM cases_changed)"
KEEP = f"INSERT INTO cases_counted ({_LIST}) SELECT {_LIST} FROM cases_fresh"


def _empty(table: str, month: str, own: str, what: str, zero: str) -> str:
    """Deletes what came to nothing, looking only where something was taken away."""
    columns = ("side", "division_code", "month", "item", "domain", own)
    same = " AND ".join(f"t.{name} = k.{name}" for name in columns)
    return f"""
        WITH k AS MATERIALIZED (
          SELECT DISTINCT o.side, p.division_code, {month} AS month, s.item, s.domain, {what} AS {own}
          FROM cases_signed s {_PLACES} {_ISSUERS if own == "issuer" else ""} {_MONTHS if own == "channel" else ""}
          WHERE s.sign = -1)
        DELETE FROM {table} t USING k WHERE {same} AND {zero}
    """


EMPTY = (
    _empty("cases_total", "b.month", "channel", "s.channel", " AND ".join(f"t.{name} = 0" for name in MEASURES)),
    _empty("cases_total_days", _month("s.ended_on"), "days", "s.working_days", "t.cases = 0"),
    _empty("cases_total_issuers", _month("s.submitted_on"), "issuer", "i.row ->> 0", "t.fetched = 0 AND t.failed = 0"),
)  # fmt: skip

# Whatever commits later than what we read now has begun no earlier than this moment.
HORIZON = """
    SELECT least(now(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
