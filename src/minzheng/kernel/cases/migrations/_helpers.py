"""SQL of help: what a mandate opens and to whom, whose turn a question is, and what a resident may change of it."""

from __future__ import annotations

from minzheng.kernel.cases.migrations._sql import (
    _ATTENDED,
    _DEFINER,
    _ME,
    _NOT_YET,
    _SCOPE,
    APPLICANT_KEEPS,
    CASE_POLICIES,
    WEB,
)

_NO = "USING ERRCODE = 'insufficient_privilege'"
_NAMES = (
    "cases_mandates_held()",
    "cases_mandate_allows(bigint, bigint, text, date)",
    "cases_principals(bigint[])",
    "cases_helper_of(text, text)",
    "people_attend_by_mandate(bigint, text, date)",
    "cases_next_on_duty(text, text[], bigint)",
)
_IDENTIFIED = """
      SELECT coalesce(p.merged_into_id, p.id) INTO found
      FROM public.people_identifier i JOIN public.people_person p ON p.id = i.person_id
      WHERE i.value = number AND upper_inf(i.during) AND p.name = called ORDER BY i.is_primary DESC LIMIT 1;
"""

FUNCTIONS = (
    f"""
    -- The mandates that whoever acts holds as a helper, while nobody has revoked them.
    CREATE FUNCTION cases_mandates_held() RETURNS bigint[] LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      me bigint := public.access_person();
    BEGIN
      IF post IS NULL AND me IS NULL THEN RETURN '{{}}'; END IF;
      RETURN coalesce((SELECT array_agg(m.id) FROM public.cases_mandate m
                       WHERE m.revoked_on IS NULL
                         AND ((post IS NOT NULL AND m.helper_post_id = post)
                           OR (post IS NULL AND me IS NOT NULL AND m.helper_person_id = me))), '{{}}');
    END $$;

    CREATE FUNCTION cases_mandate_allows(one bigint, principal bigint, asked text, on_day date) RETURNS boolean
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      RETURN one = ANY(public.cases_mandates_held()) AND EXISTS (
        SELECT 1 FROM public.cases_mandate m WHERE m.id = one AND m.person_id = principal
          AND (m.items = '{{}}' OR asked = ANY(m.items)) AND on_day BETWEEN m.since AND m.until);
    END $$;

    -- What routes a case, and the name the helper was given with the mandate; nothing else of the principal's record.
    CREATE FUNCTION cases_principals(asked bigint[])
    RETURNS TABLE (mandate_id bigint, person_id bigint, name text, division_code text, hukou_division_code text,
                   hukou_is_local boolean, death_date date, household_id bigint)
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      RETURN QUERY
        SELECT m.id, p.id, p.name::text, p.division_code::text, p.hukou_division_code::text, p.hukou_is_local,
               p.death_date,
               (SELECT h.household_id FROM public.people_membership h
                WHERE h.person_id = p.id AND upper_inf(h.during) LIMIT 1)
        FROM public.cases_mandate m JOIN public.people_person p ON p.id = m.person_id
        WHERE m.id = ANY(asked) AND m.id = ANY(public.cases_mandates_held());
    END $$;

    -- A helper is named by the whole number and the name, as at a counter; the answer is a record's number or nothing.
    CREATE FUNCTION cases_helper_of(number text, called text) RETURNS bigint LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE found bigint;
    BEGIN
      IF (public.access_person() IS NULL AND public.access_low() IS NULL) OR length(number) < 8 OR length(called) < 1 THEN
        RETURN NULL;
      END IF;
      {_IDENTIFIED}
      INSERT INTO public.audit_entry (at, actor_kind, role, actor_label, act, subject, person_id, division_code, reason,
                                      detail, address)
      VALUES (now(), '', '', '', CASE WHEN found IS NULL THEN 'cases.helper_refused' ELSE 'cases.name_helper' END,
              coalesce('people.person:' || found, ''), found, '', '指定受托人', '{{}}', '');
      RETURN found;
    END $$;

    -- Opens the principal's record to the helper, to read, for two hours or until the helper leaves.
    CREATE FUNCTION people_attend_by_mandate(mandate bigint, purpose text, on_day date) RETURNS bigint
    LANGUAGE plpgsql VOLATILE {_DEFINER} AS $$
    DECLARE
      post bigint := public.access_actor_post();
      me bigint := public.access_person();
      principal bigint;
    BEGIN
      SELECT m.person_id INTO principal FROM public.cases_mandate m
      WHERE m.id = mandate AND m.id = ANY(public.cases_mandates_held()) AND m.may_see
        AND on_day BETWEEN m.since AND m.until;
      INSERT INTO public.audit_entry (at, actor_kind, role, actor_label, act, subject, person_id, division_code, reason,
                                      detail, address)
      VALUES (now(), '', '', '', CASE WHEN principal IS NULL THEN 'people.attend_refused' ELSE 'people.attend' END,
              coalesce('people.person:' || principal, ''), principal, '', purpose,
              jsonb_build_object('purpose', purpose, 'way', 'mandate', 'mandate', mandate), '');
      IF principal IS NULL THEN RETURN NULL; END IF;
      INSERT INTO public.people_attendance (person_id, post_id, helper_id, way, purpose, since, until)
      VALUES (principal, post, CASE WHEN post IS NULL THEN me END, 'mandate', purpose, clock_timestamp(),
              clock_timestamp() + interval '2 hours');
      RETURN principal;
    END $$;

    -- The post at a place that was offered a question least recently; the one to be passed over comes last.
    CREATE FUNCTION cases_next_on_duty(place text, serving text[], besides bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    BEGIN
      RETURN (
        SELECT p.id FROM public.access_post p
        JOIN public.access_official o ON o.id = p.official_id JOIN public.auth_user u ON u.id = o.user_id
        WHERE p.division_code = place AND p.role = ANY(serving) AND u.is_active
          AND p.during @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
        ORDER BY p.id IS NOT DISTINCT FROM besides,
          (SELECT max(h.offered_at) FROM public.cases_helprequest h WHERE h.offered_post_id = p.id) NULLS FIRST, p.id
        LIMIT 1);
    END $$;
    """
    + "".join(
        f'REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO "{WEB}";\n'
        for name in _NAMES
    ),
    "".join(f"DROP FUNCTION {name};\n" for name in reversed(_NAMES)),
)

_HELD = "mandate_id = ANY((SELECT cases_mandates_held())::bigint[])"
# Whoever acts for another sees the case by the mandate alone; each part keeps to one index.
_MINE = f"(person_id = {_ME}) OR (applicant_id = {_ME} AND helper_person_id IS DISTINCT FROM {_ME})" \
        f" OR (helper_person_id = {_ME} AND {_HELD})"  # fmt: skip
_HELPS = f"(helper_post_id = (SELECT access_actor_post()) AND {_HELD})"
_UNTIL_HANDED_OVER = "state IN ('draft', 'submitted', 'accepted', 'correcting', 'withdrawn', 'abandoned')"

POLICIES = (
    f"""
    DROP POLICY cases_case_read ON cases_case;
    DROP POLICY cases_case_insert ON cases_case;
    DROP POLICY cases_case_update ON cases_case;
    CREATE INDEX cases_case_helper_post ON cases_case (helper_post_id) WHERE helper_post_id IS NOT NULL;
    CREATE POLICY cases_case_read ON cases_case FOR SELECT TO "{WEB}"
      USING ({_SCOPE} OR {_MINE} OR {_ATTENDED} OR {_HELPS});
    CREATE POLICY cases_case_insert ON cases_case FOR INSERT TO "{WEB}"
      WITH CHECK ({_SCOPE} OR (applicant_id = {_ME} AND state = 'draft')
        OR ({_HELPS} AND state = 'draft' AND cases_mandate_allows(mandate_id, person_id, item, opened_on)));
    CREATE POLICY cases_case_update ON cases_case FOR UPDATE TO "{WEB}"
      USING ({_SCOPE} OR ({_ATTENDED} AND {_NOT_YET}) OR ({_MINE}) OR ({_HELPS} AND {_NOT_YET}))
      WITH CHECK ({_SCOPE} OR (({_MINE} OR {_HELPS}) AND {_UNTIL_HANDED_OVER}));
    """,
    """
    DROP POLICY cases_case_owner ON cases_case; DROP POLICY cases_case_read ON cases_case;
    DROP POLICY cases_case_insert ON cases_case; DROP POLICY cases_case_update ON cases_case;
    DROP INDEX cases_case_helper_post;
    """
    + CASE_POLICIES[0],
)

# A draft for somebody else asks for the mandate, and names its helper; sending it in asks for the leave to do so.
APPLICANT = (
    APPLICANT_KEEPS[0]
    .split("CREATE TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(
        """OR NOT (NEW.person_id = me OR EXISTS (
             SELECT 1 FROM public.cases_mandate m
             WHERE m.id = NEW.mandate_id AND m.person_id = NEW.person_id AND m.helper_person_id = me
               AND m.may_submit AND m.revoked_on IS NULL
               AND (m.items = '{}' OR NEW.item = ANY(m.items))
               AND NEW.opened_on BETWEEN m.since AND m.until)) THEN""",
        """OR NOT (NEW.person_id = me OR (NEW.helper_person_id IS NOT DISTINCT FROM me
             AND public.cases_mandate_allows(NEW.mandate_id, NEW.person_id, NEW.item, NEW.opened_on))) THEN""",
    )
    .replace(
        "OR (NEW.answers IS DISTINCT FROM OLD.answers AND",
        """OR (NEW.helper_person_id, NEW.helper_post_id) IS DISTINCT FROM (OLD.helper_person_id, OLD.helper_post_id)
         OR (NEW.answers IS DISTINCT FROM OLD.answers AND""",
    ),
    "CREATE OR REPLACE" + APPLICANT_KEEPS[0].split("CREATE TRIGGER")[0].strip().removeprefix("CREATE"),
)

HELPER = (
    f"""
    CREATE FUNCTION cases_helper_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      helps boolean := OLD.mandate_id IS NOT NULL AND coalesce(
        OLD.helper_post_id = public.access_actor_post(), OLD.helper_person_id = public.access_person(), false);
    BEGIN
      IF helps AND OLD.state = 'draft' AND NEW.state = 'submitted' AND NOT EXISTS (
           SELECT 1 FROM public.cases_mandate m WHERE m.id = OLD.mandate_id AND m.may_submit AND m.revoked_on IS NULL
             AND NEW.state_since BETWEEN m.since AND m.until) THEN
        RAISE EXCEPTION '委托不包括提交，请由本人提交 / the mandate does not let the helper send the case in' {_NO};
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION cases_helper_keeps() FROM PUBLIC;
    CREATE TRIGGER cases_helper_keeps BEFORE UPDATE ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_helper_keeps();
    """,
    "DROP TRIGGER cases_helper_keeps ON cases_case; DROP FUNCTION cases_helper_keeps();",
)

MANDATES = (
    f"""
    CREATE INDEX cases_mandate_helper_post ON cases_mandate (helper_post_id) WHERE helper_post_id IS NOT NULL;
    CREATE POLICY cases_mandate_held ON cases_mandate FOR SELECT TO "{WEB}"
      USING (helper_post_id = (SELECT access_actor_post()));

    CREATE FUNCTION cases_mandate_kept() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.revoked_on IS NOT NULL OR NEW.until < NEW.since
           OR (NEW.way IN ('law', 'recorded') AND NEW.paper = '')
           OR (NEW.way = 'online') <> (public.access_person() IS NOT NULL) THEN
          RAISE EXCEPTION '委托的方式、期限或凭据不符 / a mandate''s way, dates or paper do not hold' {_NO};
        END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'revoked_on') IS DISTINCT FROM (to_jsonb(OLD) - 'revoked_on')
         OR (OLD.revoked_on IS NOT NULL AND NEW.revoked_on IS DISTINCT FROM OLD.revoked_on) THEN
        RAISE EXCEPTION '委托只能撤销，不能更改 / a mandate is revoked, never rewritten' {_NO};
      END IF;
      IF OLD.revoked_on IS NULL AND NEW.revoked_on IS NOT NULL THEN
        UPDATE public.people_attendance a SET closed_at = clock_timestamp()
        WHERE a.way = 'mandate' AND a.closed_at IS NULL AND a.person_id = OLD.person_id
          AND (a.helper_id = OLD.helper_person_id OR a.post_id = OLD.helper_post_id);
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION cases_mandate_kept() FROM PUBLIC;
    CREATE TRIGGER cases_mandate_kept BEFORE INSERT OR UPDATE OR DELETE ON cases_mandate
      FOR EACH ROW EXECUTE FUNCTION cases_mandate_kept();
    """,
    """
    DROP TRIGGER cases_mandate_kept ON cases_mandate; DROP FUNCTION cases_mandate_kept();
    DROP POLICY cases_mandate_held ON cases_mandate; DROP INDEX cases_mandate_helper_post;
    """,
)

# By a mandate that lets see, number and address come with the person's own record; money and others' data do not.
PREFILL = (
    "".join(
        f"""
        CREATE POLICY people_{table}_helped ON people_{table} FOR SELECT TO "{WEB}"
          USING ({_ME} IS NOT NULL AND person_id = ANY((SELECT people_attended())::bigint[]));
        """
        for table in ("identifier", "residence")
    ),
    "DROP POLICY people_identifier_helped ON people_identifier; DROP POLICY people_residence_helped ON people_residence;",
)

QUESTIONS = (
    f"""
    CREATE INDEX cases_help_offered ON cases_helprequest (offered_post_id, offered_at);
    CREATE INDEX cases_help_waiting ON cases_helprequest (asked_at) WHERE state = 'waiting';
    CREATE FUNCTION cases_help_kept() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE same text[] := ARRAY['state', 'offered_post_id', 'offered_at', 'passed_on', 'answered_at', 'answer', 'answered_by'];
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR NEW.answer <> '' OR NEW.answered_at IS NOT NULL OR public.access_person() IS NULL THEN
          RAISE EXCEPTION '求助由居民提出 / a question is a resident''s, and begins unanswered' {_NO};
        END IF;
        RETURN NEW;
      END IF;
      IF (to_jsonb(NEW) - same) IS DISTINCT FROM (to_jsonb(OLD) - same)
         OR (OLD.state <> 'waiting' AND (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state'))
         OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
              (('waiting', 'answered'), ('waiting', 'closed'), ('answered', 'closed')))
         OR (public.access_person() IS NOT NULL
             AND ((to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') OR NEW.state <> 'closed')) THEN
        RAISE EXCEPTION '求助 % 不能这样更改 / the question cannot be changed so', OLD.id {_NO};
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION cases_help_kept() FROM PUBLIC;
    CREATE TRIGGER cases_help_kept BEFORE INSERT OR UPDATE ON cases_helprequest
      FOR EACH ROW EXECUTE FUNCTION cases_help_kept();
    """,
    """
    DROP TRIGGER cases_help_kept ON cases_helprequest; DROP FUNCTION cases_help_kept();
    DROP INDEX cases_help_offered; DROP INDEX cases_help_waiting;
    """,
)
