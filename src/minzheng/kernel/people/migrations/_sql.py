"""SQL of the guards: policies of what hangs on a person, the resident's own household, the search."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

OWN_HOUSEHOLD = (
    f"""
    CREATE FUNCTION people_own_household() RETURNS bigint LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE me bigint := public.access_person();
    BEGIN
      IF me IS NULL THEN RETURN NULL; END IF;
      RETURN (SELECT household_id FROM public.people_membership
              WHERE person_id = me AND upper_inf(during) LIMIT 1);
    END $$;
    REVOKE ALL ON FUNCTION people_own_household() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION people_own_household() TO "{web_role()}";
    """,
    "DROP FUNCTION people_own_household();",
)


# A person whose record lies elsewhere cannot be entered again. Whoever tries learns that the number is taken, as any
# unique constraint would tell, and nothing of whose it is.
TAKEN = (
    f"""
    CREATE FUNCTION people_taken(kinds text[], numbers text[]) RETURNS TABLE (kind text, value text)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      IF public.access_low() IS NULL THEN RETURN; END IF;
      RETURN QUERY SELECT i.kind, i.value FROM unnest(kinds, numbers) AS asked(k, v)
        JOIN public.people_identifier i ON i.kind = asked.k AND i.value = asked.v;
    END $$;
    REVOKE ALL ON FUNCTION people_taken(text[], text[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION people_taken(text[], text[]) TO "{web_role()}";
    """,
    "DROP FUNCTION people_taken(text[], text[]);",
)


def hangs_on_person(
    table: str, owner: str, web: str, *, person: str = "person_id", or_household: bool = False
) -> tuple[str, str]:
    """Row-level security of a table whose rows belong to a person (or a household): seen where that one is seen."""
    seen = f"EXISTS (SELECT 1 FROM people_person p WHERE p.id = {table}.{person})"
    if or_household:
        seen += f" OR EXISTS (SELECT 1 FROM people_household h WHERE h.id = {table}.household_id)"
    # Without an official there is no low bound, and a resident's view of others must not open through here.
    scope = f"(SELECT access_low()) = '31' OR ((SELECT access_low()) IS NOT NULL AND ({seen}))"
    mine = f" OR {person} = (SELECT access_person())"
    policies = {
        "owner": f'TO "{owner}" USING (true) WITH CHECK (true)',
        "read": f'FOR SELECT TO "{web}" USING ({scope}{mine})',
        "insert": f'FOR INSERT TO "{web}" WITH CHECK ({scope})',
        "update": f'FOR UPDATE TO "{web}" USING ({scope}) WITH CHECK ({scope})',
        "delete": f'FOR DELETE TO "{web}" USING ({scope})',
    }
    forward = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    forward += "".join(f"CREATE POLICY {table}_{name} ON {table} {text};" for name, text in policies.items())
    backward = "".join(f"DROP POLICY {table}_{name} ON {table};" for name in policies)
    backward += (
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )
    return forward, backward


# Trigrams know no Chinese character where the server's character class is C, so names are indexed by their
# characters and pairs of characters: the same answers on every server, and pairs serve two-character names.
SEARCH = (
    f"""
    CREATE FUNCTION people_grams(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
    DECLARE
      short text := left(lower(name), 60);
      grams text[] := string_to_array(short, NULL);
    BEGIN
      FOR i IN 1..length(short) - 1 LOOP grams := grams || (grams[i] || grams[i + 1]); END LOOP;
      RETURN grams;
    END $$;
    GRANT EXECUTE ON FUNCTION people_grams(text) TO "{web_role()}";
    CREATE INDEX people_person_grams ON people_person USING gin (people_grams(name));
    CREATE INDEX people_personname_grams ON people_personname USING gin (people_grams(name));
    CREATE INDEX people_person_pinyin ON people_person (replace(name_pinyin, ' ', ''));
    CREATE INDEX people_person_initials
      ON people_person (regexp_replace(name_pinyin, '([^ ])[^ ]* ?', '\\1', 'g'));
    CREATE INDEX people_identifier_tail ON people_identifier (reverse(value));

    CREATE FUNCTION people_search(query text, wanted int)
    RETURNS TABLE (person_id bigint, name text, matched text, sex smallint, birth_date date, death_date date,
                   division_code text, identifier text)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      low text := public.access_low();
      high text := public.access_high();
      q text := lower(regexp_replace(query, '\\s', '', 'g'));
    BEGIN
      IF low IS NULL OR length(q) < 2 THEN RETURN; END IF;
      IF q ~ '^[0-9]+x?$' AND length(q) < 4 THEN RETURN; END IF;
      RETURN QUERY
      WITH hits AS (
        SELECT i.person_id AS id, NULL::text AS matched
        FROM public.people_identifier i
        WHERE q ~ '^[0-9]{{4,20}}x?$'
          AND reverse(i.value) >= reverse(upper(q)) AND reverse(i.value) < reverse(upper(q)) || '~'
        UNION ALL
        SELECT p.id, NULL FROM public.people_person p
        WHERE q ~ '^[a-z]+$'
          AND replace(p.name_pinyin, ' ', '') >= q AND replace(p.name_pinyin, ' ', '') < q || '~'
        UNION ALL
        SELECT p.id, NULL FROM public.people_person p
        WHERE q ~ '^[a-z]+$'
          AND regexp_replace(p.name_pinyin, '([^ ])[^ ]* ?', '\\1', 'g') >= q
          AND regexp_replace(p.name_pinyin, '([^ ])[^ ]* ?', '\\1', 'g') < q || '~'
        UNION ALL
        SELECT p.id, NULL FROM public.people_person p
        WHERE q !~ '^[0-9]+x?$'
          AND public.people_grams(p.name) @> public.people_grams(q) AND position(q IN lower(p.name)) > 0
        UNION ALL
        SELECT n.person_id, n.name FROM public.people_personname n
        WHERE q !~ '^[0-9]+x?$'
          AND public.people_grams(n.name) @> public.people_grams(q) AND position(q IN lower(n.name)) > 0
      ), best AS (
        SELECT h.id, min(h.matched) FILTER (WHERE h.matched IS NOT NULL) AS matched,
               bool_or(h.matched IS NULL) AS by_own_name
        FROM hits h GROUP BY h.id
      )
      SELECT p.id, p.name, CASE WHEN b.by_own_name THEN NULL ELSE b.matched END, p.sex, p.birth_date,
             p.death_date, p.division_code,
             (SELECT left(i.value, 3) || repeat('*', greatest(length(i.value) - 7, 0)) || right(i.value, 4)
              FROM public.people_identifier i
              WHERE i.person_id = p.id AND i.kind = 'citizen' ORDER BY i.is_primary DESC, i.id LIMIT 1)
      FROM best b JOIN public.people_person p ON p.id = b.id
      WHERE p.merged_into_id IS NULL
        AND ((p.division_code >= low AND p.division_code < high)
             OR (p.hukou_division_code >= low AND p.hukou_division_code < high))
      ORDER BY (lower(p.name) = q) DESC, p.name_pinyin, p.id
      LIMIT least(greatest(wanted, 1), 200);
    END $$;
    ALTER FUNCTION people_search(text, int) OWNER TO "{owner_role()}";
    REVOKE ALL ON FUNCTION people_search(text, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION people_search(text, int) TO "{web_role()}";
    """,
    """
    DROP FUNCTION people_search(text, int);
    DROP INDEX people_identifier_tail, people_person_initials, people_person_pinyin, people_personname_grams,
      people_person_grams;
    DROP FUNCTION people_grams(text);
    """,
)
