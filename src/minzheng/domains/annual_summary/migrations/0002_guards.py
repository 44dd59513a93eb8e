"""Versions, checks, numbers and issued summaries are only ever added; each place's own are read as its figures are."""

from django.db import migrations

from minzheng.kernel.storage.guards import (
    append_only,
    enable_scope,
    grant_web,
    statement,
    written_by_posts,
)

_SCOPED = ("paragraphversion", "check", "issued")

# Who issues is the one who acts, has not checked it and wrote none of it; the number follows the last without a gap.
_GUARDS = (
    """
    CREATE FUNCTION annual_summary_issues() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.issued_by_id IS DISTINCT FROM access_official() THEN
        RAISE EXCEPTION '印发人须为当前经办 (who issues is who acts)' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF NOT EXISTS (SELECT 1 FROM annual_summary_check c WHERE c.year = NEW.year AND c.division_code = NEW.division_code
                     AND c.sha256 = NEW.sha256 AND c.checked_by_id = NEW.checked_by_id) THEN
        RAISE EXCEPTION '该稿未经核对 (this text was not checked)' USING ERRCODE = 'restrict_violation';
      END IF;
      IF EXISTS (SELECT 1 FROM annual_summary_paragraphversion v WHERE v.year = NEW.year
                 AND v.division_code = NEW.division_code AND v.written_by_id = NEW.issued_by_id) THEN
        RAISE EXCEPTION '印发人不能是起草人 (who wrote it does not issue it)' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER annual_summary_issues BEFORE INSERT ON annual_summary_issued
      FOR EACH ROW EXECUTE FUNCTION annual_summary_issues();
    CREATE FUNCTION annual_summary_writes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.written_by_id IS DISTINCT FROM access_official() THEN
        RAISE EXCEPTION '起草人须为当前经办 (who writes is who acts)' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF EXISTS (SELECT 1 FROM annual_summary_issued i WHERE i.year = NEW.year AND i.division_code = NEW.division_code) THEN
        RAISE EXCEPTION '总结已印发 (issued, and stays as it is)' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER annual_summary_writes BEFORE INSERT ON annual_summary_paragraphversion
      FOR EACH ROW EXECUTE FUNCTION annual_summary_writes();
    CREATE FUNCTION annual_summary_checks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.checked_by_id IS DISTINCT FROM access_official() THEN
        RAISE EXCEPTION '核对人须为当前经办 (who checks is who acts)' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER annual_summary_checks BEFORE INSERT ON annual_summary_check
      FOR EACH ROW EXECUTE FUNCTION annual_summary_checks();
    CREATE FUNCTION annual_summary_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM annual_summary_documentnumber n
                        WHERE n.word = NEW.word AND n.year = NEW.year) THEN
        RAISE EXCEPTION '文号须依次取用 (numbers are taken one after another)' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER annual_summary_numbers BEFORE INSERT ON annual_summary_documentnumber
      FOR EACH ROW EXECUTE FUNCTION annual_summary_numbers();
    """,
    """
    DROP TRIGGER annual_summary_issues ON annual_summary_issued; DROP FUNCTION annual_summary_issues();
    DROP TRIGGER annual_summary_writes ON annual_summary_paragraphversion; DROP FUNCTION annual_summary_writes();
    DROP TRIGGER annual_summary_checks ON annual_summary_check; DROP FUNCTION annual_summary_checks();
    DROP TRIGGER annual_summary_numbers ON annual_summary_documentnumber; DROP FUNCTION annual_summary_numbers();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("annual_summary", "0001_initial"), ("access", "0003_facility_roles")]

    operations = [
        *(grant_web(f"annual_summary_{table}", "SELECT, INSERT") for table in (*_SCOPED, "documentnumber")),
        *(enable_scope(f"annual_summary_{table}", figures=True) for table in _SCOPED),
        written_by_posts("annual_summary_documentnumber"),
        *(append_only(f"annual_summary_{table}") for table in (*_SCOPED, "documentnumber")),
        statement(*_GUARDS),
    ]
