"""An assessor sees the forms given to them and nothing else; a resident asks and withdraws; the place's officials decide."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.stays.migrations._waiting_sql import policies
from minzheng.kernel.storage.guards import append_only, grant_web, statement

_PLACE = (
    "(division_code >= (SELECT access_low()) AND division_code < (SELECT access_high())"
    " AND (SELECT facilities_mine()) IS NULL)"
)
_OWN = "person_id = (SELECT access_person())"
_MINE = "assessor_id = (SELECT access_official())"

_KEEPS = (
    """
    -- Residents ask for an assessment and may take it back; the grade is never theirs to write.
    CREATE FUNCTION beds_assessment_keeps() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE own boolean := public.access_person() IS NOT NULL;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF own THEN
          NEW.state := 'requested'; NEW.grade := NULL; NEW.points := NULL; NEW.decided_on := NULL;
          NEW.valid_until := NULL; NEW.decided_by_id := NULL; NEW.channel := 'online';
          NEW.has_cognitive_diagnosis := false;
          SELECT p.division_code INTO STRICT NEW.division_code FROM public.people_person p WHERE p.id = NEW.person_id;
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.state = 'decided' AND (NEW.state, NEW.grade, NEW.points, NEW.decided_on, NEW.valid_until, NEW.person_id,
           NEW.has_cognitive_diagnosis) IS DISTINCT FROM (OLD.state, OLD.grade, OLD.points, OLD.decided_on,
           OLD.valid_until, OLD.person_id, OLD.has_cognitive_diagnosis) THEN
        RAISE EXCEPTION '已确认的等级不能改写，请复核或重新评估 / a grade is not rewritten; review it or assess anew'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF own AND (NEW.state NOT IN (OLD.state, 'withdrawn') OR (NEW.person_id, NEW.division_code, NEW.grade, NEW.reason,
           NEW.requested_on, NEW.decided_on) IS DISTINCT FROM (OLD.person_id, OLD.division_code, OLD.grade, OLD.reason,
           OLD.requested_on, OLD.decided_on)) THEN
        RAISE EXCEPTION '本人只能撤回申请 / you may take your request back, no more' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER beds_assessment_keeps BEFORE INSERT OR UPDATE ON eldercare_beds_assessment
      FOR EACH ROW EXECUTE FUNCTION beds_assessment_keeps();

    -- A form that was handed in does not change, and whose it is neither.
    CREATE FUNCTION beds_form_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.grade IS NOT NULL OR (NEW.assessment_id, NEW.assessor_id, NEW.division_code, NEW.person_name, NEW.birth_date)
           IS DISTINCT FROM (OLD.assessment_id, OLD.assessor_id, OLD.division_code, OLD.person_name, OLD.birth_date) THEN
        RAISE EXCEPTION '评估表已提交，不能修改 / a form that was handed in does not change'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER beds_form_keeps BEFORE UPDATE ON eldercare_beds_assessorform
      FOR EACH ROW EXECUTE FUNCTION beds_form_keeps();
    """,
    """
    DROP TRIGGER beds_form_keeps ON eldercare_beds_assessorform; DROP FUNCTION beds_form_keeps();
    DROP TRIGGER beds_assessment_keeps ON eldercare_beds_assessment; DROP FUNCTION beds_assessment_keeps();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("eldercare_beds", "0001_initial"), ("stays", "0011_waiting_guards")]

    operations = [
        grant_web("eldercare_beds_assessment", "SELECT, INSERT, UPDATE"),
        grant_web("eldercare_beds_assessorform", "SELECT, INSERT, UPDATE"),
        grant_web("eldercare_beds_familybed", "SELECT, INSERT, UPDATE"),
        grant_web("eldercare_beds_carevisit", "SELECT, INSERT"),
        append_only("eldercare_beds_carevisit"),
        statement(
            *policies(
                "eldercare_beds_assessment",
                f"{_PLACE} OR {_OWN}",
                insert=f"{_PLACE} OR {_OWN}",
                update=f"{_PLACE} OR {_OWN}",
            )
        ),
        # The official who decides may read the forms and never fill one.
        statement(
            *policies("eldercare_beds_assessorform", f"{_PLACE} OR {_MINE}", insert=_PLACE, update=_MINE)
        ),
        enable_facility_scope("eldercare_beds_familybed", person_column="person_id"),
        enable_facility_scope("eldercare_beds_carevisit", person_column="person_id"),
        statement(*_KEEPS),
    ]
