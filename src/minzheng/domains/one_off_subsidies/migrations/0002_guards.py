"""Lists and their rows: written once by the officer who acts, seen by posts of the place; nobody else's people."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement

# Whoever takes a list in is what the transaction's own actor says, whatever the row claims.
TAKEN_BY = statement(
    """
    CREATE FUNCTION one_off_subsidies_list_author() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.taken_by_id IS DISTINCT FROM access_official()
         OR (SELECT access_role()) IS DISTINCT FROM 'city_policy_officer' THEN
        RAISE EXCEPTION '接收人须为本人，且为市级业务主管：a list is taken in by the city policy officer who acts'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER one_off_subsidies_list_author BEFORE INSERT ON one_off_subsidies_departmentlist
      FOR EACH ROW EXECUTE FUNCTION one_off_subsidies_list_author();
    """,
    "DROP TRIGGER one_off_subsidies_list_author ON one_off_subsidies_departmentlist;"
    " DROP FUNCTION one_off_subsidies_list_author();",
)


class Migration(migrations.Migration):
    dependencies = [("one_off_subsidies", "0001_initial"), ("access", "0002_guards")]

    operations = [
        TAKEN_BY,
        grant_web("one_off_subsidies_departmentlist", "SELECT, INSERT"),
        grant_web("one_off_subsidies_listedrow", "SELECT, INSERT"),
        append_only("one_off_subsidies_departmentlist"),
        append_only("one_off_subsidies_listedrow"),
        enable_scope("one_off_subsidies_departmentlist", domain_column="programme"),
        enable_scope("one_off_subsidies_listedrow", domain_column="programme"),
    ]
