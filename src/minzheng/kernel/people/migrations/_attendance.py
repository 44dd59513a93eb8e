"""SQL of attendance: who is attended to, how it begins and ends, and that it lets nobody write."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
_NAMES = (
    "people_attended()",
    "people_attended_households()",
    "people_attend(text, text, text)",
    "people_attend_members(text)",
    "people_attend_by_mandate(bigint, text)",
    "people_leave()",
    "people_is_ours(bigint)",
    "people_household_is_ours(bigint)",
)

FUNCTIONS = (
    f"""
    -- Those whom the acting post or resident attends to now.
    CREATE FUNCTION people_attended() RETURNS bigint[] LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      me bigint := public.access_person();
    BEGIN
      IF post IS NOT NULL THEN
        RETURN coalesce((SELECT array_agg(DISTINCT a.person_id) FROM public.people_attendance a
                         WHERE a.post_id = post AND a.closed_at IS NULL AND a.until > clock_timestamp()), '{{}}');
      ELSIF me IS NOT NULL THEN
        RETURN coalesce((SELECT array_agg(DISTINCT a.person_id) FROM public.people_attendance a
                         WHERE a.helper_id = me AND a.closed_at IS NULL AND a.until > clock_timestamp()), '{{}}');
      END IF;
      RETURN '{{}}';
    END $$;

    CREATE FUNCTION people_attended_households() RETURNS bigint[] LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      IF public.access_actor_post() IS NULL THEN RETURN '{{}}'; END IF;
      RETURN coalesce((SELECT array_agg(DISTINCT m.household_id) FROM public.people_membership m
                       WHERE m.person_id = ANY(public.people_attended()) AND upper_inf(m.during)), '{{}}');
    END $$;

    -- Whether a record lies in the acting post's own place, without what attendance adds.
    CREATE FUNCTION people_is_ours(one bigint) RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT EXISTS (SELECT 1 FROM public.people_person p WHERE p.id = one
        AND ((p.division_code >= public.access_low() AND p.division_code < public.access_high())
          OR (p.hukou_division_code >= public.access_low() AND p.hukou_division_code < public.access_high()))) $$;
    CREATE FUNCTION people_household_is_ours(one bigint) RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT EXISTS (SELECT 1 FROM public.people_household h WHERE h.id = one
        AND h.division_code >= public.access_low() AND h.division_code < public.access_high()) $$;

    CREATE FUNCTION people_attend(number text, called text, purpose text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      found bigint;
      place text;
    BEGIN
      -- Administrators and statisticians have no low bound: they serve nobody.
      IF post IS NULL OR public.access_low() IS NULL OR length(number) < 8 OR length(called) < 1 THEN RETURN NULL; END IF;
      SELECT coalesce(p.merged_into_id, p.id) INTO found
      FROM public.people_identifier i JOIN public.people_person p ON p.id = i.person_id
      WHERE i.value = number AND upper_inf(i.during)
        AND (p.name = called OR EXISTS (SELECT 1 FROM public.people_personname n
                                        WHERE n.person_id = p.id AND n.name = called))
      ORDER BY i.is_primary DESC LIMIT 1;
      INSERT INTO public.audit_entry (at, actor_kind, role, actor_label, act, subject, person_id, division_code, reason,
                                      detail, address)
      VALUES (now(), '', '', '', CASE WHEN found IS NULL THEN 'people.attend_refused' ELSE 'people.attend' END,
              coalesce('people.person:' || found, ''), found, '', purpose,
              jsonb_build_object('purpose', purpose), '');
      IF found IS NULL THEN RETURN NULL; END IF;
      INSERT INTO public.people_attendance (person_id, post_id, way, purpose, since, until)
      VALUES (found, post, 'identified', purpose, clock_timestamp(), clock_timestamp() + interval '2 hours');
      RETURN found;
    END $$;

    CREATE FUNCTION people_attend_members(purpose text) RETURNS int LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      added int;
    BEGIN
      IF post IS NULL OR public.access_low() IS NULL THEN RETURN 0; END IF;
      WITH home AS (
        SELECT DISTINCT m.household_id FROM public.people_membership m JOIN public.people_attendance a
          ON a.person_id = m.person_id AND a.post_id = post AND a.way = 'identified' AND a.closed_at IS NULL
             AND a.until > clock_timestamp()
        WHERE upper_inf(m.during)
      ), added_rows AS (
        INSERT INTO public.people_attendance (person_id, post_id, way, purpose, since, until)
        SELECT DISTINCT m.person_id, post, 'member', purpose, clock_timestamp(), clock_timestamp() + interval '2 hours'
        FROM public.people_membership m JOIN home USING (household_id)
        WHERE upper_inf(m.during) AND m.person_id <> ALL(public.people_attended())
        RETURNING person_id
      ), traced AS (
        INSERT INTO public.audit_entry (at, actor_kind, role, actor_label, act, subject, person_id, division_code, reason,
                                        detail, address)
        SELECT now(), '', '', '', 'people.attend', 'people.person:' || person_id, person_id, '', purpose,
               jsonb_build_object('purpose', purpose, 'way', 'member'), '' FROM added_rows
      )
      SELECT count(*) INTO added FROM added_rows;
      RETURN added;
    END $$;

    CREATE FUNCTION people_leave() RETURNS void LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      me bigint := public.access_person();
    BEGIN
      UPDATE public.people_attendance SET closed_at = clock_timestamp()
      WHERE closed_at IS NULL AND ((post IS NOT NULL AND post_id = post)
                                OR (post IS NULL AND me IS NOT NULL AND helper_id = me));
    END $$;
    """
    + "".join(
        f'REVOKE ALL ON FUNCTION {name} FROM PUBLIC;\nGRANT EXECUTE ON FUNCTION {name} TO "{web_role()}";\n'
        for name in _NAMES
        if "mandate" not in name
    ),
    "".join(f"DROP FUNCTION {name};\n" for name in reversed(_NAMES) if "mandate" not in name),
)

_ATTENDED = "ANY((SELECT people_attended())::bigint[])"
_HOMES = "ANY((SELECT people_attended_households())::bigint[])"


def seen_while_attended() -> tuple[str, str]:
    """Reading: the person, and the household they live in."""
    return (
        f"""
        CREATE POLICY people_person_attended ON people_person FOR SELECT TO "{web_role()}" USING (id = {_ATTENDED});
        CREATE POLICY people_household_attended ON people_household FOR SELECT TO "{web_role()}"
          USING (id = {_HOMES});
        """,
        """
        DROP POLICY people_person_attended ON people_person;
        DROP POLICY people_household_attended ON people_household;
        """,
    )


def never_written(table: str, *, or_household: bool = False) -> tuple[str, str]:
    """What hangs on a person is written where the person is seen; being attended to must not open that door."""
    rule = f"(NOT (person_id = {_ATTENDED}) OR people_is_ours(person_id))"
    if or_household:
        rule = f"((person_id IS NULL OR {rule}) AND (household_id IS NULL OR NOT (household_id = {_HOMES})" \
               " OR people_household_is_ours(household_id)))"  # fmt: skip
    forward = f"""
        CREATE POLICY {table}_attended_insert ON {table} AS RESTRICTIVE FOR INSERT TO "{web_role()}" WITH CHECK ({rule});
        CREATE POLICY {table}_attended_update ON {table} AS RESTRICTIVE FOR UPDATE TO "{web_role()}" USING ({rule});
        CREATE POLICY {table}_attended_delete ON {table} AS RESTRICTIVE FOR DELETE TO "{web_role()}" USING ({rule});
    """
    backward = "".join(
        f"DROP POLICY {table}_attended_{verb} ON {table};\n" for verb in ("insert", "update", "delete")
    )
    return forward, backward


OWN_ROWS = (
    f"""
    ALTER TABLE people_attendance ENABLE ROW LEVEL SECURITY;
    ALTER TABLE people_attendance FORCE ROW LEVEL SECURITY;
    CREATE POLICY people_attendance_owner ON people_attendance TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY people_attendance_read ON people_attendance FOR SELECT TO "{web_role()}"
      USING (post_id = (SELECT access_actor_post()) OR person_id = (SELECT access_person())
             OR helper_id = (SELECT access_person()));
    """,
    """
    DROP POLICY people_attendance_owner ON people_attendance; DROP POLICY people_attendance_read ON people_attendance;
    ALTER TABLE people_attendance NO FORCE ROW LEVEL SECURITY; ALTER TABLE people_attendance DISABLE ROW LEVEL SECURITY;
    """,
)
