"""Who sees workers: the facility that employs or employed them, and officials of the place; what only officials write."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.inspections.guards import enable_inspection_scope
from minzheng.kernel.storage.guards import grant_web, owner_role, statement, web_role

_APP = "eldercare_workforce_"
_RIGHTS = "SELECT, INSERT, UPDATE"
_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
_LAST_DAY = "(i.month + interval '1 month - 1 day')::date"

# The rows of a worker follow the employments that the reader sees: the inner query runs under the reader's own policies.
_SEES = "EXISTS (SELECT 1 FROM {app}employment e WHERE e.worker_id = {table}.{column})".replace("{app}", _APP)


def _of_worker(table: str, column: str, *, written: bool) -> migrations.RunSQL:
    sees = _SEES.replace("{table}", table).replace("{column}", column)
    insert = (
        f'CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({sees});'
        if written
        else ""
    )
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING ({sees});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({sees}) WITH CHECK ({sees});
        {insert}
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table}; DROP POLICY {table}_update ON {table};
        {f"DROP POLICY {table}_insert ON {table};" if written else ""}
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


_FUNCTIONS = f"""
    -- Whoever hires shows name and number. Somebody known under the number by another name is nobody (NULL).
    CREATE FUNCTION workforce_worker_of(called text, hashed text, masked text, person bigint) RETURNS bigint
    LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE found bigint;
    BEGIN
      INSERT INTO public.{_APP}worker (name, number_hash, number_masked, degree, degree_paper, person_id)
        VALUES (called, hashed, masked, 'none', '', person) ON CONFLICT (number_hash) DO NOTHING;
      SELECT id INTO found FROM public.{_APP}worker WHERE number_hash = hashed AND name = called;
      RETURN found;
    END $$;
    -- Months that count for the entry subsidy, over every employer: full care posts held on the month's last day at the
    -- facility that paid the month's insurance. Numbers only, about workers that the reader names.
    CREATE FUNCTION workforce_months(ids bigint[], on_day date)
    RETURNS TABLE (worker_id bigint, months integer, doubled integer, claimed integer, is_employed boolean)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT w.id,
        (SELECT count(DISTINCT i.month)::integer FROM public.{_APP}insurancemonth i
           JOIN public.{_APP}employment e ON e.worker_id = i.worker_id AND e.facility_id = i.facility_id
            AND e.post = 'care' AND e.is_full AND e.during @> {_LAST_DAY}
          WHERE i.worker_id = w.id AND i.struck_because = '' AND {_LAST_DAY} <= on_day),
        (SELECT count(*)::integer FROM (
           SELECT i.month FROM public.{_APP}insurancemonth i
           WHERE i.worker_id = w.id AND i.struck_because = '' AND i.month <= on_day
           GROUP BY i.month HAVING count(*) > 1) twice),
        coalesce((SELECT max(c.instalment)::integer FROM public.{_APP}entrysubsidy c
          WHERE c.worker_id = w.id AND c.state <> 'refused'), 0),
        EXISTS (SELECT 1 FROM public.{_APP}employment e
          WHERE e.worker_id = w.id AND e.post = 'care' AND e.is_full AND e.during @> on_day)
      FROM unnest(ids) w(id)
    $$;
    REVOKE ALL ON FUNCTION workforce_worker_of(text, text, text, bigint) FROM PUBLIC;
    REVOKE ALL ON FUNCTION workforce_months(bigint[], date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION workforce_worker_of(text, text, text, bigint) TO "{web_role()}";
    GRANT EXECUTE ON FUNCTION workforce_months(bigint[], date) TO "{web_role()}";
    -- A facility hands in and does not decide; the result of an exam is not its to write.
    CREATE TRIGGER eldercare_handed_in BEFORE INSERT OR UPDATE ON {_APP}entrysubsidy
      FOR EACH ROW EXECUTE FUNCTION eldercare_handed_in();
    CREATE TRIGGER eldercare_handed_in BEFORE INSERT OR UPDATE ON {_APP}recognition
      FOR EACH ROW EXECUTE FUNCTION eldercare_handed_in();
    -- A facility sees its own enrolments alone, so the database counts who has a place.
    CREATE FUNCTION workforce_course_has_places() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE allowed integer;
    BEGIN
      SELECT places INTO allowed FROM public.{_APP}course WHERE id = NEW.course_id FOR UPDATE;
      IF (SELECT count(*) FROM public.{_APP}enrolment WHERE course_id = NEW.course_id) >= allowed THEN
        RAISE EXCEPTION 'workforce_course_full' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER workforce_course_has_places BEFORE INSERT ON {_APP}enrolment
      FOR EACH ROW EXECUTE FUNCTION workforce_course_has_places();
    CREATE FUNCTION workforce_exam_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF facilities_mine() IS NOT NULL AND (NEW.score IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.score IS NOT NULL)) THEN
        RAISE EXCEPTION '考试结果由民政部门登记 / the result of an exam is written by officials'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER workforce_exam_is_told BEFORE INSERT OR UPDATE ON {_APP}enrolment
      FOR EACH ROW EXECUTE FUNCTION workforce_exam_is_told();
"""
_NO_FUNCTIONS = f"""
    DROP TRIGGER workforce_course_has_places ON {_APP}enrolment; DROP FUNCTION workforce_course_has_places();
    DROP TRIGGER workforce_exam_is_told ON {_APP}enrolment; DROP FUNCTION workforce_exam_is_told();
    DROP TRIGGER eldercare_handed_in ON {_APP}entrysubsidy; DROP TRIGGER eldercare_handed_in ON {_APP}recognition;
    DROP FUNCTION workforce_months(bigint[], date); DROP FUNCTION workforce_worker_of(text, text, text, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare_workforce", "0001_initial"),
        ("eldercare_facilities", "0002_guards"),
        ("inspections", "0002_guards"),
    ]

    operations = [
        *(
            grant_web(f"{_APP}{name}", _RIGHTS)
            for name in (
                "employment", "insurancemonth", "course", "enrolment", "certificate", "trainingsubsidy", "entrysubsidy",
                "recognition", "contest", "contestresult",
            )
        ),
        grant_web(f"{_APP}worker", "SELECT, UPDATE"),
        *(enable_facility_scope(f"{_APP}{name}") for name in ("employment", "enrolment", "entrysubsidy")),
        *(
            enable_facility_scope(f"{_APP}{name}", written_by_facility=False)
            for name in ("insurancemonth", "trainingsubsidy", "contestresult")
        ),
        _of_worker(f"{_APP}worker", "id", written=False),
        _of_worker(f"{_APP}certificate", "worker_id", written=True),
        # Neither names anybody; a city's course and contest are every district's to read.
        enable_inspection_scope(f"{_APP}course", public_when="true"),
        enable_inspection_scope(f"{_APP}contest", public_when="true"),
        # The list of recognised institutions is published with those that were taken off.
        enable_inspection_scope(
            f"{_APP}recognition", facility_when="true", facility_inserts=True,
            public_when="state IN ('recognised', 'removed')",
        ),
        statement(_FUNCTIONS, _NO_FUNCTIONS),
    ]  # fmt: skip
