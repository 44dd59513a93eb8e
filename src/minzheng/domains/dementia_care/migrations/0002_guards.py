"""Units and communities name nobody; screenings show names to the person's own street alone, and counts to those above."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.storage.guards import (
    append_only,
    enable_scope,
    grant_web,
    owner_role,
    statement,
    web_role,
)

# The street's own posts, and the platform itself when it counts; a district's place holds the rows and sees none.
_STREET = (
    "(division_code >= (SELECT access_low()) AND division_code < (SELECT access_high()) AND ("
    "(SELECT access_role()) = 'service' OR ((SELECT access_role()) IN ('street_officer', 'neighbourhood_worker')"
    " AND length((SELECT access_low())) >= 9)))"
)


def _of_street(table: str) -> migrations.RunSQL:
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}"
          USING ({_STREET} OR person_id = (SELECT access_person()));
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({_STREET});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({_STREET}) WITH CHECK ({_STREET});
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_insert ON {table}; DROP POLICY {table}_update ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


_COUNTS = (
    f"""
    -- Persons screened in a period by street of the reader's place: numbers and nothing else.
    CREATE FUNCTION dementia_counts(first date, last date)
      RETURNS TABLE (street text, screened bigint, positive bigint, referred bigint, diagnosed bigint)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      SELECT left(s.division_code, 9), count(DISTINCT s.person_id),
             count(DISTINCT s.person_id) FILTER (WHERE s.score < s.cut_off),
             count(DISTINCT s.person_id) FILTER (WHERE r.is_consented),
             count(DISTINCT s.person_id) FILTER (WHERE r.is_diagnosed)
      FROM public.dementia_care_screening s LEFT JOIN public.dementia_care_referral r ON r.screening_id = s.id
      WHERE s.screened_on BETWEEN first AND last
        AND s.division_code >= (SELECT public.access_place_low()) AND s.division_code < (SELECT public.access_place_high())
        AND (SELECT public.facilities_mine()) IS NULL
      GROUP BY 1 $$;
    REVOKE ALL ON FUNCTION dementia_counts(date, date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION dementia_counts(date, date) TO "{web_role()}";
    """,
    "DROP FUNCTION dementia_counts(date, date);",
)

_KEEPS = (
    """
    -- A unit holds dementia beds of its own home.
    CREATE FUNCTION dementia_unit_bed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM stays_bed b JOIN dementia_care_unit u ON u.facility_id = b.facility_id
                     WHERE b.id = NEW.bed_id AND u.id = NEW.unit_id AND b.kind = 'dementia'
                       AND b.facility_id = NEW.facility_id) THEN
        RAISE EXCEPTION '照护单元的床位须为本机构的认知障碍照护床位 / a unit holds dementia beds of its own home'
          USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dementia_unit_bed BEFORE INSERT OR UPDATE ON dementia_care_unitbed
      FOR EACH ROW EXECUTE FUNCTION dementia_unit_bed();
    -- A referral comes of a positive screening of the same person; an answer and a result are not rewritten.
    CREATE FUNCTION dementia_referral_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM dementia_care_screening s WHERE s.id = NEW.screening_id AND s.person_id = NEW.person_id
                       AND s.division_code = NEW.division_code AND s.score < s.cut_off) THEN
        RAISE EXCEPTION '转介须来自本人低于分界分的筛查 / a referral comes of the person''s own positive screening'
          USING ERRCODE = 'check_violation';
      END IF;
      IF TG_OP = 'UPDATE' AND (
           (NEW.screening_id, NEW.opened_on, NEW.due_on) IS DISTINCT FROM (OLD.screening_id, OLD.opened_on, OLD.due_on)
           OR (OLD.is_consented IS NOT NULL AND (NEW.is_consented, NEW.consent_by, NEW.consent_on)
               IS DISTINCT FROM (OLD.is_consented, OLD.consent_by, OLD.consent_on))
           OR (OLD.is_diagnosed IS NOT NULL AND (NEW.is_diagnosed, NEW.hospital, NEW.result_on)
               IS DISTINCT FROM (OLD.is_diagnosed, OLD.hospital, OLD.result_on))) THEN
        RAISE EXCEPTION '转介的答复和结果不能改写 / the answer and the result of a referral are not rewritten'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dementia_referral_keeps BEFORE INSERT OR UPDATE ON dementia_care_referral
      FOR EACH ROW EXECUTE FUNCTION dementia_referral_keeps();
    """,
    """
    DROP TRIGGER dementia_referral_keeps ON dementia_care_referral; DROP FUNCTION dementia_referral_keeps();
    DROP TRIGGER dementia_unit_bed ON dementia_care_unitbed; DROP FUNCTION dementia_unit_bed();
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("dementia_care", "0001_initial"),
        ("facilities", "0002_guards"),
        ("stays", "0002_guards"),
    ]

    operations = [
        grant_web("dementia_care_unit", "SELECT, INSERT"),
        grant_web("dementia_care_unitbed", "SELECT, INSERT"),
        grant_web("dementia_care_staffcount", "SELECT, INSERT, UPDATE"),
        grant_web("dementia_care_community", "SELECT, INSERT"),
        grant_web("dementia_care_communitytask", "SELECT, INSERT, UPDATE"),
        grant_web("dementia_care_selfcheck", "SELECT, INSERT, UPDATE"),
        grant_web("dementia_care_screening", "SELECT, INSERT"),
        grant_web("dementia_care_referral", "SELECT, INSERT, UPDATE"),
        append_only("dementia_care_screening"),
        enable_facility_scope("dementia_care_unit", names_nobody=True, written_by_facility=False),
        enable_facility_scope("dementia_care_unitbed", names_nobody=True, written_by_facility=False),
        enable_facility_scope("dementia_care_staffcount", names_nobody=True),
        enable_scope("dementia_care_community", figures=True),
        enable_scope("dementia_care_communitytask", figures=True),
        enable_scope("dementia_care_selfcheck", figures=True),
        _of_street("dementia_care_screening"),
        _of_street("dementia_care_referral"),
        statement(*_KEEPS),
        statement(*_COUNTS),
    ]
