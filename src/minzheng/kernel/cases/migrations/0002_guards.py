"""Who may see and move which case. An applicant writes their own drafts and answers, never an office's part."""

from django.db import migrations

from minzheng.kernel.cases.migrations._sql import (
    APPLICANT_KEEPS,
    CASE_POLICIES,
    INDEXES,
    KEYS,
    NUMBERS,
    REROUTE,
    SEES,
    hangs_on_case,
    of_place_and_person,
)
from minzheng.kernel.storage.guards import append_only, grant_web, statement

ADD, CHANGE = "SELECT, INSERT", "SELECT, INSERT, UPDATE"
_OPEN_FORM = "cases_is_open_form(case_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("access", "0002_guards"), ("people", "0003_attendance")]

    operations = [
        statement(*NUMBERS),
        statement(*INDEXES),
        grant_web("cases_case", CHANGE),
        statement(*CASE_POLICIES),
        statement(*APPLICANT_KEEPS),
        statement(*REROUTE),
        statement(*SEES),
        grant_web("cases_submission", ADD),
        grant_web("cases_upload", CHANGE),
        statement(*KEYS),
        grant_web("cases_event", ADD),
        append_only("cases_event"),
        statement(*hangs_on_case("cases_event", applicant_adds="actor_post_id IS NULL")),
        grant_web("cases_clock", CHANGE),
        statement(*hangs_on_case("cases_clock")),
        grant_web("cases_pause", CHANGE),
        statement(
            """
            CREATE POLICY cases_pause_by_clock ON cases_pause
              USING (EXISTS (SELECT 1 FROM cases_clock k WHERE k.id = clock_id))
              WITH CHECK ((SELECT access_low()) IS NOT NULL AND EXISTS (SELECT 1 FROM cases_clock k WHERE k.id = clock_id));
            ALTER TABLE cases_pause ENABLE ROW LEVEL SECURITY; ALTER TABLE cases_pause FORCE ROW LEVEL SECURITY;
            """,
            "DROP POLICY cases_pause_by_clock ON cases_pause;"
            " ALTER TABLE cases_pause NO FORCE ROW LEVEL SECURITY; ALTER TABLE cases_pause DISABLE ROW LEVEL SECURITY;",
        ),
        grant_web("cases_material", CHANGE),
        statement(
            *hangs_on_case(
                "cases_material",
                applicant_adds=f"state IN ('submitted', 'promised', 'wanted') AND {_OPEN_FORM}",
                applicant_changes=f"state IN ('submitted', 'promised', 'wanted', 'rejected') AND {_OPEN_FORM}",
            )
        ),
        grant_web("cases_dispute", CHANGE),
        statement(*hangs_on_case("cases_dispute", applicant_adds="state = 'open'")),
        grant_web("cases_authorisation", CHANGE),
        statement(
            *hangs_on_case(
                "cases_authorisation",
                applicant_changes="person_id = (SELECT access_person()) AND way IN ('', 'online')",
            )
        ),
        # A member who is asked for their authorisation sees that row though the case is another's.
        statement(
            """
            CREATE POLICY cases_authorisation_asked ON cases_authorisation FOR SELECT
              USING (person_id = (SELECT access_person()));
            CREATE POLICY cases_authorisation_given ON cases_authorisation FOR UPDATE
              USING (person_id = (SELECT access_person()))
              WITH CHECK (person_id = (SELECT access_person()) AND way IN ('', 'online'));
            """,
            "DROP POLICY cases_authorisation_asked ON cases_authorisation;"
            " DROP POLICY cases_authorisation_given ON cases_authorisation;",
        ),
        grant_web("cases_economiccheck", CHANGE),
        statement(*hangs_on_case("cases_economiccheck")),
        grant_web("cases_decision", CHANGE),
        statement(*hangs_on_case("cases_decision")),
        grant_web("cases_publication", CHANGE),
        statement(*hangs_on_case("cases_publication")),
        grant_web("cases_letter", CHANGE),
        statement(*hangs_on_case("cases_letter", applicant_changes="true")),
        grant_web("cases_review", CHANGE),
        statement(
            *hangs_on_case(
                "cases_review", applicant_adds="state = 'filed'", applicant_changes="state = 'withdrawn'"
            )
        ),
        grant_web("cases_alikecase", CHANGE),
        statement(*hangs_on_case("cases_alikecase")),
        grant_web("cases_rating", CHANGE),
        statement(*hangs_on_case("cases_rating", applicant_adds="followed_on IS NULL")),
        grant_web("cases_mandate", CHANGE),
        statement(*of_place_and_person("cases_mandate", division="", person="person_id")),
        grant_web("cases_helprequest", CHANGE),
        statement(*of_place_and_person("cases_helprequest", division="division_code", person="person_id")),
        grant_web("cases_bundle", CHANGE),
        statement(*of_place_and_person("cases_bundle", division="accepting_division", person="person_id")),
    ]
