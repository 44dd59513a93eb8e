"""What the database itself keeps true of awards: no overlap, events only added, rows within the post's scope."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement

# An award whose end lies before its start covers no month and so overlaps nothing.
_MONTHS = """CASE WHEN end_month < start_month THEN 'empty'::daterange
             ELSE daterange(start_month, end_month, '[]') END"""

NO_OVERLAP = statement(
    f"""
    ALTER TABLE awards_award ADD CONSTRAINT awards_award_no_overlap_person
      EXCLUDE USING gist (person_id WITH =, benefit WITH =, ({_MONTHS}) WITH &&);
    ALTER TABLE awards_award ADD CONSTRAINT awards_award_no_overlap_household
      EXCLUDE USING gist (household_id WITH =, benefit WITH =, ({_MONTHS}) WITH &&) WHERE (unit = 'household');
    ALTER TABLE awards_awardperiod ADD CONSTRAINT awards_period_no_overlap
      EXCLUDE USING gist (award_id WITH =, during WITH &&);
    ALTER TABLE awards_awardperiod ADD CONSTRAINT awards_period_whole_months CHECK (
      NOT isempty(during) AND lower(during) IS NOT NULL AND extract(day FROM lower(during)) = 1
      AND (upper(during) IS NULL OR extract(day FROM upper(during)) = 1));
    """,
    """
    ALTER TABLE awards_award DROP CONSTRAINT awards_award_no_overlap_person;
    ALTER TABLE awards_award DROP CONSTRAINT awards_award_no_overlap_household;
    ALTER TABLE awards_awardperiod DROP CONSTRAINT awards_period_no_overlap;
    ALTER TABLE awards_awardperiod DROP CONSTRAINT awards_period_whole_months;
    """,
)

# Row-level security reads scope from the row itself, so what belongs to an award follows when the award moves.
FOLLOW = statement(
    """
    CREATE FUNCTION awards_follow_award() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE awards_awardperiod SET division_code = NEW.division_code, person_id = NEW.person_id
        WHERE award_id = NEW.id;
      UPDATE awards_overpayment SET division_code = NEW.division_code WHERE award_id = NEW.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER awards_award_follow AFTER UPDATE OF division_code, person_id ON awards_award
      FOR EACH ROW WHEN (OLD.division_code <> NEW.division_code OR OLD.person_id <> NEW.person_id)
      EXECUTE FUNCTION awards_follow_award();
    """,
    "DROP TRIGGER awards_award_follow ON awards_award; DROP FUNCTION awards_follow_award();",
)


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_initial"), ("access", "0002_guards")]

    operations = [
        NO_OVERLAP,
        FOLLOW,
        grant_web("awards_award", "SELECT, INSERT, UPDATE"),
        grant_web("awards_awardperiod", "SELECT, INSERT, UPDATE, DELETE"),
        grant_web("awards_awardevent", "SELECT, INSERT"),
        grant_web("awards_overpayment", "SELECT, INSERT, UPDATE"),
        append_only("awards_awardevent"),
        enable_scope("awards_award", domain_column="programme", person_column="person_id"),
        enable_scope("awards_awardperiod", domain_column="programme", person_column="person_id"),
        enable_scope("awards_awardevent", domain_column="programme", person_column="person_id"),
        enable_scope("awards_overpayment", domain_column="programme", person_column="person_id"),
    ]
