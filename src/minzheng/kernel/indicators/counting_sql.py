"""The one statement that counts a figure: its rows, grouped over periods, places and parts at once.

Rows are first grouped by month, place code and all dimensions, which leaves few; what remains is told off to every month and
year, place and part it belongs to, parts first; a street's parts by year alone, since by month they are nearly rows. Where people count once (distinct), each step keeps every one of them.
"""

from __future__ import annotations

from minzheng.kernel.indicators.model import Indicator, Kind, Measure

TEMPORARY = "indicators_counted"

# One row for each period that is asked for: (span, first, day), day being the last one that counts.
_ASKED = "jsonb_to_recordset(%(asked)s::jsonb) AS asked(span text, first date, day date)"
# Codes that were abolished, with the prefix that stands for them today.
_MAP = "jsonb_to_recordset(%(moved)s::jsonb) AS moved(old text, new text)"

_COUNT = """
    CREATE TEMPORARY TABLE {into} ON COMMIT DROP AS
    WITH facts AS MATERIALIZED ({facts}),
    placed AS MATERIALIZED (
      SELECT facts.*, coalesce(moved.new, facts.code) AS now_code
      FROM facts LEFT JOIN {moved} ON left(facts.code, length(moved.old)) = moved.old
    ),
    touched AS (SELECT DISTINCT left(now_code, 6) AS district FROM placed WHERE now_code <> code),
    parted AS (
      SELECT p.span, p.first, p.code, p.now_code, parts.dimension, parts.part, {parted}
      FROM placed p CROSS JOIN LATERAL (VALUES {parts}) AS parts(dimension, part)
      GROUP BY p.span, p.first, p.code, p.now_code, parts.dimension, parts.part {people}
    ),
    spread AS (
      SELECT p.span, p.first, at.basis, at.place, at.division, p.dimension, p.part, p.rows, p.measured
      FROM parted p
      CROSS JOIN LATERAL (
        SELECT 'current' AS basis, '310000' AS place, '310000' AS division
        UNION ALL SELECT 'current', left(now_code, 6), left(now_code, 6) WHERE left(now_code, 6) <> '310000'
        UNION ALL SELECT 'current', now_code, now_code WHERE length(now_code) = 9 AND (p.span = 'year' OR p.dimension = '')
        UNION ALL SELECT 'recorded', left(p.code, 6), left(now_code, 6)
                  WHERE left(now_code, 6) IN (SELECT district FROM touched)
        UNION ALL SELECT 'recorded', p.code, now_code
                  WHERE length(p.code) = 9 AND (p.span = 'year' OR p.dimension = '')
                    AND left(now_code, 6) IN (SELECT district FROM touched)
      ) AS at
    )
    SELECT span, first, basis, place, division, dimension, part, sum(rows)::bigint AS rows, {value}::bigint AS value
    FROM spread GROUP BY span, first, basis, place, division, dimension, part
"""

_FLOW = """
    SELECT asked.span, asked.first, counted.code, {dimensions} counted.measured, counted.rows
    FROM (
      SELECT date_trunc('month', r.on_day)::date AS month_counted, left(r.division_code, 9) AS code, {dimensions_of}
             {measured} AS measured, count(*) AS rows
      FROM ({rows}) AS r GROUP BY 1, 2 {grouping}
    ) AS counted
    JOIN {asked} ON asked.first = CASE asked.span WHEN 'month' THEN counted.month_counted ELSE date_trunc('year', counted.month_counted)::date END
"""

_STOCK = """
    SELECT asked.span, asked.first, left(r.division_code, 9) AS code, {dimensions_of} {measured} AS measured, count(*) AS rows
    FROM {asked} CROSS JOIN LATERAL ({rows}) AS r GROUP BY 1, 2, 3 {grouping_stock}
"""

DIFFERENCES = f"""
    INSERT INTO indicators_restatement (indicator, domain, span, first, division_code, before, after, found_on, recorded_at)
    SELECT %(indicator)s, %(domain)s, span, first, place, coalesce(old.value, 0), coalesce(new.value, 0), %(on)s, now()
    FROM (SELECT span, first, place, value FROM indicators_total
          WHERE indicator = %(indicator)s AND basis = 'current' AND dimension = '' AND length(place) = 6) AS old
    FULL JOIN (SELECT span, first, place, value FROM {TEMPORARY}
               WHERE basis = 'current' AND dimension = '' AND length(place) = 6) AS new USING (span, first, place)
    WHERE coalesce(old.value, 0) <> coalesce(new.value, 0)
      AND (span, first) IN (
        SELECT s.span, s.first FROM indicators_state s
        WHERE s.indicator = %(indicator)s AND s.definition = %(definition)s
          AND s.day < %(on)s
          AND s.day = (s.first + CASE s.span WHEN 'month' THEN interval '1 month' ELSE interval '1 year' END
                       - interval '1 day')::date
      )
"""

# Only what came out otherwise is written: a late fact touches a few of a figure's totals.
_SAME = """(old.span, old.first, old.basis, old.place, old.dimension, old.part)
      = (new.span, new.first, new.basis, new.place, new.dimension, new.part)"""

FORGET = f"""
    DELETE FROM indicators_total AS old WHERE indicator = %(indicator)s
      AND (span, first) IN (SELECT span, first FROM {_ASKED})
      AND NOT EXISTS (SELECT 1 FROM {TEMPORARY} AS new WHERE {_SAME})
"""

KEEP = f"""
    INSERT INTO indicators_total (indicator, domain, span, first, basis, place, division_code, dimension, part, rows, value)
    SELECT %(indicator)s, %(domain)s, span, first, basis, place, division, dimension, part, rows, value
    FROM {TEMPORARY} AS new
    WHERE NOT EXISTS (
      SELECT 1 FROM indicators_total AS old WHERE old.indicator = %(indicator)s AND {_SAME}
        AND (old.rows, old.value, old.division_code, old.domain) = (new.rows, new.value, new.division, %(domain)s)
    )
    ON CONFLICT (indicator, span, first, basis, place, dimension, part) DO UPDATE
      SET rows = excluded.rows, value = excluded.value, division_code = excluded.division_code, domain = excluded.domain
"""

REMEMBER = f"""
    INSERT INTO indicators_state (indicator, span, first, day, version, definition, counted_at)
    SELECT %(indicator)s, span, first, day, %(version)s, %(definition)s, now() FROM {_ASKED}
    ON CONFLICT (indicator, span, first) DO UPDATE
      SET day = excluded.day, version = excluded.version, definition = excluded.definition, counted_at = excluded.counted_at
"""


def statement(indicator: Indicator) -> str:
    """The statement that leaves a figure's totals in a temporary table.

    Parameters: `asked` and `moved` (JSON), and for a flow `first` and `last`.
    """
    columns = [dimension.column for dimension in indicator.dimensions]
    dimensions_of = "".join(f"coalesce(r.{name}::text, '') AS {name}, " for name in columns)
    distinct = indicator.measure is Measure.DISTINCT
    measured = {
        Measure.COUNT: "count(*)",
        Measure.SUM: "coalesce(sum(r.amount), 0)",
        Measure.DISTINCT: "r.counted",
    }[indicator.measure]
    # Grouped by position where the same expressions were selected: month or period, code, dimensions, who is counted.
    wide = len(columns) + (1 if distinct else 0)
    if indicator.kind is Kind.FLOW:
        grouping = "".join(f", {3 + at}" for at in range(wide))
        facts = _FLOW.format(
            dimensions="".join(f"counted.{name}, " for name in columns), dimensions_of=dimensions_of,
            measured=measured, rows=indicator.rows, grouping=grouping, asked=_ASKED,
        )  # fmt: skip
    else:
        grouping = "".join(f", {4 + at}" for at in range(wide))
        facts = _STOCK.format(
            dimensions_of=dimensions_of, measured=measured, grouping_stock=grouping, asked=_ASKED,
            rows=indicator.rows.replace("%(on)s", "asked.day"),
        )  # fmt: skip
    parts = ", ".join(["(''::text, ''::text)", *(f"('{name}', p.{name})" for name in columns)])
    value = "count(DISTINCT measured)" if distinct else "sum(measured)"
    parted = "sum(p.rows) AS rows, " + ("p.measured" if distinct else "sum(p.measured) AS measured")
    people = ", p.measured" if distinct else ""
    return _COUNT.format(
        into=TEMPORARY, facts=facts, moved=_MAP, parts=parts, parted=parted, people=people, value=value
    )


def probe(indicator: Indicator) -> str:
    """The rows of a figure as a SELECT that reads none, for looking at its columns."""
    return f"SELECT * FROM ({indicator.rows}) AS r LIMIT 0"
