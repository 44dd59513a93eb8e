"""Readings name nobody: every acting post reads them; a correction is a further reading."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, grant_web, statement, written_by_posts

# The reading's author is the transaction's own actor, whatever the row claims.
ENTERED_BY = statement(
    """
    CREATE FUNCTION price_linkage_reading_author() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.entered_by_id IS DISTINCT FROM access_official()
         OR (SELECT access_role()) IS DISTINCT FROM 'city_policy_officer' THEN
        RAISE EXCEPTION '登记人须为本人，且为市级业务主管：a reading is entered by the city policy officer who acts'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER price_linkage_reading_author BEFORE INSERT ON price_linkage_indexreading
      FOR EACH ROW EXECUTE FUNCTION price_linkage_reading_author();
    """,
    "DROP TRIGGER price_linkage_reading_author ON price_linkage_indexreading; DROP FUNCTION price_linkage_reading_author();",
)


class Migration(migrations.Migration):
    dependencies = [("price_linkage", "0001_initial"), ("access", "0002_guards")]

    operations = [
        ENTERED_BY,
        grant_web("price_linkage_indexreading", "SELECT, INSERT"),
        append_only("price_linkage_indexreading"),
        written_by_posts("price_linkage_indexreading"),
    ]
