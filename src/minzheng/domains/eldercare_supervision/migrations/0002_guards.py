"""Who reads and writes campaigns and credit: officials of the place; an institution its own, and adds its objections."""

from django.db import migrations

from minzheng.kernel.inspections.guards import enable_inspection_scope
from minzheng.kernel.storage.guards import grant_web, statement

_KEEPS = (
    """
    -- An item keeps what happened and its points: it can only be struck out. A decided level is not reckoned anew.
    CREATE FUNCTION supervision_item_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.is_struck OR (to_jsonb(NEW) - 'is_struck') IS DISTINCT FROM (to_jsonb(OLD) - 'is_struck') THEN
        RAISE EXCEPTION '计分项目不能改写：an item is struck out, never rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER supervision_item_keeps BEFORE UPDATE ON eldercare_supervision_scoreitem
      FOR EACH ROW EXECUTE FUNCTION supervision_item_keeps();
    CREATE FUNCTION supervision_sheet_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'decided' THEN
        RAISE EXCEPTION '已审定的评价表不能改写：a decided sheet is never rewritten; a repair stands beside it'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER supervision_sheet_keeps BEFORE UPDATE ON eldercare_supervision_scoresheet
      FOR EACH ROW EXECUTE FUNCTION supervision_sheet_keeps();
    """,
    """
    DROP TRIGGER supervision_item_keeps ON eldercare_supervision_scoreitem; DROP FUNCTION supervision_item_keeps();
    DROP TRIGGER supervision_sheet_keeps ON eldercare_supervision_scoresheet; DROP FUNCTION supervision_sheet_keeps();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("eldercare_supervision", "0001_initial"), ("inspections", "0002_guards")]

    operations = [
        *(
            grant_web(f"eldercare_supervision_{name}", "SELECT, INSERT, UPDATE")
            for name in ("campaign", "grading", "scoresheet", "scoreitem", "objection", "repair")
        ),
        # A campaign of the city is every district's to read; it names nobody.
        enable_inspection_scope("eldercare_supervision_campaign", public_when="true"),
        enable_inspection_scope("eldercare_supervision_grading", public_when="true"),
        enable_inspection_scope("eldercare_supervision_scoresheet", facility_when="true"),
        enable_inspection_scope("eldercare_supervision_scoreitem", facility_when="true"),
        enable_inspection_scope(
            "eldercare_supervision_objection", facility_when="true", facility_inserts=True
        ),
        enable_inspection_scope("eldercare_supervision_repair", facility_when="true", facility_inserts=True),
        statement(*_KEEPS),
    ]
