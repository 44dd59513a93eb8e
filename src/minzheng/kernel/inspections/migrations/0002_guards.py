"""Rights on inspections, who reads which, and what is only added."""

from django.db import migrations

from minzheng.kernel.inspections.guards import PLACE, enable_inspection_scope
from minzheng.kernel.inspections.migrations._sql import KEEPS, sealed
from minzheng.kernel.storage.guards import append_only, grant_web, owner_role, statement, web_role

_OFFICIALS = "(SELECT access_actor_post()) IS NOT NULL AND (SELECT facilities_mine()) IS NULL"
_DONE = "EXISTS (SELECT 1 FROM inspections_visit v WHERE v.id = visit_id AND v.state = 'done')"
ADD, CHANGE = "SELECT, INSERT", "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial"), ("facilities", "0002_guards"), ("cases", "0002_guards")]

    operations = [
        grant_web("inspections_inspector", CHANGE),
        grant_web("inspections_conflict", ADD),
        grant_web("inspections_plan", CHANGE),
        grant_web("inspections_planseed", ADD),
        grant_web("inspections_visit", CHANGE),
        grant_web("inspections_assignment", ADD),
        grant_web("inspections_answer", ADD),
        grant_web("inspections_arearesult", ADD),
        grant_web("inspections_finding", CHANGE),
        grant_web("inspections_rectification", ADD),
        grant_web("inspections_recheck", ADD),
        grant_web("inspections_penalty", CHANGE),
        grant_web("inspections_complaint", CHANGE),
        grant_web("inspections_publication", CHANGE),
        grant_web("inspections_event", ADD),
        *(
            append_only(f"inspections_{name}")
            for name in (
                "planseed",
                "assignment",
                "answer",
                "arearesult",
                "rectification",
                "recheck",
                "event",
            )
        ),
        enable_inspection_scope("inspections_inspector", public_when=_OFFICIALS),
        enable_inspection_scope("inspections_conflict"),
        enable_inspection_scope("inspections_plan", public_when="published_on IS NOT NULL"),
        statement(*sealed("inspections_planseed", owner_role(), web_role(), PLACE)),
        # Visits come unannounced: the facility sees one when it is done.
        enable_inspection_scope("inspections_visit", facility_when="state = 'done'"),
        enable_inspection_scope("inspections_assignment", facility_when=_DONE),
        enable_inspection_scope("inspections_answer", facility_when=_DONE),
        enable_inspection_scope("inspections_arearesult", facility_when="true"),
        enable_inspection_scope("inspections_finding", facility_when="true", facility_updates=True),
        enable_inspection_scope("inspections_rectification", facility_when="true", facility_inserts=True),
        enable_inspection_scope("inspections_recheck", facility_when="true"),
        enable_inspection_scope("inspections_penalty", facility_when="true", facility_updates=True),
        enable_inspection_scope("inspections_complaint", facility_when="is_verified"),
        enable_inspection_scope("inspections_publication", public_when="true"),
        enable_inspection_scope(
            "inspections_event", facility_when="subject NOT LIKE 'visit:%'", facility_inserts=True
        ),
        statement(*KEEPS),
    ]
