"""SQL of the guards of settling: two officials, what was decided stays, and who reads the letter."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

# As with batches: who proposed and who decided is what the transaction's own actor says, whatever the row claims.
TWO_OFFICIALS = (
    """
    CREATE FUNCTION payments_settlement_officials() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.decided_by_id IS NOT NULL OR NEW.state <> 'proposed' THEN
          RAISE EXCEPTION '须先提出后复核：a settlement begins as proposed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.proposed_by_id IS DISTINCT FROM access_official() THEN
          RAISE EXCEPTION '提出人须为本人：who proposes is the official who acts' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END IF;
      IF (NEW.person_id, NEW.division_code, NEW.way, NEW.amount_fen, NEW.monthly_fen, NEW.reason, NEW.proposed_by_id,
          NEW.proposed_on, NEW.addressee_id)
         IS DISTINCT FROM (OLD.person_id, OLD.division_code, OLD.way, OLD.amount_fen, OLD.monthly_fen, OLD.reason,
          OLD.proposed_by_id, OLD.proposed_on, OLD.addressee_id) THEN
        RAISE EXCEPTION '提出后不可改写：what was proposed cannot be rewritten; refuse it and propose anew'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF (OLD.state, NEW.state) NOT IN (('proposed', 'approved'), ('proposed', 'refused'), ('approved', 'replaced'))
         AND OLD.state <> NEW.state THEN
        RAISE EXCEPTION '处理决定不能由 % 变为 %：this change is not permitted', OLD.state, NEW.state
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.state <> OLD.state AND NEW.state IN ('approved', 'refused')
         AND NEW.decided_by_id IS DISTINCT FROM access_official() THEN
        RAISE EXCEPTION '复核人须为本人：who decides is the official who acts' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF OLD.decided_by_id IS NOT NULL AND NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id THEN
        RAISE EXCEPTION '复核人不可改写：a decision cannot be rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER payments_settlement_officials BEFORE INSERT OR UPDATE ON payments_settlement
      FOR EACH ROW EXECUTE FUNCTION payments_settlement_officials();
    """,
    """DROP TRIGGER payments_settlement_officials ON payments_settlement;
       DROP FUNCTION payments_settlement_officials();""",
)

# Entries of settling land in an open month, as those of orders do.
OPEN_MONTH = (
    """
    CREATE TRIGGER payments_offset_month_added AFTER INSERT ON payments_offset REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_added();
    CREATE TRIGGER payments_repayment_month_added AFTER INSERT ON payments_repayment REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_added();
    """,
    """DROP TRIGGER payments_offset_month_added ON payments_offset;
       DROP TRIGGER payments_repayment_month_added ON payments_repayment;""",
)

READERS = (
    "".join(
        f"""CREATE POLICY {table}_addressee ON {table} FOR SELECT TO "{web_role()}"
            USING (addressee_id = (SELECT access_person()));"""
        for table in ("payments_settlement", "payments_accountletter")
    )
    + f"""
    CREATE POLICY payments_repayment_addressee ON payments_repayment FOR SELECT TO "{web_role()}" USING (EXISTS (
      SELECT 1 FROM payments_settlement s
      WHERE s.id = settlement_id AND s.addressee_id = (SELECT access_person())));
    ALTER TABLE payments_settlementpart ENABLE ROW LEVEL SECURITY;
    ALTER TABLE payments_settlementpart FORCE ROW LEVEL SECURITY;
    CREATE POLICY payments_settlementpart_owner ON payments_settlementpart TO "{owner_role()}"
      USING (true) WITH CHECK (true);
    CREATE POLICY payments_settlementpart_web ON payments_settlementpart TO "{web_role()}"
      USING (EXISTS (SELECT 1 FROM payments_settlement s WHERE s.id = settlement_id))
      WITH CHECK (EXISTS (SELECT 1 FROM payments_settlement s WHERE s.id = settlement_id));
    """,
    """
    DROP POLICY payments_settlement_addressee ON payments_settlement;
    DROP POLICY payments_accountletter_addressee ON payments_accountletter;
    DROP POLICY payments_repayment_addressee ON payments_repayment;
    DROP POLICY payments_settlementpart_owner ON payments_settlementpart;
    DROP POLICY payments_settlementpart_web ON payments_settlementpart;
    ALTER TABLE payments_settlementpart NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE payments_settlementpart DISABLE ROW LEVEL SECURITY;
    """,
)
