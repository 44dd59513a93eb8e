"""SQL of the guards: what an entry does by itself, how papers are counted, who sees which entry, what a registrar may look up."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
_REGISTRARS = "'marriage_registrar', 'marriage_office_head', 'service'"
_READERS = f"{_REGISTRARS}, 'district_reviewer', 'city_policy_officer', 'auditor'"

# One statement may hold one act or a year of them: every rule is about the set.
ENTRY = (
    f"""
    CREATE FUNCTION marriage_entry_binds() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE found text;
    BEGIN
      SELECT a.number INTO found FROM added a
        LEFT JOIN marriage_registration_registrarlicence l ON l.id = a.licence_id AND l.official_id = a.registrar_id
          AND l.office_id = a.office_id AND l.during @> a."on"
        WHERE a.kind NOT IN ('archive', 'archive_divorce') AND l.id IS NULL LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION '%：登记员没有当日有效的资格证 / the registrar holds no licence in force', found
          USING ERRCODE = 'check_violation', CONSTRAINT = 'marriage_licence_in_force';
      END IF;
      IF coalesce(access_role(), 'service') <> 'service' THEN
        SELECT a.number INTO found FROM added a
          WHERE CASE WHEN a.kind IN ('archive', 'archive_divorce') THEN access_role() <> 'marriage_office_head'
                     ELSE a.registrar_id IS DISTINCT FROM access_official() END LIMIT 1;
        IF found IS NOT NULL THEN
          RAISE EXCEPTION '%：登记员须为本人，历史档案由负责人录入 / an entry bears the registrar who acts, old papers are entered by the head', found
            USING ERRCODE = 'insufficient_privilege';
        END IF;
      END IF;
      SELECT a.number INTO found FROM added a JOIN marriage_registration_registration r ON r.id = a.refers_to_id
        WHERE NOT CASE WHEN a.kind IN ('divorce', 'archive_divorce', 'revocation') THEN r.kind IN ('marriage', 'archive')
                       ELSE r.kind IN ('marriage', 'archive', 'divorce', 'archive_divorce') END LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION '%：所指记录不是结婚（离婚）登记 / the entry refers to one of another kind', found
          USING ERRCODE = 'check_violation', CONSTRAINT = 'marriage_refers_to_act';
      END IF;
      -- A divorce without the marriage's entry is of a marriage registered elsewhere: ours has to be named.
      SELECT a.number INTO found FROM added a JOIN marriage_registration_maritaltie t ON NOT t.is_void
          AND t.during @> a."on" AND (t.person_id IN (a.man_person_id, a.woman_person_id)
            OR t.identifier IN (a.man_identifier, a.woman_identifier) AND t.identifier <> '')
        WHERE a.kind IN ('divorce', 'archive_divorce') AND a.refers_to_id IS NULL LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION '%：婚姻登记中有结婚记录，离婚须指明该记录 / name the marriage that the register holds', found
          USING ERRCODE = 'check_violation', CONSTRAINT = 'marriage_divorce_names_marriage';
      END IF;

      UPDATE marriage_registration_maritaltie t
        SET during = daterange(lower(t.during), a."on"), ended_by_id = a.id, end_reason = 'divorce'
        FROM added a WHERE a.kind IN ('divorce', 'archive_divorce') AND t.registration_id = a.refers_to_id
          AND upper_inf(t.during) AND lower(t.during) < a."on" AND NOT t.is_void;
      UPDATE marriage_registration_maritaltie t SET is_void = true, ended_by_id = a.id, end_reason = 'revocation'
        FROM added a WHERE a.kind = 'revocation' AND t.registration_id = a.refers_to_id AND NOT t.is_void;
      SELECT a.number INTO found FROM added a
        WHERE a.kind IN ('divorce', 'archive_divorce', 'revocation') AND a.refers_to_id IS NOT NULL
          AND (SELECT count(*) FROM marriage_registration_maritaltie t
               WHERE t.registration_id = a.refers_to_id AND t.ended_by_id = a.id) <> 2 LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION '%：所指婚姻已经终止 / the marriage had ended already', found
          USING ERRCODE = 'check_violation', CONSTRAINT = 'marriage_in_force';
      END IF;
      -- A correction holds the parties as they should have been; the tie follows.
      UPDATE marriage_registration_maritaltie t SET
          person_id = CASE t.side WHEN 'man' THEN a.man_person_id ELSE a.woman_person_id END,
          identifier_kind = CASE t.side WHEN 'man' THEN a.man_identifier_kind ELSE a.woman_identifier_kind END,
          identifier = CASE t.side WHEN 'man' THEN a.man_identifier ELSE a.woman_identifier END,
          spouse_person_id = CASE t.side WHEN 'man' THEN a.woman_person_id ELSE a.man_person_id END
        FROM added a WHERE a.kind = 'correction' AND t.registration_id = a.refers_to_id;
      INSERT INTO marriage_registration_maritaltie (registration_id, side, person_id, identifier_kind, identifier,
          spouse_person_id, division_code, during, is_void, end_reason)
        SELECT a.id, s.side, s.person_id, s.kind, s.identifier, s.spouse_id, a.division_code, daterange(a."on", NULL), false, ''
        FROM added a CROSS JOIN LATERAL (VALUES
          ('man', a.man_person_id, a.man_identifier_kind, a.man_identifier, a.woman_person_id),
          ('woman', a.woman_person_id, a.woman_identifier_kind, a.woman_identifier, a.man_person_id)
        ) AS s (side, person_id, kind, identifier, spouse_id)
        WHERE a.kind IN ('marriage', 'archive');
      INSERT INTO marriage_registration_certificateuse (office_id, division_code, paper, serial, state, registration_id, "on",
          reason)
        SELECT a.office_id, a.division_code, CASE WHEN a.kind = 'reissue' THEN a.detail ->> 'paper' ELSE a.kind END,
          s.serial, 'used', a.id, a."on", ''
        FROM added a CROSS JOIN LATERAL (VALUES (a.man_serial), (a.woman_serial)) AS s (serial)
        WHERE s.serial IS NOT NULL AND a.kind IN ('marriage', 'divorce', 'reissue');
      INSERT INTO marriage_registration_publication (registration_id, division_code, outcome)
        SELECT id, division_code, '{{}}' FROM added WHERE kind NOT IN ('reissue', 'no_record');
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION marriage_entry_binds() FROM PUBLIC;
    CREATE TRIGGER marriage_entry_binds AFTER INSERT ON marriage_registration_registration
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION marriage_entry_binds();
    """,
    """
    DROP TRIGGER marriage_entry_binds ON marriage_registration_registration; DROP FUNCTION marriage_entry_binds();
    """,
)

PAPERS = (
    f"""
    CREATE FUNCTION marriage_papers_received() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      INSERT INTO marriage_registration_certificatestock AS s (office_id, division_code, paper, received, used, spoiled, "left")
        SELECT office_id, min(division_code), paper, sum(upper(serials) - lower(serials)), 0, 0,
          sum(upper(serials) - lower(serials)) FROM added GROUP BY office_id, paper
        ON CONFLICT (office_id, paper) DO UPDATE SET received = s.received + excluded.received,
          "left" = s."left" + excluded."left";
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION marriage_papers_received() FROM PUBLIC;
    CREATE TRIGGER marriage_papers_received AFTER INSERT ON marriage_registration_stockreceipt
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION marriage_papers_received();

    CREATE FUNCTION marriage_papers_used() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE found record;
    BEGIN
      SELECT a.paper, a.serial INTO found FROM added a
        WHERE NOT EXISTS (SELECT 1 FROM marriage_registration_stockreceipt r
          WHERE r.office_id = a.office_id AND r.paper = a.paper AND r.serials @> a.serial) LIMIT 1;
      IF found.serial IS NOT NULL THEN
        RAISE EXCEPTION '证书 % 不在本处库存中 / the office never received this paper', found.serial
          USING ERRCODE = 'check_violation', CONSTRAINT = 'marriage_serial_of_office';
      END IF;
      UPDATE marriage_registration_certificatestock s SET used = s.used + n.used, spoiled = s.spoiled + n.spoiled,
          "left" = s."left" - n.used - n.spoiled
        FROM (SELECT office_id, paper, count(*) FILTER (WHERE state = 'used') AS used,
                count(*) FILTER (WHERE state = 'spoiled') AS spoiled FROM added GROUP BY 1, 2) n
        WHERE s.office_id = n.office_id AND s.paper = n.paper;
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION marriage_papers_used() FROM PUBLIC;
    CREATE TRIGGER marriage_papers_used AFTER INSERT ON marriage_registration_certificateuse
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION marriage_papers_used();
    """,
    """
    DROP TRIGGER marriage_papers_received ON marriage_registration_stockreceipt; DROP FUNCTION marriage_papers_received();
    DROP TRIGGER marriage_papers_used ON marriage_registration_certificateuse; DROP FUNCTION marriage_papers_used();
    """,
)

# What was applied for stays; only the way it ended is written, once.
APPLICATION = (
    """
    CREATE FUNCTION marriage_application_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE was jsonb := to_jsonb(OLD) - '{state,closed_on,withdrawn_by,registration_id}'::text[];
    BEGIN
      IF OLD.state <> 'pending' OR NEW.state = 'pending'
         OR was IS DISTINCT FROM to_jsonb(NEW) - '{state,closed_on,withdrawn_by,registration_id}'::text[] THEN
        RAISE EXCEPTION '离婚登记申请只能办结一次，不能改写 / an application is closed once and never rewritten'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER marriage_application_keeps BEFORE UPDATE ON marriage_registration_divorceapplication
      FOR EACH ROW EXECUTE FUNCTION marriage_application_keeps();
    """,
    """
    DROP TRIGGER marriage_application_keeps ON marriage_registration_divorceapplication;
    DROP FUNCTION marriage_application_keeps();
    """,
)

# A registrar must know whether somebody is married anywhere in the city, without seeing everybody's file.
LOOK_UPS = (
    f"""
    CREATE FUNCTION marriage_open_ties(people bigint[], kinds text[], numbers text[])
    RETURNS TABLE (registration_id bigint, number text, side text, person_id bigint, identifier text, since date,
                   spouse_name text, spouse_identifier text, spouse_died_on date, division_code text)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      IF coalesce(access_role(), '') NOT IN ({_REGISTRARS}) THEN RETURN; END IF;
      RETURN QUERY
        SELECT r.id, r.number, t.side, t.person_id, t.identifier, lower(t.during),
          CASE t.side WHEN 'man' THEN r.woman_name ELSE r.man_name END,
          CASE t.side WHEN 'man' THEN r.woman_identifier ELSE r.man_identifier END, p.death_date, r.division_code
        FROM marriage_registration_maritaltie t JOIN marriage_registration_registration r ON r.id = t.registration_id
          LEFT JOIN people_person p ON p.id = t.spouse_person_id
        WHERE upper_inf(t.during) AND NOT t.is_void AND t.id IN (
          SELECT x.id FROM marriage_registration_maritaltie x
            WHERE x.person_id IN (SELECT q.id FROM people_person q WHERE q.id = ANY(people) OR q.merged_into_id = ANY(people))
          UNION SELECT x.id FROM unnest(kinds, numbers) AS asked (k, v) JOIN marriage_registration_maritaltie x
            ON x.identifier_kind = asked.k AND x.identifier = asked.v AND asked.v <> '')
        ORDER BY r.id, t.side;
    END $$;

    -- Who is a parent of whom, three generations up from these people, as the households tell it or ever told it.
    CREATE FUNCTION marriage_kin(people bigint[]) RETURNS TABLE (parent bigint, child bigint)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      seen bigint[] := people;
      edge bigint[] := people;
    BEGIN
      IF coalesce(access_role(), '') NOT IN ({_REGISTRARS}) THEN RETURN; END IF;
      FOR generation IN 1..3 LOOP
        edge := ARRAY(
          SELECT DISTINCT up.person_id FROM people_membership me JOIN people_membership up
            ON up.household_id = me.household_id AND up.person_id <> me.person_id
          WHERE me.person_id = ANY(edge)
            AND (me.role = 3 AND up.role IN (1, 2) OR me.role = 1 AND up.role = 4));
        seen := seen || edge;
      END LOOP;
      RETURN QUERY
        SELECT DISTINCT up.person_id, me.person_id FROM people_membership me JOIN people_membership up
          ON up.household_id = me.household_id AND up.person_id <> me.person_id
        WHERE me.person_id = ANY(seen) AND (me.role = 3 AND up.role IN (1, 2) OR me.role = 1 AND up.role = 4);
    END $$;

    -- A death ends the marriage; the day itself was still of it. Null people: everybody, for the night's job.
    CREATE FUNCTION marriage_end_by_death(people bigint[]) RETURNS bigint LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE ended bigint;
    BEGIN
      IF coalesce(access_role(), '') NOT IN ({_REGISTRARS}) THEN RETURN 0; END IF;
      UPDATE marriage_registration_maritaltie t SET during = daterange(lower(t.during), d.died_on + 1), end_reason = 'death'
        FROM (SELECT x.registration_id, min(p.death_date) AS died_on FROM marriage_registration_maritaltie x
                JOIN people_person p ON p.id = x.person_id
              WHERE upper_inf(x.during) AND NOT x.is_void AND p.death_date >= lower(x.during)
                AND (people IS NULL OR x.registration_id IN (
                  SELECT y.registration_id FROM marriage_registration_maritaltie y WHERE y.person_id = ANY(people)))
              GROUP BY 1) d
        WHERE t.registration_id = d.registration_id AND upper_inf(t.during) AND NOT t.is_void;
      GET DIAGNOSTICS ended = ROW_COUNT;
      -- What the register of people was told has changed, so it is told again.
      UPDATE marriage_registration_publication q SET told_at = NULL, outcome = q.outcome || '{{"death": true}}'
        FROM marriage_registration_maritaltie t
        WHERE t.registration_id = q.registration_id AND t.end_reason = 'death' AND NOT q.outcome ? 'death'
          AND (people IS NULL OR t.person_id = ANY(people));
      RETURN ended;
    END $$;
    """
    + "".join(
        f'REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO "{web_role()}";\n'
        for name in (
            "marriage_open_ties(bigint[], text[], text[])",
            "marriage_kin(bigint[])",
            "marriage_end_by_death(bigint[])",
        )
    ),
    """
    DROP FUNCTION marriage_open_ties(bigint[], text[], text[]); DROP FUNCTION marriage_kin(bigint[]);
    DROP FUNCTION marriage_end_by_death(bigint[]);
    """,
)


def _inside(column: str) -> str:
    return f"({column} >= (SELECT access_low()) AND {column} < (SELECT access_high()))"


def pair_scope(table: str, prefix: str) -> tuple[str, str]:
    """An office's district sees what it registered and reads what was registered of its hukou people; a couple sees its own.

    Whoever stands at the counter with their card is seen with their entries, as with their record (decision 0011).
    """
    office = f"(SELECT access_role()) IN ({_READERS})"
    homes = " OR ".join(
        _inside(f"{table}.{column}") for column in ("division_code", "man_hukou", "woman_hukou")
    )
    at_counter = " OR ".join(
        f"{column} = ANY((SELECT people_attended())::bigint[])"
        for column in ("man_person_id", "woman_person_id")
    )
    own = " OR ".join(
        f"{column} = (SELECT access_person())" for column in ("man_person_id", "woman_person_id")
    )
    read = f"({office} AND ({homes} OR {at_counter})) OR ({own})"
    write = f"(SELECT access_role()) IN ({_REGISTRARS}) AND {_inside('division_code')}"
    return _policies(table, prefix, read, write)


def office_scope(
    table: str, prefix: str, *, own: str = "", writers: str = _REGISTRARS, public: bool = False
) -> tuple[str, str]:
    """Rows of an office: read by its district's posts that may see the register, written by `writers`."""
    read = f"(SELECT access_role()) IN ({_READERS}) AND {_inside('division_code')}"
    read = "true" if public else f"({read})" + (f" OR {own} = (SELECT access_person())" if own else "")
    return _policies(
        table, prefix, read, f"(SELECT access_role()) IN ({writers}) AND {_inside('division_code')}"
    )


def registrar_scope(table: str, prefix: str) -> tuple[str, str]:
    """Rows of an office that its district's registrars read and write, and nobody else."""
    own = f"(SELECT access_role()) IN ({_REGISTRARS}) AND {_inside('division_code')}"
    return _policies(table, prefix, own, own)


def _policies(table: str, prefix: str, read: str, write: str) -> tuple[str, str]:
    policies = {
        "owner": f'TO "{owner_role()}" USING (true) WITH CHECK (true)',
        "read": f'FOR SELECT TO "{web_role()}" USING ({read})',
        "insert": f'FOR INSERT TO "{web_role()}" WITH CHECK ({write})',
        "update": f'FOR UPDATE TO "{web_role()}" USING ({write}) WITH CHECK ({write})',
    }
    forward = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    backward = (
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )
    for name, rule in policies.items():
        forward += f"CREATE POLICY {prefix}_{name} ON {table} {rule};"
        backward = f"DROP POLICY {prefix}_{name} ON {table};" + backward
    return forward, backward


def hangs_on_entry(table: str, prefix: str, person: str) -> tuple[str, str]:
    """Rows of an entry, written by the entry's trigger alone: read where the entry is read."""
    seen = f"EXISTS (SELECT 1 FROM marriage_registration_registration r WHERE r.id = {table}.registration_id)"
    return _policies(table, prefix, f"{seen} OR {person} = (SELECT access_person())", "false")


REVIEWERS = "'district_reviewer', 'city_policy_officer', 'marriage_office_head', 'service'"
MANAGERS = "'marriage_office_head', 'city_policy_officer', 'service'"
