"""What the database itself keeps of inspections: (forward, backward) pairs of `0002_guards`."""

KEEPS = (
    """
    -- The hash of the seed, the list and its hash, the seed: each is written once, in this order.
    CREATE FUNCTION inspections_plan_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (NEW.title, NEW.kind, NEW.facility_kind, NEW.division_code, NEW.first_day, NEW.last_day, NEW.areas, NEW.rule,
          NEW.seed_sha256, NEW.committed_on) IS DISTINCT FROM
         (OLD.title, OLD.kind, OLD.facility_kind, OLD.division_code, OLD.first_day, OLD.last_day, OLD.areas, OLD.rule,
          OLD.seed_sha256, OLD.committed_on)
         OR (OLD.frozen_sha256 <> '' AND (NEW.frozen, NEW.frozen_sha256) IS DISTINCT FROM (OLD.frozen, OLD.frozen_sha256))
         OR (OLD.seed <> '' AND NEW.seed <> OLD.seed) THEN
        RAISE EXCEPTION '已公布的计划不能改写：an announced plan is never rewritten; open another one'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.seed <> '' AND (NEW.frozen_sha256 = ''
         OR encode(sha256(convert_to(NEW.seed, 'UTF8')), 'hex') <> NEW.seed_sha256) THEN
        RAISE EXCEPTION '种子与事先公布的摘要不符，或名单尚未锁定：not the announced seed, or the list is not frozen'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER inspections_plan_keeps BEFORE UPDATE ON inspections_plan
      FOR EACH ROW EXECUTE FUNCTION inspections_plan_keeps();

    -- A finding keeps what was found; only a re-check that it passed closes it; the facility itself only answers it.
    CREATE FUNCTION inspections_finding_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (to_jsonb(NEW) - 'state' - 'closed_on') IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'closed_on')
         OR OLD.state = 'closed' THEN
        RAISE EXCEPTION '检查问题不能改写：a finding is never rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.state = 'closed' AND NOT EXISTS (
           SELECT 1 FROM inspections_recheck r WHERE r.finding_id = NEW.id AND r.has_passed) THEN
        RAISE EXCEPTION '检查问题须经复查合格方可销号：only a re-check closes a finding'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF facilities_mine() IS NOT NULL AND NEW.state <> 'answered' THEN
        RAISE EXCEPTION '机构只能提交整改：a facility answers its findings and closes none'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER inspections_finding_keeps BEFORE UPDATE ON inspections_finding
      FOR EACH ROW EXECUTE FUNCTION inspections_finding_keeps();

    -- A penalty is decided once; what was told stays; the facility adds its statement and nothing else.
    CREATE FUNCTION inspections_penalty_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      facility_part jsonb := to_jsonb(NEW) - 'statement' - 'stated_on';
      decided_part jsonb := facility_part - 'state' - 'decided_by_id' - 'decided_on' - 'words';
    BEGIN
      IF OLD.state <> 'told' OR decided_part IS DISTINCT FROM
         (to_jsonb(OLD) - 'statement' - 'stated_on' - 'state' - 'decided_by_id' - 'decided_on' - 'words') THEN
        RAISE EXCEPTION '处罚告知和决定不能改写：a penalty is told and decided once' USING ERRCODE = 'restrict_violation';
      END IF;
      IF facilities_mine() IS NOT NULL AND facility_part IS DISTINCT FROM (to_jsonb(OLD) - 'statement' - 'stated_on') THEN
        RAISE EXCEPTION '机构只能陈述申辩：a facility is heard and decides nothing' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF NEW.state <> 'told' AND NEW.decided_by_id IS DISTINCT FROM access_official() THEN
        RAISE EXCEPTION '处罚须以本人岗位决定：whoever decides acts for themself' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER inspections_penalty_keeps BEFORE UPDATE ON inspections_penalty
      FOR EACH ROW EXECUTE FUNCTION inspections_penalty_keeps();

    -- A visit is where, when and by whose draw it was; done, it stays as it is.
    CREATE FUNCTION inspections_visit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state IN ('done', 'cancelled')
         OR (to_jsonb(NEW) - 'state' - 'began_on' - 'done_on') IS DISTINCT FROM
            (to_jsonb(OLD) - 'state' - 'began_on' - 'done_on') THEN
        RAISE EXCEPTION '检查不能改写：a visit is never rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER inspections_visit_keeps BEFORE UPDATE ON inspections_visit
      FOR EACH ROW EXECUTE FUNCTION inspections_visit_keeps();

    -- What was published stays as it was; it is only taken down, once.
    CREATE FUNCTION inspections_publication_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.withdrawn_on IS NOT NULL OR (to_jsonb(NEW) - 'withdrawn_on' - 'withdrawn_because') IS DISTINCT FROM
         (to_jsonb(OLD) - 'withdrawn_on' - 'withdrawn_because') THEN
        RAISE EXCEPTION '公示不能改写：a publication is taken down, never rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER inspections_publication_keeps BEFORE UPDATE ON inspections_publication
      FOR EACH ROW EXECUTE FUNCTION inspections_publication_keeps();
    """,
    "".join(
        f"DROP TRIGGER inspections_{name}_keeps ON inspections_{name}; DROP FUNCTION inspections_{name}_keeps();"
        for name in ("plan", "finding", "penalty", "visit", "publication")
    ),
)


def sealed(table: str, owner: str, web: str, place: str) -> tuple[str, str]:
    """A seed is written with its plan and read by nobody before the list is frozen."""
    return (
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web}" WITH CHECK ({place});
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web}" USING ({place} AND EXISTS (
          SELECT 1 FROM inspections_plan p WHERE p.id = plan_id AND p.frozen_sha256 <> ''));
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_insert ON {table}; DROP POLICY {table}_read ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
