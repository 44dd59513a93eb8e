"""SQL of the search for a register of millions: each question takes the one index that suits its words and its scope.

A pattern's operator is not leakproof, so under row-level security no index would serve it; the search is a guarded function
that asks for the scope itself. A common name has thousands of bearers: answers are taken in the order of an index and end
with the number wanted, and in a street the place is a key beside those of the name, so that an officer there does not pass
through the whole city's.
"""

from __future__ import annotations

from collections.abc import Sequence

from minzheng.kernel.people.migrations import _sql
from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
PINYIN = "replace({}name_pinyin, ' ', '')"
INITIALS = "regexp_replace({}name_pinyin, '([^ ])[^ ]* ?', '\\1', 'g')"
MOST_CANDIDATES = 200
"""So many who bear a part of a name, or in a street a beginning of it, are put in order; of more, these are some."""

# The scope as a filter that no index serves: over a few rows of the right index it costs nothing, and a place's index taken
# by a wrong guess of how many live there would cost a look at all of them.
SEEN = """p.merged_into_id IS NULL
        AND ((p.division_code || '' >= low AND p.division_code || '' < high)
             OR (p.hukou_division_code || '' >= low AND p.hukou_division_code || '' < high))"""


def _answer(hits: str) -> str:
    """The statement that returns people out of hits (id, matched), each once and in order."""
    return f"""
      RETURN QUERY
      WITH hits AS MATERIALIZED ({hits}), best AS (
        SELECT h.id, CASE WHEN NOT bool_or(h.matched IS NULL) THEN min(h.matched) END AS matched
        FROM hits h GROUP BY h.id
      )
      SELECT p.id, p.name, b.matched, p.sex, p.birth_date, p.death_date, p.division_code,
             (SELECT left(i.value, 3) || repeat('*', greatest(length(i.value) - 7, 0)) || right(i.value, 4)
              FROM public.people_identifier i
              WHERE i.person_id = p.id AND i.kind = 'citizen' ORDER BY i.is_primary DESC, i.id LIMIT 1)
      FROM best b JOIN public.people_person p ON p.id = b.id
      WHERE {SEEN}
      ORDER BY (lower(p.name) = q) DESC, p.name_pinyin, p.id LIMIT n;"""


_BY_NUMBER = f"""
        SELECT i.person_id AS id, NULL::text AS matched
        FROM public.people_identifier i JOIN public.people_person p ON p.id = i.person_id
        WHERE reverse(i.value) >= reverse(upper(q)) AND reverse(i.value) < reverse(upper(q)) || '~' AND {SEEN}"""

# Written otherwise, by some office or formerly.
_OTHERWISE = f"""
        (SELECT x.person_id, x.name FROM public.people_personname x JOIN public.people_person p ON p.id = x.person_id
         WHERE public.people_grams(x.name) @> public.people_grams(q) AND position(q IN lower(x.name)) > 0 AND {SEEN}
         LIMIT {MOST_CANDIDATES})"""
_WITHIN = f"""
        (SELECT p.id, NULL::text AS matched FROM public.people_person p
         WHERE public.people_keys(p.name, p.name_pinyin, p.division_code, p.hukou_division_code) @> keys
           AND position(q IN lower(p.name)) > 0 AND {SEEN} LIMIT {MOST_CANDIDATES})"""


def _from(expression: str) -> str:
    """The first people from `q` on in the order of an index over this expression of the pinyin."""
    of = expression.format("p.")
    more = f", {PINYIN.format('p.')}" if expression == INITIALS else ""
    return f"""
        (SELECT p.id, NULL::text AS matched FROM public.people_person p
         WHERE {of} >= q AND {of} < q || '~' AND {SEEN} ORDER BY {of}{more}, p.id LIMIT n)"""


def _here(expression: str, sign: str, longest: int) -> str:
    """The same people in a street, by the place and the first letters."""
    of = expression.format("p.")
    letters = f"'{sign}' || left(q, CASE WHEN length(q) >= {longest} THEN {longest} ELSE 2 END)"
    return f"""
        (SELECT p.id, NULL::text AS matched FROM public.people_person p
         WHERE public.people_keys(p.name, p.name_pinyin, p.division_code, p.hukou_division_code)
               @> ARRAY['@' || low, {letters}]
           AND {of} || '' >= q AND {of} || '' < q || '~' AND {SEEN} LIMIT {MOST_CANDIDATES})"""


_CALLED = f"""

        SELECT p.id FROM public.people_person p
        WHERE lower(p.name) = q AND {SEEN} ORDER BY lower(p.name), p.id LIMIT n"""


_TOLD = "name_pinyin"
LETTERS = ", ".join(
    f"'{sign}' || left({of.format('').replace(_TOLD, 'pinyin')}, {length})"
    for sign, of, lengths in (("%", PINYIN, (2, 4)), ("#", INITIALS, (2, 3)))
    for length in lengths
)
KEYED = """CREATE INDEX people_person_keys ON people_person
      USING gin (people_keys(name, name_pinyin, division_code, hukou_division_code));"""


def keys_function(letters: str = "") -> str:
    """What a person is found by in the index of keys, besides the letters given."""
    return f"""CREATE OR REPLACE FUNCTION people_keys(name text, pinyin text, home text, hukou text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT public.people_grams(coalesce(name, '')) || ARRAY[{letters and letters + ","}
        '@' || left(home, 6), '@' || left(home, 9), '@' || left(home, 12),
        '@' || left(hukou, 6), '@' || left(hukou, 9), '@' || left(hukou, 12)] $$;"""


def search_function(here: Sequence[str]) -> str:
    """The search itself; `here` are the questions by which letters are looked for in a street."""
    return f"""
    CREATE FUNCTION people_search(query text, wanted int)
    RETURNS TABLE (person_id bigint, name text, matched text, sex smallint, birth_date date, death_date date,
                   division_code text, identifier text)
    -- Every branch has one right index whatever is asked, so the plans are made once in a session.
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET max_parallel_workers_per_gather = 0 {_DEFINER} AS $$
    DECLARE
      low text := public.access_low();
      high text := public.access_high();
      q text := lower(regexp_replace(query, '\\s', '', 'g'));
      n int := least(greatest(wanted, 1), 200);
      keys text[];
      called bigint[] := '{{}}';
    BEGIN
      IF low IS NULL OR length(q) < 2 THEN RETURN; END IF;
      IF q ~ '^[0-9]+x?$' THEN
        IF length(q) NOT BETWEEN 4 AND 21 THEN RETURN; END IF;
        {_answer(_BY_NUMBER)}
        RETURN;
      END IF;
      keys := public.people_grams(q) || CASE WHEN length(low) IN (6, 9, 12) THEN ARRAY['@' || low] ELSE '{{}}' END;
      IF q ~ '^[a-z]+$' AND length(low) >= 9 THEN
        {_answer(" UNION ALL ".join((*here, _WITHIN, _OTHERWISE)))}
        RETURN;
      END IF;
      IF q ~ '^[a-z]+$' THEN
        {_answer(" UNION ALL ".join((_from(PINYIN), _from(INITIALS), _WITHIN, _OTHERWISE)))}
        RETURN;
      END IF;
      -- In a street the place narrows more than the whole name does.
      IF length(low) < 9 THEN called := ARRAY({_CALLED}); END IF;
      IF cardinality(called) >= n THEN
        {_answer("SELECT id, NULL::text AS matched FROM unnest(called) AS id")}
      ELSE
        {_answer("SELECT id, NULL::text AS matched FROM unnest(called) AS id UNION ALL" + _WITHIN + " UNION ALL" + _OTHERWISE)}
      END IF;
    END $$;
    ALTER FUNCTION people_search(text, int) OWNER TO "{owner_role()}";
    REVOKE ALL ON FUNCTION people_search(text, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION people_search(text, int) TO "{web_role()}";
    """


BY_KEYS = (_here(PINYIN, "%", 4), _here(INITIALS, "#", 3))

SEARCH = (
    f"""
    DROP FUNCTION people_search(text, int);
    DROP INDEX people_person_grams, people_person_pinyin, people_person_initials;

    -- What a person is found by: the name's characters and pairs, the first letters of pinyin and initials, and the
    -- district, street and committee of residence and hukou.
    {keys_function(LETTERS)}
    GRANT EXECUTE ON FUNCTION people_keys(text, text, text, text) TO "{web_role()}";
    {KEYED}
    CREATE INDEX people_person_called ON people_person (lower(name), id);
    CREATE INDEX people_person_pinyin ON people_person (({PINYIN.format("")}), id);
    CREATE INDEX people_person_initials ON people_person (({INITIALS.format("")}), ({PINYIN.format("")}), id);
    """
    + search_function(BY_KEYS),
    """
    DROP FUNCTION people_search(text, int);
    DROP INDEX people_person_keys, people_person_called, people_person_pinyin, people_person_initials;
    DROP FUNCTION people_keys(text, text, text, text);
    DROP INDEX people_personname_grams, people_identifier_tail;
    DROP FUNCTION people_grams(text);
    """
    + _sql.SEARCH[0],
)
