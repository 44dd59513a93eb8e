"""What is public, what the district sees of its facilities, what a facility writes of its own."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.storage.guards import grant_web, statement

_APP = "eldercare_facilities_"
_RIGHTS = "SELECT, INSERT, UPDATE"

# A facility hands in; what is decided about it is written by its district alone.
_HANDED_IN = """
    CREATE FUNCTION eldercare_handed_in() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF facilities_mine() IS NOT NULL AND
         (NEW.state NOT IN ('filed', 'claimed') OR (TG_OP = 'UPDATE' AND OLD.state NOT IN ('filed', 'claimed'))) THEN
        RAISE EXCEPTION '机构不能审定自己的申报 / a facility does not decide on what it handed in'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER eldercare_handed_in BEFORE INSERT OR UPDATE ON eldercare_facilities_filing
      FOR EACH ROW EXECUTE FUNCTION eldercare_handed_in();
    CREATE TRIGGER eldercare_handed_in BEFORE INSERT OR UPDATE ON eldercare_facilities_reliefclaim
      FOR EACH ROW EXECUTE FUNCTION eldercare_handed_in();
"""
_NOT_HANDED_IN = """
    DROP TRIGGER eldercare_handed_in ON eldercare_facilities_filing;
    DROP TRIGGER eldercare_handed_in ON eldercare_facilities_reliefclaim;
    DROP FUNCTION eldercare_handed_in();
"""


class Migration(migrations.Migration):
    dependencies = [("eldercare_facilities", "0001_initial"), ("facilities", "0002_guards")]

    operations = [
        *(
            operation
            for name in ("home", "licence", "price", "hospitallink")
            for operation in (
                grant_web(f"{_APP}{name}", _RIGHTS),
                enable_facility_scope(f"{_APP}{name}", public=True),
            )
        ),
        # Decided by the district, so the facility reads them and writes nothing.
        *(
            operation
            for name in ("closure", "bedrelease", "bedbatch")
            for operation in (
                grant_web(f"{_APP}{name}", _RIGHTS),
                enable_facility_scope(f"{_APP}{name}", public=True, written_by_facility=False),
            )
        ),
        *(
            operation
            for name in ("filing", "mealday", "reliefclaim")
            for operation in (
                grant_web(f"{_APP}{name}", _RIGHTS),
                enable_facility_scope(f"{_APP}{name}", names_nobody=True),
            )
        ),
        *(
            operation
            for name in ("occupant", "contract", "incident", "consultation")
            for operation in (
                grant_web(f"{_APP}{name}", _RIGHTS),
                enable_facility_scope(f"{_APP}{name}", person_column="person_id"),
            )
        ),
        grant_web(f"{_APP}incidentstep", "SELECT, INSERT"),
        enable_facility_scope(f"{_APP}incidentstep"),
        statement(_HANDED_IN, _NOT_HANDED_IN),
    ]
