"""Facilities are public; a facility's post is told apart by the database itself."""

from django.db import migrations

from minzheng.kernel.facilities.guards import enable_facility_scope
from minzheng.kernel.storage.guards import grant_web, statement, web_role, written_by_posts

_MINE = f"""
-- The facility that the acting post works for, if it works for one alone.
CREATE FUNCTION facilities_mine() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.facility_id FROM public.facilities_facilitypost f WHERE f.post_id = (SELECT public.access_actor_post()) $$;
REVOKE ALL ON FUNCTION facilities_mine() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION facilities_mine() TO "{web_role()}";
"""


class Migration(migrations.Migration):
    dependencies = [("facilities", "0001_initial"), ("access", "0003_facility_roles")]

    operations = [
        statement(_MINE, "DROP FUNCTION facilities_mine();"),
        grant_web("facilities_facility", "SELECT, INSERT, UPDATE"),
        grant_web("facilities_facilitypost", "SELECT, INSERT"),
        enable_facility_scope("facilities_facility", facility_column="id", public=True),
        written_by_posts("facilities_facilitypost"),
    ]
