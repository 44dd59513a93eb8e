"""Who reads and writes the totals, and the function that marks a table as changed."""

from django.db import migrations

from minzheng.kernel.storage.guards import (
    append_only,
    enable_scope,
    grant_web,
    statement,
    written_by_posts,
)

_MARK = """
    CREATE FUNCTION indicators_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    BEGIN
      -- Only ever added, and read by nobody else who writes: two transactions never wait for each other here.
      INSERT INTO public.indicators_change (table_name, transaction)
      SELECT TG_TABLE_NAME, pg_current_xact_id()::text::bigint
      WHERE NOT EXISTS (SELECT 1 FROM public.indicators_change
                        WHERE table_name = TG_TABLE_NAME AND transaction = pg_current_xact_id()::text::bigint);
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION indicators_mark() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("indicators_total"),
        enable_scope("indicators_total", domain_column="domain", figures=True),
        grant_web("indicators_state"),
        written_by_posts("indicators_state"),
        grant_web("indicators_restatement", "SELECT, INSERT"),
        append_only("indicators_restatement"),
        enable_scope("indicators_restatement", domain_column="domain", figures=True),
        grant_web("indicators_change", "SELECT, DELETE"),
        written_by_posts("indicators_change"),
        statement(_MARK, "DROP FUNCTION indicators_mark() CASCADE;"),
    ]
