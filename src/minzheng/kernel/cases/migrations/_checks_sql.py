"""SQL of what casework guards further: authorisations, reports, letters, events, and sight after a case was handed on."""

from __future__ import annotations

from minzheng.kernel.cases.migrations._helpers import _HELPS, _MINE, APPLICANT, POLICIES
from minzheng.kernel.cases.migrations._sql import _ATTENDED, _DOMAINS, _ME, _NOT_YET, _SCOPE
from minzheng.kernel.storage.guards import web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
WEB = web_role()
_FORMER = f"(former_division >= (SELECT access_low()) AND former_division < (SELECT access_high()) AND {_DOMAINS.format('')})"
_REFUSED = "USING ERRCODE = 'insufficient_privilege'"

# Whoever decided a case before it was handed on goes on seeing it, and changes nothing of it.
# A case corrected after it was examined goes back to there.
CASE_POLICIES = (
    f"""
    CREATE INDEX cases_case_former ON cases_case (former_division, id) WHERE former_division <> '';
    DROP POLICY cases_case_read ON cases_case;
    CREATE POLICY cases_case_read ON cases_case FOR SELECT TO "{WEB}"
      USING ({_SCOPE} OR {_MINE} OR {_ATTENDED} OR {_HELPS} OR {_FORMER});
    DROP POLICY cases_case_update ON cases_case;
    CREATE POLICY cases_case_update ON cases_case FOR UPDATE TO "{WEB}"
      USING ({_SCOPE} OR ({_ATTENDED} AND {_NOT_YET}) OR ({_MINE}) OR ({_HELPS} AND {_NOT_YET}))
      WITH CHECK ({_SCOPE} OR (({_MINE} OR {_HELPS})
        AND state IN ('draft', 'submitted', 'accepted', 'examined', 'correcting', 'withdrawn', 'abandoned')));
    """,
    """
    DROP POLICY cases_case_read ON cases_case; DROP POLICY cases_case_update ON cases_case;
    DROP INDEX cases_case_former;
    """
    + "".join(f"CREATE POLICY{one};" for one in POLICIES[0].split("CREATE POLICY")[1:] for one in [one.split(";")[0]]
              if "FOR INSERT" not in one),
)  # fmt: skip

# Everything is the office's, except what is named here: a column added later is not the applicant's by oversight.
KEEPS = (
    f"""
    CREATE OR REPLACE FUNCTION cases_applicant_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      me bigint;
      theirs text[] := ARRAY['answers', 'state', 'state_since', 'version', 'submitted_on', 'due_on', 'deciding_division',
                             'accepting_division'];
    BEGIN
      IF coalesce(current_setting('app.resident', true), '') = '' THEN RETURN NEW; END IF;
      me := public.access_person();
      IF me IS NULL THEN RETURN NEW; END IF;
      IF TG_OP = 'INSERT' THEN
        IF NEW.applicant_id IS DISTINCT FROM me OR NEW.state <> 'draft' OR NEW.steps_done <> '{{}}'
           OR NEW.award_id IS NOT NULL OR NEW.decided_on IS NOT NULL OR NEW.accepted_on IS NOT NULL
           OR NEW.submitted_on IS NOT NULL OR NEW.is_late OR NEW.departs OR NEW.resume_state <> ''
           OR NEW.former_division <> '' OR NEW.papers_saved <> 0 OR NEW.papers_asked <> 0
           OR NOT (NEW.person_id = me OR (NEW.helper_person_id IS NOT DISTINCT FROM me
             AND public.cases_mandate_allows(NEW.mandate_id, NEW.person_id, NEW.item, NEW.opened_on))) THEN
          RAISE EXCEPTION '只能为本人或凭委托申请：apply for oneself or by a mandate' {_REFUSED};
        END IF;
        RETURN NEW;
      END IF;
      IF to_jsonb(NEW) - theirs IS DISTINCT FROM to_jsonb(OLD) - theirs
         OR (NEW.answers IS DISTINCT FROM OLD.answers AND OLD.state NOT IN ('draft', 'correcting'))
         OR (NEW.submitted_on IS DISTINCT FROM OLD.submitted_on AND OLD.submitted_on IS NOT NULL)
         OR ((NEW.deciding_division, NEW.accepting_division) IS DISTINCT FROM
             (OLD.deciding_division, OLD.accepting_division) AND OLD.state <> 'draft')
         OR NOT (NEW.state = OLD.state AND OLD.state IN ('draft', 'correcting')
              OR (OLD.state, NEW.state) IN (('draft', 'submitted'), ('draft', 'abandoned'))
              OR (OLD.state = 'correcting' AND NEW.state = OLD.resume_state)
              OR (NEW.state = 'withdrawn' AND OLD.state IN ('submitted', 'correcting', 'accepted', 'checking', 'examined',
                                                            'publicised', 'proposed', 'passed_on'))) THEN
        RAISE EXCEPTION '申请人不能这样更改办件：an applicant cannot change a case so' {_REFUSED};
      END IF;
      RETURN NEW;
    END $$;
    """,
    APPLICANT[0],
)

HAND_ON = (
    f"""
    CREATE OR REPLACE FUNCTION cases_reroute(one bigint, place text, seen_version int) RETURNS boolean
    LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE done int;
    BEGIN
      IF public.access_low() IS NULL THEN RETURN false; END IF;
      UPDATE public.cases_case SET former_division = deciding_division, deciding_division = place,
             assigned_post_id = NULL, version = version + 1
      WHERE id = one AND version = seen_version
        AND state IN ('submitted', 'correcting', 'accepted', 'checking', 'examined', 'publicised', 'proposed', 'passed_on')
        AND ((deciding_division >= public.access_low() AND deciding_division < public.access_high())
          OR (accepting_division >= public.access_low() AND accepting_division < public.access_high()));
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done = 1;
    END $$;
    """,
    "",
)

# What an office writes about a case, it writes where the case lies with it: neither sight of a client at the counter
# nor of a case that was handed on opens that door. A clerk serves a client's case until an office has accepted it.
_OFFICES_OWN = ("clock", "decision", "publication", "economiccheck", "letter", "alikecase")
_SERVED = ("material",)


LIES_HERE = (
    f"""
    CREATE FUNCTION cases_lies_here(one bigint, served boolean) RETURNS boolean LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE low text := public.access_low(); high text := public.access_high();
    BEGIN
      RETURN EXISTS (SELECT 1 FROM public.cases_case c WHERE c.id = one
        AND ((c.deciding_division >= low AND c.deciding_division < high)
          OR (c.accepting_division >= low AND c.accepting_division < high)
          OR (served AND c.state IN ('draft', 'submitted', 'correcting'))
          -- Who helps at home sends the case in, though their own place is smaller than the street's.
          OR (c.helper_post_id = public.access_actor_post() AND c.mandate_id = ANY(public.cases_mandates_held())
              AND c.state IN ('draft', 'submitted', 'correcting'))));
    END $$;
    REVOKE ALL ON FUNCTION cases_lies_here(bigint, boolean) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cases_lies_here(bigint, boolean) TO "{WEB}";
    """,
    "DROP FUNCTION cases_lies_here(bigint, boolean);",
)


def offices_write() -> tuple[str, str]:
    """Restrictive policies on what hangs on a case, for posts."""
    forward, backward = LIES_HERE[0], ""
    for name in (*_OFFICES_OWN, *_SERVED):
        table = f"cases_{name}"
        rule = (
            "((SELECT access_low()) IS NULL OR (SELECT access_low()) = '31'"
            f" OR cases_lies_here({table}.case_id, {str(name in _SERVED).lower()}))"
        )
        forward += f"""
          CREATE POLICY {table}_office_adds ON {table} AS RESTRICTIVE FOR INSERT TO "{WEB}" WITH CHECK ({rule});
          CREATE POLICY {table}_office_changes ON {table} AS RESTRICTIVE FOR UPDATE TO "{WEB}" USING ({rule});
        """
        backward += (
            f"DROP POLICY {table}_office_adds ON {table}; DROP POLICY {table}_office_changes ON {table};"
        )
    return forward, backward + LIES_HERE[1]


def resident_changes_only(table: str, columns: tuple[str, ...], extra: str = "true") -> tuple[str, str]:
    """A trigger: of these rows a resident changes nothing but the named columns.

    Args:
        extra: PL/pgSQL condition over OLD and NEW that has to hold as well.
    """
    names = ", ".join(f"'{column}'" for column in columns)
    return (
        f"""
        CREATE FUNCTION {table}_resident_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
          IF public.access_person() IS NULL THEN RETURN NEW; END IF;
          IF to_jsonb(NEW) - ARRAY[{names}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{names}] OR NOT ({extra}) THEN
            RAISE EXCEPTION '居民不能这样更改：a resident cannot change this so' {_REFUSED};
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_resident_keeps BEFORE UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION {table}_resident_keeps();
        """,
        f"DROP TRIGGER {table}_resident_keeps ON {table}; DROP FUNCTION {table}_resident_keeps();",
    )


# Acts that only offices do; a resident leaves an event of their own acts, under no other name.
_OFFICES_ACTS = (
    "take_in", "resume", "accept", "accept_by_silence", "ask_correction", "not_accepted", "take_over", "pass_on",
    "give_back", "begin_check", "end_check", "examine", "send_back", "publicise", "close_publication", "propose",
    "disagree", "decide", "reroute", "escalate", "lapse", "end", "reject_paper",
)  # fmt: skip
EVENTS = (
    f"""
    CREATE POLICY cases_event_of_residents ON cases_event AS RESTRICTIVE FOR INSERT TO "{WEB}"
      WITH CHECK ({_ME} IS NULL OR (actor_label = '申请人' AND actor_post_id IS NULL AND act <> ALL (ARRAY[
        {", ".join(f"'{act}'" for act in _OFFICES_ACTS)}])));
    """,
    "DROP POLICY cases_event_of_residents ON cases_event;",
)

# The adults of the beneficiary's household, for whoever handles the case: an office may not see all of them in the
# register, and every one of them has to be asked.
ADULTS = (
    f"""
    CREATE FUNCTION cases_household_adults(one bigint, day date) RETURNS TABLE (person_id bigint, name text)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      low text := public.access_low();
      high text := public.access_high();
      me bigint := public.access_person();
      domains text[] := public.access_domains();
    BEGIN
      RETURN QUERY
      SELECT p.id, p.name
      FROM public.cases_case c
      JOIN public.people_person p ON p.id = c.person_id OR p.id IN (
        SELECT coalesce(w.merged_into_id, w.id) FROM public.people_membership m JOIN public.people_person w ON w.id = m.person_id
        WHERE m.household_id = c.household_id AND m.during @> day)
      WHERE c.id = one AND p.merged_into_id IS NULL AND p.death_date IS NULL
        AND (p.birth_date IS NULL OR p.birth_date + interval '18 years' <= day)
        AND ((low IS NOT NULL AND ('*' = ANY(domains) OR c.domain = ANY(domains))
              AND ((c.deciding_division >= low AND c.deciding_division < high)
                OR (c.accepting_division >= low AND c.accepting_division < high)))
          OR (low IS NOT NULL AND c.person_id = ANY(public.people_attended()) AND c.accepted_on IS NULL)
          OR c.person_id = me)
      ORDER BY p.id;
    END $$;
    REVOKE ALL ON FUNCTION cases_household_adults(bigint, date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cases_household_adults(bigint, date) TO "{WEB}";
    """,
    "DROP FUNCTION cases_household_adults(bigint, date);",
)

# The applicant asks those of their own household; each member gives and takes back what is theirs alone.
AUTHORISATIONS = (
    f"""
    CREATE POLICY cases_authorisation_asks ON cases_authorisation FOR INSERT TO "{WEB}"
      WITH CHECK ({_ME} IS NOT NULL AND EXISTS (SELECT 1 FROM cases_household_adults(case_id, asked_on) a
                                               WHERE a.person_id = cases_authorisation.person_id)
                  AND way = '' AND given_on IS NULL AND revoked_on IS NULL);
    DROP POLICY cases_authorisation_given ON cases_authorisation;
    CREATE POLICY cases_authorisation_given ON cases_authorisation FOR UPDATE TO "{WEB}"
      USING (person_id = {_ME}) WITH CHECK (person_id = {_ME});
    """,
    f"""
    DROP POLICY cases_authorisation_asks ON cases_authorisation;
    DROP POLICY cases_authorisation_given ON cases_authorisation;
    CREATE POLICY cases_authorisation_given ON cases_authorisation FOR UPDATE
      USING (person_id = {_ME}) WITH CHECK (person_id = {_ME} AND way IN ('', 'online'));
    """,
)
AUTHORISATION_COLUMNS = ("way", "given_on", "revoked_on", "valid_until")
AUTHORISATION_RULE = (
    "OLD.person_id = public.access_person() AND (NEW.way = 'online' OR"
    " (NEW.way = OLD.way AND NEW.given_on IS NOT DISTINCT FROM OLD.given_on"
    " AND NEW.valid_until IS NOT DISTINCT FROM OLD.valid_until AND NEW.revoked_on IS NOT NULL))"
)

OBJECTIONS = (
    f"""
    CREATE POLICY cases_economiccheck_objects ON cases_economiccheck FOR UPDATE TO "{WEB}"
      USING ({_ME} IS NOT NULL AND cases_sees(case_id))
      WITH CHECK ({_ME} IS NOT NULL AND state = 'objected');
    """,
    "DROP POLICY cases_economiccheck_objects ON cases_economiccheck;",
)

# A value is put right where the person is registered, which need not be where the case is handled.
DISPUTES = (
    f"""
    CREATE POLICY cases_dispute_at_the_source ON cases_dispute FOR SELECT TO "{WEB}"
      USING ((SELECT access_low()) IS NOT NULL AND people_is_ours(person_id));
    CREATE POLICY cases_dispute_settled ON cases_dispute FOR UPDATE TO "{WEB}"
      USING ((SELECT access_low()) IS NOT NULL AND people_is_ours(person_id))
      WITH CHECK ((SELECT access_low()) IS NOT NULL AND people_is_ours(person_id));
    CREATE INDEX cases_dispute_open ON cases_dispute (opened_on, id) WHERE state = 'open';
    """,
    """
    DROP POLICY cases_dispute_at_the_source ON cases_dispute; DROP POLICY cases_dispute_settled ON cases_dispute;
    DROP INDEX cases_dispute_open;
    """,
)

# Papers put off at acceptance come later; what was handed in stays as the office has it.
MATERIALS = (
    f"""
    CREATE POLICY cases_material_brought_later ON cases_material FOR UPDATE TO "{WEB}"
      USING ({_ME} IS NOT NULL AND state = 'later' AND cases_sees(case_id))
      WITH CHECK ({_ME} IS NOT NULL AND state = 'submitted');
    """,
    "DROP POLICY cases_material_brought_later ON cases_material;",
)

BUNDLES = (
    f"""
    CREATE FUNCTION cases_bundle_of_person() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM public.cases_bundle b WHERE b.id = NEW.bundle_id AND b.person_id = NEW.person_id) THEN
        RAISE EXCEPTION '联办申请 % 不是本人的：the joined application is another person''s', NEW.bundle_id {_REFUSED};
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER cases_bundle_of_person BEFORE INSERT ON cases_case
      FOR EACH ROW WHEN (NEW.bundle_id IS NOT NULL) EXECUTE FUNCTION cases_bundle_of_person();
    """,
    "DROP TRIGGER cases_bundle_of_person ON cases_case; DROP FUNCTION cases_bundle_of_person();",
)
