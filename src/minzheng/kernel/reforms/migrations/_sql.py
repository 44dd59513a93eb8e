"""Who reads and writes what-ifs, enforced by the database.

Only posts for the whole city reach them. A reform is its maker's until it is shared; figures with small counts and examples
go to those who may see people; promotions keep four eyes and never reach into a closed month.
"""

from minzheng.kernel.storage.guards import owner_role, web_role

_CITY = "(SELECT access_place_low()) = '31'"
_SERVICE = "(SELECT access_role()) = 'service'"
_POLICY = f"((SELECT access_role()) = 'city_policy_officer' AND {_CITY})"
_SEES_PEOPLE = "(SELECT access_low()) = '31'"
_OWN = f"({_POLICY} AND created_by_id = (SELECT access_official()))"
_READERS = f"((SELECT access_role()) IN ('city_policy_officer', 'statistician', 'auditor') AND {_CITY})"
# The sub-select is under the policies of reforms_reform itself.
_OF_A_SEEN_REFORM = "EXISTS (SELECT 1 FROM reforms_reform r WHERE r.id = reform_id)"


def _policies(table: str, *, read: str, insert: str, update: str, delete: str) -> str:
    web = web_role()
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web}" USING ({read});
    CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web}" WITH CHECK ({insert});
    CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web}" USING ({update}) WITH CHECK ({update});
    CREATE POLICY {table}_delete ON {table} FOR DELETE TO "{web}" USING ({delete});
    """


def _without(table: str) -> str:
    names = ("owner", "read", "insert", "update", "delete")
    return "".join(f"DROP POLICY {table}_{name} ON {table};\n" for name in names) + (
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    )


TABLES = ("reforms_reform", "reforms_reformfigure", "reforms_reformexample", "reforms_promotion")

POLICIES = (
    _policies(
        "reforms_reform",
        read=f"{_SERVICE} OR {_OWN} OR (is_shared AND {_READERS})",
        insert=f"{_SERVICE} OR {_OWN}",
        update=f"{_SERVICE} OR {_OWN}",
        delete="false",
    )
    + _policies(
        "reforms_reformfigure",
        read=f"{_SERVICE} OR ((is_masked OR {_SEES_PEOPLE}) AND {_OF_A_SEEN_REFORM})",
        insert=_SERVICE,
        update="false",
        delete=_SERVICE,
    )
    + _policies(
        "reforms_reformexample",
        read=f"{_SERVICE} OR (division_code >= (SELECT access_low()) AND division_code < (SELECT access_high())"
        f" AND {_OF_A_SEEN_REFORM})",
        insert=_SERVICE,
        update="false",
        delete=_SERVICE,
    )
    + _policies(
        "reforms_promotion",
        read=f"{_SERVICE} OR ({_READERS} AND {_OF_A_SEEN_REFORM})",
        insert=f"{_POLICY} AND proposed_by_id = (SELECT access_official()) AND {_OF_A_SEEN_REFORM}",
        update=_POLICY,
        delete="false",
    ),
    "".join(map(_without, reversed(TABLES))),
)

PROMOTION_KEEPS = (
    """
    -- A proposal is decided once, by another officer than its writer, as the one who acts; its words and files stay.
    -- Neither its writing nor its confirmation reaches into a closed month.
    CREATE FUNCTION reforms_promotion_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      first_month date := (date_trunc('month', NEW.effective_on - 1) + interval '1 month')::date;
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> 'proposed'
           OR (NEW.reform_id, NEW.paper, NEW.paper_title, NEW.paper_on, NEW.effective_on, NEW.files, NEW.proposed_by_id,
               NEW.proposed_on)
              IS DISTINCT FROM (OLD.reform_id, OLD.paper, OLD.paper_title, OLD.paper_on, OLD.effective_on, OLD.files,
               OLD.proposed_by_id, OLD.proposed_on) THEN
          RAISE EXCEPTION '参数拟稿不能改写：a proposal is decided once and never rewritten'
            USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.decided_by_id IS DISTINCT FROM access_official() THEN
          RAISE EXCEPTION '复核须以本人岗位办理：whoever decides acts for themself'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
      ELSIF NEW.state <> 'proposed' THEN
        RAISE EXCEPTION '参数拟稿须先复核：a proposal begins undecided' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.state <> 'rejected' AND EXISTS (SELECT 1 FROM payments_monthclose c WHERE c.month >= first_month) THEN
        RAISE EXCEPTION '施行日期落在已结账月份：the new values would reach into a closed month'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER reforms_promotion_keeps BEFORE INSERT OR UPDATE ON reforms_promotion
      FOR EACH ROW EXECUTE FUNCTION reforms_promotion_keeps();
    """,
    "DROP TRIGGER reforms_promotion_keeps ON reforms_promotion; DROP FUNCTION reforms_promotion_keeps();",
)
