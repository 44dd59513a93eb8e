"""Tokens are read by whoever checks one, written by posts; kept answers belong to their post; a letter's code is anyone's to check."""

from django.db import migrations

from minzheng.kernel.storage.guards import grant_web, owner_role, statement, web_role, written_by_posts

_MINE = "post_id = (SELECT access_actor_post())"
_CHECK = f"""
    CREATE FUNCTION api_letter_check(wanted text) RETURNS TABLE (title text, number text, issued_on date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      IF length(wanted) <> 14 THEN RETURN; END IF;
      RETURN QUERY SELECT l.title, l.number, l.issued_on FROM public.cases_letter l
                   WHERE l.code = wanted ORDER BY l.id LIMIT 1;
    END $$;
    REVOKE ALL ON FUNCTION api_letter_check(text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION api_letter_check(text) TO "{web_role()}";
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("access", "0002_guards"), ("cases", "0002_guards")]

    operations = [
        grant_web("api_apitoken", "SELECT, INSERT, UPDATE"),
        written_by_posts("api_apitoken"),
        grant_web("api_keptanswer", "SELECT, INSERT, UPDATE"),
        statement(
            f"""
            ALTER TABLE api_keptanswer ENABLE ROW LEVEL SECURITY; ALTER TABLE api_keptanswer FORCE ROW LEVEL SECURITY;
            CREATE POLICY api_keptanswer_owner ON api_keptanswer TO "{owner_role()}" USING (true) WITH CHECK (true);
            CREATE POLICY api_keptanswer_mine ON api_keptanswer TO "{web_role()}" USING ({_MINE}) WITH CHECK ({_MINE});
            """,
            "DROP POLICY api_keptanswer_owner ON api_keptanswer; DROP POLICY api_keptanswer_mine ON api_keptanswer;"
            " ALTER TABLE api_keptanswer NO FORCE ROW LEVEL SECURITY;"
            " ALTER TABLE api_keptanswer DISABLE ROW LEVEL SECURITY;",
        ),
        statement(_CHECK, "DROP FUNCTION api_letter_check(text);"),
    ]
