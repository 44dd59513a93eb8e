"""Anybody may ask whether a letter's code is genuine; the answer holds office, title and date, and nobody's name."""

from django.db import migrations

from minzheng.kernel.storage.guards import statement, web_role

_FUNCTION = f"""
    CREATE FUNCTION portal_letter_check(wanted text)
    RETURNS TABLE (office text, title text, issued_on date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      IF length(wanted) <> 14 THEN RETURN; END IF;
      RETURN QUERY
      SELECT l.content ->> 'office', l.title, l.issued_on FROM public.cases_letter l
      WHERE l.code = wanted ORDER BY l.id LIMIT 1;
    END $$;
    REVOKE ALL ON FUNCTION portal_letter_check(text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION portal_letter_check(text) TO "{web_role()}";
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_guards")]
    operations = [statement(_FUNCTION, "DROP FUNCTION portal_letter_check(text);")]
