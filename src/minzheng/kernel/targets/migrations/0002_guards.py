"""Who reads and writes targets: the city sets and decides, each place reports its own; nothing in them names a person."""

from django.db import migrations

from minzheng.kernel.storage.guards import enable_scope, grant_web, owner_role, statement, web_role

_CITY = (
    "((SELECT access_role()) IN ('city_policy_officer', 'service') AND (SELECT access_place_low()) = '31')"
)


def _set_by_the_city(table: str) -> tuple[str, str]:
    """Everybody who acts reads it; the city alone writes it."""
    web = web_role()
    return (
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web}" USING ((SELECT access_actor_post()) IS NOT NULL);
        CREATE POLICY {table}_write ON {table} TO "{web}" USING ({_CITY}) WITH CHECK ({_CITY});
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table}; DROP POLICY {table}_write ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


_DECIDES = (
    f"""
    -- The city decides, as the one who acts; what was decided stays, unless it was returned and is reported again.
    CREATE FUNCTION targets_evidence_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF session_user <> '{web_role()}' THEN RETURN NEW; END IF;
      IF EXISTS (SELECT 1 FROM targets_target t WHERE t.id = NEW.target_id AND t.closed_on IS NOT NULL) THEN
        RAISE EXCEPTION '目标已结项：a closed target takes no evidence' USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.state = 'accepted' THEN
        RAISE EXCEPTION '佐证已核定：accepted evidence stays' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.state IN ('accepted', 'returned') THEN
        IF TG_OP = 'INSERT' OR OLD.state <> 'reported' OR NOT {_CITY} OR NEW.decided_by_id IS DISTINCT FROM access_official()
           OR (NEW.target_id, NEW.record_kind, NEW.record_id, NEW.paper_sha256, NEW.amount, NEW.division_code, NEW.happened_on,
               NEW.reported_by_id)
              IS DISTINCT FROM (OLD.target_id, OLD.record_kind, OLD.record_id, OLD.paper_sha256, OLD.amount, OLD.division_code,
               OLD.happened_on, OLD.reported_by_id) THEN
          RAISE EXCEPTION '佐证由市级核定：the city decides what was reported' USING ERRCODE = 'insufficient_privilege';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER targets_evidence_keeps BEFORE INSERT OR UPDATE ON targets_evidence
      FOR EACH ROW EXECUTE FUNCTION targets_evidence_keeps();
    """,
    "DROP TRIGGER targets_evidence_keeps ON targets_evidence; DROP FUNCTION targets_evidence_keeps();",
)


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial"), ("access", "0003_facility_roles"), ("stays", "0002_guards")]

    operations = [
        grant_web("targets_target", "SELECT, INSERT, UPDATE"),
        grant_web("targets_share", "SELECT, INSERT, UPDATE, DELETE"),
        grant_web("targets_evidence", "SELECT, INSERT, UPDATE"),
        grant_web("targets_facilityarea", "SELECT, INSERT, UPDATE"),
        statement(*_set_by_the_city("targets_target")),
        statement(*_set_by_the_city("targets_share")),
        enable_scope("targets_evidence", figures=True),
        statement(*_DECIDES),
        enable_scope("targets_facilityarea", figures=True),
    ]
