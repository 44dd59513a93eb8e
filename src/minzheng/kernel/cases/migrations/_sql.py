"""SQL of casework's guards: who sees and moves which case, and what an applicant may write themself."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
WEB, OWNER = web_role(), owner_role()

_DOMAINS = (
    "('*' = ANY((SELECT access_domains())::text[]) OR {0}domain = ANY((SELECT access_domains())::text[]))"
)
_PLACES = " OR ".join(
    f"({column} >= (SELECT access_low()) AND {column} < (SELECT access_high()))"
    for column in ("deciding_division", "accepting_division")
)
_SCOPE = f"(({_PLACES}) AND {_DOMAINS.format('')})"
_ME = "(SELECT access_person())"
_MINE = f"person_id = {_ME} OR applicant_id = {_ME} OR helper_person_id = {_ME}"
_ATTENDED = "(person_id = ANY((SELECT people_attended())::bigint[]) AND (SELECT access_low()) IS NOT NULL)"
_NOT_YET = "state IN ('draft', 'submitted', 'correcting')"
_WAITS = "state IN ('submitted', 'correcting', 'accepted', 'checking', 'examined', 'publicised', 'proposed', 'passed_on')"

NUMBERS = (
    f"""
    CREATE SEQUENCE cases_case_number;
    GRANT USAGE ON SEQUENCE cases_case_number TO "{WEB}";
    """,
    "DROP SEQUENCE cases_case_number;",
)

INDEXES = (
    f"""
    CREATE INDEX cases_case_queue ON cases_case (deciding_division, due_on, id) WHERE {_WAITS};
    CREATE INDEX cases_case_deciding ON cases_case (deciding_division, id);
    CREATE INDEX cases_case_accepting ON cases_case (accepting_division, id);
    CREATE INDEX cases_case_person ON cases_case (person_id);
    CREATE INDEX cases_case_applicant ON cases_case (applicant_id);
    CREATE INDEX cases_case_helper ON cases_case (helper_person_id) WHERE helper_person_id IS NOT NULL;
    CREATE INDEX cases_case_item ON cases_case (item, opened_on);
    CREATE INDEX cases_case_bundle ON cases_case (bundle_id) WHERE bundle_id IS NOT NULL;
    """,
    "".join(
        f"DROP INDEX cases_case_{name};\n"
        for name in ("queue", "deciding", "accepting", "person", "applicant", "helper", "item", "bundle")
    ),
)

CASE_POLICIES = (
    f"""
    ALTER TABLE cases_case ENABLE ROW LEVEL SECURITY;
    ALTER TABLE cases_case FORCE ROW LEVEL SECURITY;
    CREATE POLICY cases_case_owner ON cases_case TO "{OWNER}" USING (true) WITH CHECK (true);
    CREATE POLICY cases_case_read ON cases_case FOR SELECT TO "{WEB}" USING ({_SCOPE} OR {_MINE} OR {_ATTENDED});
    CREATE POLICY cases_case_insert ON cases_case FOR INSERT TO "{WEB}"
      WITH CHECK ({_SCOPE} OR (applicant_id = {_ME} AND state = 'draft'));
    -- A clerk takes over what somebody at the counter began elsewhere; from then on it is this place's too.
    CREATE POLICY cases_case_update ON cases_case FOR UPDATE TO "{WEB}"
      USING ({_SCOPE} OR ({_ATTENDED} AND {_NOT_YET}) OR ({_MINE}))
      WITH CHECK ({_SCOPE} OR (({_MINE})
                  AND state IN ('draft', 'submitted', 'accepted', 'correcting', 'withdrawn', 'abandoned')));
    """,
    """
    DROP POLICY cases_case_owner ON cases_case; DROP POLICY cases_case_read ON cases_case;
    DROP POLICY cases_case_insert ON cases_case; DROP POLICY cases_case_update ON cases_case;
    ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY; ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY;
    """,
)

# What a resident may change of the own case is a question of columns and of the state before, which a policy cannot see.
APPLICANT_KEEPS = (
    f"""
    CREATE FUNCTION cases_applicant_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE me bigint;
    BEGIN
      IF coalesce(current_setting('app.resident', true), '') = '' THEN RETURN NEW; END IF;
      me := public.access_person();
      IF me IS NULL THEN RETURN NEW; END IF;
      IF TG_OP = 'INSERT' THEN
        IF NEW.applicant_id IS DISTINCT FROM me OR NEW.state <> 'draft' OR NEW.steps_done <> '{{}}'
           OR NEW.award_id IS NOT NULL OR NEW.decided_on IS NOT NULL
           OR NOT (NEW.person_id = me OR EXISTS (
             SELECT 1 FROM public.cases_mandate m
             WHERE m.id = NEW.mandate_id AND m.person_id = NEW.person_id AND m.helper_person_id = me
               AND m.may_submit AND m.revoked_on IS NULL
               AND (m.items = '{{}}' OR NEW.item = ANY(m.items))
               AND NEW.opened_on BETWEEN m.since AND m.until)) THEN
          RAISE EXCEPTION '只能为本人或凭委托申请：apply for oneself or by a mandate' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END IF;
      IF (NEW.id, NEW.item, NEW.person_id, NEW.applicant_id, NEW.steps_done, NEW.accepted_on, NEW.decided_on,
          NEW.award_id, NEW.departs, NEW.is_late, NEW.papers_saved, NEW.mandate_id, NEW.assigned_post_id, NEW.bundle_id,
          NEW.opened_on)
         IS DISTINCT FROM
         (OLD.id, OLD.item, OLD.person_id, OLD.applicant_id, OLD.steps_done, OLD.accepted_on, OLD.decided_on,
          OLD.award_id, OLD.departs, OLD.is_late, OLD.papers_saved, OLD.mandate_id, OLD.assigned_post_id, OLD.bundle_id,
          OLD.opened_on)
         OR (NEW.answers IS DISTINCT FROM OLD.answers AND OLD.state NOT IN ('draft', 'correcting'))
         OR ((NEW.deciding_division, NEW.accepting_division) IS DISTINCT FROM
             (OLD.deciding_division, OLD.accepting_division) AND OLD.state <> 'draft')
         OR NOT (NEW.state = OLD.state AND OLD.state IN ('draft', 'correcting')
              OR (OLD.state, NEW.state) IN (('draft', 'submitted'), ('draft', 'abandoned'))
              OR (OLD.state = 'correcting' AND NEW.state = OLD.resume_state)
              OR (NEW.state = 'withdrawn' AND {_WAITS.replace("state", "OLD.state", 1)})) THEN
        RAISE EXCEPTION '申请人不能这样更改办件：an applicant cannot change a case so' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER cases_applicant_keeps BEFORE INSERT OR UPDATE ON cases_case
      FOR EACH ROW EXECUTE FUNCTION cases_applicant_keeps();
    """,
    "DROP TRIGGER cases_applicant_keeps ON cases_case; DROP FUNCTION cases_applicant_keeps();",
)

# The office that hands a case on to another place can no longer see it where it was not the one that took it in.
REROUTE = (
    f"""
    CREATE FUNCTION cases_reroute(one bigint, place text, seen_version int) RETURNS boolean
    LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE done int;
    BEGIN
      IF public.access_low() IS NULL THEN RETURN false; END IF;
      UPDATE public.cases_case SET deciding_division = place, assigned_post_id = NULL, version = version + 1
      WHERE id = one AND version = seen_version AND {_WAITS}
        AND ((deciding_division >= public.access_low() AND deciding_division < public.access_high())
          OR (accepting_division >= public.access_low() AND accepting_division < public.access_high()));
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done = 1;
    END $$;
    REVOKE ALL ON FUNCTION cases_reroute(bigint, text, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cases_reroute(bigint, text, int) TO "{WEB}";
    """,
    "DROP FUNCTION cases_reroute(bigint, text, int);",
)


# Asking the case's own policy by a sub-select makes the planner plan every partition for every row's table. A function
# keeps its plan, and answers for one case in a tenth of a millisecond. It is told once, with the helpers and the places a
# case was handed on from, whose column and functions later steps bring.
SEES = (
    f"""
    CREATE FUNCTION cases_sees(one bigint) RETURNS boolean LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      acting bigint := public.access_actor_post();
      me bigint := public.access_person();
      post record;
      found record;
      low text;
      high text;
    BEGIN
      IF acting IS NULL AND me IS NULL THEN RETURN false; END IF;
      SELECT c.* INTO found FROM public.cases_case c WHERE c.id = one;
      IF found IS NULL THEN RETURN false; END IF;
      IF acting IS NULL THEN
        RETURN coalesce(
          found.person_id = me OR (found.applicant_id = me AND found.helper_person_id IS DISTINCT FROM me)
          OR (found.helper_person_id = me AND found.mandate_id = ANY(public.cases_mandates_held())), false);
      END IF;
      low := public.access_low();
      high := public.access_high();
      IF low IS NULL THEN RETURN false; END IF;
      SELECT p.domains INTO post FROM public.access_post p WHERE p.id = acting;
      RETURN coalesce(
        (('*' = ANY(post.domains) OR found.domain = ANY(post.domains))
         AND ((found.deciding_division COLLATE "C" >= low AND found.deciding_division COLLATE "C" < high)
           OR (found.accepting_division COLLATE "C" >= low AND found.accepting_division COLLATE "C" < high)
           OR (found.former_division COLLATE "C" >= low AND found.former_division COLLATE "C" < high)))
        OR found.person_id = ANY(public.people_attended())
        OR (found.helper_post_id = acting AND found.mandate_id = ANY(public.cases_mandates_held())), false);
    END $$;
    -- Whether the applicant may still fill in the form.
    CREATE FUNCTION cases_is_open_form(one bigint) RETURNS boolean LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      RETURN public.cases_sees(one)
        AND EXISTS (SELECT 1 FROM public.cases_case c WHERE c.id = one AND c.state IN ('draft', 'correcting'));
    END $$;
    REVOKE ALL ON FUNCTION cases_sees(bigint) FROM PUBLIC;
    REVOKE ALL ON FUNCTION cases_is_open_form(bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cases_sees(bigint) TO "{WEB}";
    GRANT EXECUTE ON FUNCTION cases_is_open_form(bigint) TO "{WEB}";
    """,
    "DROP FUNCTION cases_is_open_form(bigint); DROP FUNCTION cases_sees(bigint);",
)


def hangs_on_case(
    table: str, *, case: str = "case_id", applicant_adds: str = "", applicant_changes: str = ""
) -> tuple[str, str]:
    """Row-level security of what belongs to a case: seen where the case is seen.

    Args:
        applicant_adds: SQL over the row; where it holds, the resident whose case it is may add it.
        applicant_changes: the same for changing it.
    """
    seen = f"cases_sees({table}.{case})"
    city = "((SELECT access_low()) = '31' AND '*' = ANY((SELECT access_domains())::text[]))"
    staff = f"({city} OR ((SELECT access_low()) IS NOT NULL AND {seen}))"
    mine = f"({_ME} IS NOT NULL AND {seen}"
    adds = f" OR {mine} AND ({applicant_adds}))" if applicant_adds else ""
    changes = f" OR {mine} AND ({applicant_changes}))" if applicant_changes else ""
    policies = {
        "owner": f'TO "{OWNER}" USING (true) WITH CHECK (true)',
        "read": f'FOR SELECT TO "{WEB}" USING ({staff} OR {mine}))',
        "insert": f'FOR INSERT TO "{WEB}" WITH CHECK ({staff}{adds})',
        "update": f'FOR UPDATE TO "{WEB}" USING ({staff}{changes}) WITH CHECK ({staff}{changes})',
        "delete": f'FOR DELETE TO "{WEB}" USING ({staff})',
    }
    forward = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    forward += "".join(f"CREATE POLICY {table}_{name} ON {table} {text};" for name, text in policies.items())
    backward = "".join(f"DROP POLICY {table}_{name} ON {table};" for name in policies)
    backward += (
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )
    return forward, backward


def of_place_and_person(
    table: str, *, division: str, person: str, resident_writes: bool = True
) -> tuple[str, str]:
    """Rows that belong to a place and to a person who may write their own (帮办、委托)."""
    scope = f"({division} >= (SELECT access_low()) AND {division} < (SELECT access_high()))" if division else (
        f"((SELECT access_low()) IS NOT NULL AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = {table}.{person}))"
    )  # fmt: skip
    mine = f"{person} = {_ME}"
    if table == "cases_mandate":
        mine += f" OR helper_person_id = {_ME}"
    own = f" OR {person} = {_ME}" if resident_writes else ""
    return (
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{OWNER}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{WEB}" USING ({scope} OR {mine});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{WEB}" WITH CHECK ({scope}{own});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{WEB}" USING ({scope}{own}) WITH CHECK ({scope}{own});
        """,
        "".join(f"DROP POLICY {table}_{n} ON {table};" for n in ("owner", "read", "insert", "update"))
        + f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


KEYS = (
    f"""
    -- A form's key names a case that its owner sees; nobody reads another's.
    ALTER TABLE cases_submission ENABLE ROW LEVEL SECURITY; ALTER TABLE cases_submission FORCE ROW LEVEL SECURITY;
    CREATE POLICY cases_submission_owner ON cases_submission TO "{OWNER}" USING (true) WITH CHECK (true);
    CREATE POLICY cases_submission_read ON cases_submission FOR SELECT TO "{WEB}"
      USING (cases_sees(case_id));
    CREATE POLICY cases_submission_insert ON cases_submission FOR INSERT TO "{WEB}"
      WITH CHECK ((SELECT access_actor_post()) IS NOT NULL OR {_ME} IS NOT NULL);
    ALTER TABLE cases_upload ENABLE ROW LEVEL SECURITY; ALTER TABLE cases_upload FORCE ROW LEVEL SECURITY;
    CREATE POLICY cases_upload_owner ON cases_upload TO "{OWNER}" USING (true) WITH CHECK (true);
    CREATE POLICY cases_upload_read ON cases_upload FOR SELECT TO "{WEB}"
      USING ((SELECT access_actor_post()) IS NOT NULL OR {_ME} IS NOT NULL);
    CREATE POLICY cases_upload_insert ON cases_upload FOR INSERT TO "{WEB}"
      WITH CHECK ((SELECT access_actor_post()) IS NOT NULL OR {_ME} IS NOT NULL);
    CREATE POLICY cases_upload_update ON cases_upload FOR UPDATE TO "{WEB}"
      USING ((SELECT access_actor_post()) IS NOT NULL) WITH CHECK ((SELECT access_actor_post()) IS NOT NULL);
    """,
    "".join(
        f"DROP POLICY cases_{table}_{name} ON cases_{table};"
        for table, names in {
            "submission": ("owner", "read", "insert"),
            "upload": ("owner", "read", "insert", "update"),
        }.items()
        for name in names
    ),
)
