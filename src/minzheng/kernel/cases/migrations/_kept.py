"""SQL of what is kept as it was written: letters, decisions, reviews, ratings, cases that a review alone may change."""

from __future__ import annotations

from minzheng.kernel.storage.guards import web_role

WEB = web_role()
_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
_NO = "USING ERRCODE = 'restrict_violation'"
_RESIDENT = (
    "(coalesce(current_setting('app.resident', true), '') <> '' AND public.access_person() IS NOT NULL)"
)


def _guard(table: str, name: str, when: str, declare: str, body: str) -> tuple[str, str]:
    """A trigger function of one table; `body` raises, or falls through to keeping the row."""
    return (
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        DECLARE {declare}
        BEGIN
          {body}
          RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END $$;
        REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
        CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


LETTERS = _guard(
    "cases_letter",
    "cases_letter_kept",
    "UPDATE OR DELETE",
    "changes text := '';",
    f"""
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'read_at') IS DISTINCT FROM (to_jsonb(OLD) - 'read_at')
       OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at) THEN
      RAISE EXCEPTION '文书 % 发出后不能更改 / letter % is kept as it was issued; only its first reading is added',
        OLD.number, OLD.number {_NO};
    END IF;
    """,
)

# A decision is written, confirmed and numbered when it takes effect. From then on it can only be replaced.
DECISIONS = _guard(
    "cases_decision",
    "cases_decision_kept",
    "INSERT OR UPDATE OR DELETE",
    "free text[];",
    f"""
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION '决定不能删除 / a decision stays on record' {_NO};
    END IF;
    IF TG_OP = 'UPDATE' THEN
      free := CASE WHEN OLD.number = '' THEN ARRAY['is_in_force', 'is_sampled', 'number', 'start_month', 'replaces_id']
                   ELSE ARRAY['is_in_force', 'is_sampled'] END;
      IF OLD.number = '' AND OLD.second_on IS NULL THEN
        free := free || ARRAY['second_label', 'second_post_id', 'second_on'];
      END IF;
      IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free)
         OR (OLD.number <> '' AND NEW.is_in_force AND NOT OLD.is_in_force) THEN
        RAISE EXCEPTION '决定 % 不能更改，只能由复核后的新决定取代 / a decision is never rewritten; a review replaces it',
          OLD.id {_NO};
      END IF;
    END IF;
    IF NEW.replaces_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.replaces_id IS DISTINCT FROM OLD.replaces_id)
       AND NOT EXISTS (SELECT 1 FROM public.cases_review r
                       WHERE r.decision_id = NEW.replaces_id AND r.case_id = NEW.case_id AND r.state = 'upheld') THEN
      RAISE EXCEPTION '没有改变原决定的复核 / no upheld review replaces decision %', NEW.replaces_id {_NO};
    END IF;
    """,
)

CASES = _guard(
    "cases_case",
    "cases_decided_kept",
    "UPDATE",
    "",
    f"""
        IF OLD.state IN ('granted', 'refused') AND NEW.state <> OLD.state
           AND NOT EXISTS (SELECT 1 FROM public.cases_review r WHERE r.case_id = OLD.id AND r.state = 'upheld') THEN
          RAISE EXCEPTION '办件 % 已决定，只有复核可以改变 / case % is decided; only a review that was upheld changes it',
            OLD.id, OLD.id {_NO};
        END IF;
    """,
)

REVIEWS = _guard(
    "cases_review",
    "cases_review_kept",
    "INSERT OR UPDATE OR DELETE",
    "same text[] := ARRAY['state', 'decided_on', 'reviewer_label', 'reviewer_post_id', 'outcome', 'failed_rule', 'escalated_on'];",
    f"""
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION '复核不能删除 / a review stays on record' {_NO};
    END IF;
    IF TG_OP = 'INSERT' THEN
      IF NEW.state <> 'filed' OR NEW.decided_on IS NOT NULL OR NEW.reviewer_post_id IS NOT NULL OR NEW.outcome <> ''
         OR NOT EXISTS (SELECT 1 FROM public.cases_decision d
                        WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id AND d.is_in_force) THEN
        RAISE EXCEPTION '复核须针对该办件的有效决定提出 / a review begins filed, against the case''s decision in force' {_NO};
      END IF;
      RETURN NEW;
    END IF;
    IF OLD.state NOT IN ('filed', 'in_hand') OR (to_jsonb(NEW) - same) IS DISTINCT FROM (to_jsonb(OLD) - same)
       OR NOT (NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
         ('filed', 'in_hand'), ('filed', 'not_accepted'), ('filed', 'withdrawn'), ('in_hand', 'not_accepted'),
         ('in_hand', 'withdrawn'), ('in_hand', 'upheld'), ('in_hand', 'dismissed')))
       OR (NEW.state NOT IN ('filed', 'in_hand')) <> (NEW.decided_on IS NOT NULL) THEN
      RAISE EXCEPTION '复核 % 不能这样更改 / review % cannot be changed so', OLD.id, OLD.id {_NO};
    END IF;
    IF {_RESIDENT} AND (NEW.state <> 'withdrawn'
         OR (to_jsonb(NEW) - ARRAY['state', 'decided_on']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'decided_on'])) THEN
      RAISE EXCEPTION '申请人只能撤回 / an applicant can only take a review back' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state IN ('in_hand', 'upheld', 'dismissed') AND EXISTS (
         SELECT 1 FROM public.access_post one JOIN public.access_post other ON other.official_id = one.official_id
         JOIN public.cases_decision d ON other.id IN (d.by_post_id, d.second_post_id)
         WHERE d.id = NEW.decision_id AND one.id = NEW.reviewer_post_id) THEN
      RAISE EXCEPTION '作出或确认原决定的人不能审理 / whoever decided cannot review' {_NO};
    END IF;
    """,
)

# What a resident may change could not be told before and after: the policy held the new row's condition against the old.
WITHDRAWAL = (
    f"""
    DROP POLICY cases_review_update ON cases_review;
    CREATE POLICY cases_review_update ON cases_review FOR UPDATE TO "{WEB}"
      USING (((SELECT access_low()) IS NOT NULL OR ((SELECT access_person()) IS NOT NULL AND state IN ('filed', 'in_hand')))
             AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_review.case_id))
      WITH CHECK (((SELECT access_low()) IS NOT NULL OR ((SELECT access_person()) IS NOT NULL AND state = 'withdrawn'))
             AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_review.case_id));
    """,
    # The old condition could never be met by a resident; without it the way back leaves less open, not more.
    "",
)

RATINGS = _guard(
    "cases_rating",
    "cases_rating_kept",
    "INSERT OR UPDATE OR DELETE",
    "same text[] := ARRAY['follow_up', 'followed_on', 'followed_by', 'outcome'];",
    f"""
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION '评价不能删除 / a rating stays on record' {_NO};
    END IF;
    IF TG_OP = 'INSERT' THEN
      IF NOT {_RESIDENT} OR NEW.followed_on IS NOT NULL OR NEW.follow_up = 'done' OR NOT EXISTS (
           SELECT 1 FROM public.cases_case c WHERE c.id = NEW.case_id
             AND public.access_person() IN (c.person_id, c.applicant_id)
             AND c.state IN ('granted', 'refused', 'not_accepted', 'withdrawn', 'lapsed', 'ended')) THEN
        RAISE EXCEPTION '只能由申请人在办结后评价 / a service is rated by its applicant, after it ended'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - same) IS DISTINCT FROM (to_jsonb(OLD) - same) OR (OLD.follow_up, NEW.follow_up) <> ('open', 'done')
       OR NEW.followed_on IS NULL OR NEW.outcome = '' OR EXISTS (
         SELECT 1 FROM public.cases_event e JOIN public.access_post p ON p.id = e.actor_post_id
         WHERE e.case_id = OLD.case_id AND p.role <> 'service' AND p.official_id = public.access_official()) THEN
      RAISE EXCEPTION '评价不能更改，差评由未经办的人回访一次 / a rating is kept; a low one is followed up once, by somebody else' {_NO};
    END IF;
    """,
)

ALIKE = _guard(
    "cases_alikecase",
    "cases_alike_kept",
    "UPDATE OR DELETE",
    "same text[] := ARRAY['state', 'note'];",
    f"""
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - same) IS DISTINCT FROM (to_jsonb(OLD) - same) OR OLD.state <> 'open'
       OR NEW.note = '' THEN
      RAISE EXCEPTION '同类案件只能处理一次，并须写明理由 / a case alike is settled once, with its reason' {_NO};
    END IF;
    """,
)

INDEXES = (
    """
    CREATE INDEX cases_decision_failed ON cases_decision USING gin (failed jsonb_path_ops) WHERE is_in_force;
    CREATE INDEX cases_review_late ON cases_review (due_on) WHERE state IN ('filed', 'in_hand') AND escalated_on IS NULL;
    """,
    "DROP INDEX cases_decision_failed; DROP INDEX cases_review_late;",
)
