"""What the database itself keeps true of grants by event: two officials, a frozen list, scope."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, statement

# Who proposed and who approved is what the transaction's own actor says, whatever the row claims.
TWO_OFFICIALS = statement(
    """
    CREATE FUNCTION eventgrants_activation_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by_id IS NOT NULL OR NEW.state <> 'proposed' THEN
          RAISE EXCEPTION '启动须先提出后审批：an activation begins as proposed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.proposed_by_id IS DISTINCT FROM access_official() THEN
          RAISE EXCEPTION '提出人须为本人：the proposer is the official who acts' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END IF;
      IF (NEW.programme, NEW.benefit, NEW.month, NEW.division_code, NEW.evidence, NEW.pay_days, NEW.list_count,
          NEW.list_fen, NEW.list_sha256, NEW.proposed_by_id, NEW.proposed_on)
         IS DISTINCT FROM (OLD.programme, OLD.benefit, OLD.month, OLD.division_code, OLD.evidence, OLD.pay_days,
          OLD.list_count, OLD.list_fen, OLD.list_sha256, OLD.proposed_by_id, OLD.proposed_on) THEN
        RAISE EXCEPTION '启动提出后不可改写：what was proposed cannot be rewritten; withdraw it'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF OLD.state <> NEW.state AND (OLD.state <> 'proposed' OR NEW.state NOT IN ('approved', 'withdrawn')) THEN
        RAISE EXCEPTION '启动不能由 % 变为 %：this change is not permitted', OLD.state, NEW.state
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF (NEW.approved_by_id, NEW.approved_on, NEW.pay_by) IS DISTINCT FROM
         (OLD.approved_by_id, OLD.approved_on, OLD.pay_by) THEN
        IF OLD.approved_by_id IS NOT NULL THEN
          RAISE EXCEPTION '审批不可改写：an approval cannot be rewritten' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.approved_by_id IS DISTINCT FROM access_official()
           OR (SELECT access_role()) IS DISTINCT FROM 'city_policy_officer' THEN
          RAISE EXCEPTION '审批人须为本人，且为市级业务主管：the approver is the city policy officer who acts'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER eventgrants_activation_keeps BEFORE INSERT OR UPDATE ON eventgrants_activation
      FOR EACH ROW EXECUTE FUNCTION eventgrants_activation_keeps();

    CREATE FUNCTION eventgrants_refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '启动记录不能删除 (never deleted): withdraw it instead' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER eventgrants_activation_no_deletion BEFORE DELETE OR TRUNCATE ON eventgrants_activation
      FOR EACH STATEMENT EXECUTE FUNCTION eventgrants_refuse_deletion();

    -- The list is written with its activation; once approved it only takes what came to light later, marked so.
    CREATE FUNCTION eventgrants_entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN
      SELECT a.state INTO found FROM added e JOIN eventgrants_activation a ON a.id = e.activation_id
        WHERE (a.state <> 'proposed' AND NOT e.is_late) OR (a.state <> 'approved' AND e.is_late) LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION '名单已冻结：the list is frozen (activation is %)', found USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER eventgrants_entry_keeps AFTER INSERT ON eventgrants_entry REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION eventgrants_entry_keeps();
    """,
    """
    DROP TRIGGER eventgrants_activation_keeps ON eventgrants_activation; DROP FUNCTION eventgrants_activation_keeps();
    DROP TRIGGER eventgrants_activation_no_deletion ON eventgrants_activation;
    DROP FUNCTION eventgrants_refuse_deletion();
    DROP TRIGGER eventgrants_entry_keeps ON eventgrants_entry; DROP FUNCTION eventgrants_entry_keeps();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("eventgrants", "0001_initial"), ("access", "0002_guards"), ("awards", "0002_guards")]

    operations = [
        TWO_OFFICIALS,
        grant_web("eventgrants_activation", "SELECT, INSERT, UPDATE"),
        grant_web("eventgrants_entry", "SELECT, INSERT"),
        grant_web("eventgrants_strike", "SELECT, INSERT"),
        append_only("eventgrants_entry"),
        append_only("eventgrants_strike"),
        enable_scope("eventgrants_activation", domain_column="programme"),
        enable_scope("eventgrants_entry", domain_column="programme", person_column="person_id"),
        enable_scope("eventgrants_strike", domain_column="programme", person_column="person_id"),
    ]
