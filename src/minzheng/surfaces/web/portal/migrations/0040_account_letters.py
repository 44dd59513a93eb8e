"""Letters about money paid wrongly or late are checked by their code like those of cases."""

from django.db import migrations

from minzheng.kernel.storage.guards import statement


def _function(tables: tuple[str, ...]) -> str:
    found = " UNION ALL ".join(
        f"(SELECT l.content ->> 'office', l.title, l.issued_on FROM public.{table} l WHERE l.code = wanted ORDER BY l.id LIMIT 1)"
        for table in tables
    )
    return f"""
    CREATE OR REPLACE FUNCTION portal_letter_check(wanted text)
    RETURNS TABLE (office text, title text, issued_on date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      IF length(wanted) <> 14 THEN RETURN; END IF;
      RETURN QUERY {found} LIMIT 1;
    END $$;
    """


class Migration(migrations.Migration):
    dependencies = [("web_portal", "0001_letter_check"), ("payments", "0040_settling")]
    operations = [
        statement(_function(("cases_letter", "payments_accountletter")), _function(("cases_letter",)))
    ]
