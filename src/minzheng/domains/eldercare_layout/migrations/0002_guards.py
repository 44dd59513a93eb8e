"""Who reads and writes the layout plan: officials by their place; nothing in it names a person."""

from django.db import migrations

from minzheng.kernel.storage.guards import enable_scope, grant_web, owner_role, statement, web_role

_SEEN = "EXISTS (SELECT 1 FROM eldercare_layout_plan p WHERE p.id = plan_id)"
_OWN = (
    "EXISTS (SELECT 1 FROM eldercare_layout_plan p WHERE p.id = plan_id"
    " AND p.division_code >= (SELECT access_low()) AND p.division_code < (SELECT access_high()))"
)

# A site belongs to its plan: one that stands already may lie across the border, where it is the nearest.
_SITES = (
    f"""
    ALTER TABLE eldercare_layout_plansite ENABLE ROW LEVEL SECURITY;
    ALTER TABLE eldercare_layout_plansite FORCE ROW LEVEL SECURITY;
    CREATE POLICY layout_site_owner ON eldercare_layout_plansite TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY layout_site_read ON eldercare_layout_plansite FOR SELECT TO "{web_role()}" USING ({_SEEN});
    CREATE POLICY layout_site_insert ON eldercare_layout_plansite FOR INSERT TO "{web_role()}" WITH CHECK ({_OWN});
    CREATE POLICY layout_site_delete ON eldercare_layout_plansite FOR DELETE TO "{web_role()}" USING ({_OWN});
    """,
    """
    DROP POLICY layout_site_owner ON eldercare_layout_plansite;
    DROP POLICY layout_site_read ON eldercare_layout_plansite;
    DROP POLICY layout_site_insert ON eldercare_layout_plansite;
    DROP POLICY layout_site_delete ON eldercare_layout_plansite;
    ALTER TABLE eldercare_layout_plansite NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE eldercare_layout_plansite DISABLE ROW LEVEL SECURITY;
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare_layout", "0001_initial"),
        ("access", "0003_facility_roles"),
        ("stays", "0002_guards"),
        ("centres", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        grant_web("eldercare_layout_areaelders", "SELECT, INSERT, DELETE"),
        grant_web("eldercare_layout_areapoint", "SELECT, INSERT, UPDATE"),
        grant_web("eldercare_layout_plan", "SELECT, INSERT, UPDATE"),
        grant_web("eldercare_layout_plansite", "SELECT, INSERT, DELETE"),
        enable_scope("eldercare_layout_areaelders", figures=True),
        enable_scope("eldercare_layout_areapoint", figures=True),
        enable_scope("eldercare_layout_plan", figures=True),
        statement(*_SITES),
    ]
