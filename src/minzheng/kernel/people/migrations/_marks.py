"""SQL of the marks: triggers on every table that the population's columns are read from, so that none can be forgotten.

A statement marks all that it changed at once. Columns that no rule reads are named; any other, a new one too, counts.
"""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

MOST_ROWS = 200_000
"""A statement over more rows than this is a new register rather than a change: it marks everything, as one row."""

_SAID = ("source", "authority", "observed_on")
# table: (the person, the household, columns that change nothing for the rules)
WATCHED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "person": ("{}.id", "NULL::bigint", ("name", "name_pinyin", "ethnicity", "provenance", "registered_at")),
    "household": ("NULL::bigint", "{}.id", ("number", "register", *_SAID)),
    "membership": ("{}.person_id", "{}.household_id", _SAID),
    "residence": ("{}.person_id", "NULL::bigint", ("address", *_SAID)),
    "hukourecord": ("{}.person_id", "NULL::bigint", _SAID),
    "fact": ("{}.person_id", "{}.household_id", ("file", "file_row", *_SAID)),
}
_EVENTS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def _touched(table: str, event: str) -> str:
    """The query of (person, household) pairs that a statement touched."""
    person, household, ignored = WATCHED[table]
    names = "{" + ",".join(ignored) + "}"
    if event == "update":
        changed = f"(to_jsonb(n) - '{names}'::text[]) <> (to_jsonb(o) - '{names}'::text[])"
        both = "new_rows n JOIN old_rows o ON o.id = n.id"
        return " UNION ALL ".join(
            f"SELECT {person.format(row)} AS person, {household.format(row)} AS household FROM {both} WHERE {changed}"
            for row in ("n", "o")
        )
    rows = "new_rows" if event == "insert" else "old_rows"
    return f"SELECT {person.format('r')} AS person, {household.format('r')} AS household FROM {rows} r"


def _function(table: str, event: str) -> str:
    rows = "old_rows" if event == "delete" else "new_rows"
    return f"""
    CREATE FUNCTION people_mark_{table}_{event}() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      people bigint[];
      homes bigint[];
    BEGIN
      IF (SELECT count(*) FROM {rows}) > {MOST_ROWS} THEN
        INSERT INTO public.people_householdmark (household_id) VALUES (NULL);
        RETURN NULL;
      END IF;
      SELECT array_agg(DISTINCT t.person), array_agg(DISTINCT t.household) INTO people, homes
      FROM ({_touched(table, event)}) t;
      PERFORM public.people_mark(people, homes);
      RETURN NULL;
    END $$;
    CREATE TRIGGER people_mark_{event} AFTER {event.upper()} ON people_{table}
      REFERENCING {_EVENTS[event]} FOR EACH STATEMENT EXECUTE FUNCTION people_mark_{table}_{event}();
    """


def marking() -> tuple[str, str]:
    """Functions and triggers, and how to take them away."""
    every = [(table, event) for table in WATCHED for event in _EVENTS]
    forward = f"""
    -- All households that a person ever belonged to are marked, and the one of their own under the negative number, in
    -- which they count where no household holds them: which of them it is depends on the day that is asked for. Marks
    -- are only added: to spare one that stands already would lose a change that its reader did not see.
    CREATE FUNCTION people_mark(people bigint[], homes bigint[]) RETURNS void LANGUAGE sql {_DEFINER} AS $$
      INSERT INTO public.people_householdmark (household_id)
      SELECT m.household_id FROM public.people_membership m WHERE m.person_id = ANY(people)
      UNION SELECT -p FROM unnest(people) p WHERE p IS NOT NULL
      UNION SELECT h FROM unnest(homes) h WHERE h IS NOT NULL
    $$;
    REVOKE ALL ON FUNCTION people_mark(bigint[], bigint[]) FROM PUBLIC;
    """
    forward += "".join(_function(table, event) for table, event in every)
    backward = "".join(
        f"DROP TRIGGER people_mark_{event} ON people_{table}; DROP FUNCTION people_mark_{table}_{event}();\n"
        for table, event in every
    )
    return forward, backward + "DROP FUNCTION people_mark(bigint[], bigint[]);"


# A mark says only that something changed, yet that is a word about a household: none but the service reads them, and
# none at all writes them except by changing the register.
OWN_ROWS = (
    f"""
    ALTER TABLE people_householdmark ENABLE ROW LEVEL SECURITY;
    ALTER TABLE people_householdmark FORCE ROW LEVEL SECURITY;
    CREATE POLICY people_householdmark_owner ON people_householdmark TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY people_householdmark_read ON people_householdmark FOR SELECT TO "{web_role()}"
      USING ((SELECT access_role()) = 'service');
    CREATE POLICY people_householdmark_delete ON people_householdmark FOR DELETE TO "{web_role()}"
      USING ((SELECT access_role()) = 'service');
    """,
    """
    DROP POLICY people_householdmark_owner ON people_householdmark;
    DROP POLICY people_householdmark_read ON people_householdmark;
    DROP POLICY people_householdmark_delete ON people_householdmark;
    ALTER TABLE people_householdmark NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE people_householdmark DISABLE ROW LEVEL SECURITY;
    """,
)
