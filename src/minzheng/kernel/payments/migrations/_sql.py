"""SQL of `0002_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.payments.moves import PERMITTED
from minzheng.kernel.storage.guards import owner_role, web_role

_MOVES = ",".join(f"{source}>{target}" for source, target in PERMITTED)
_KEY = "id, award_id, benefit_month, kind, sequence, original_id"
_FROZEN = """person_id, programme, benefit, budget_line, division_code, accounting_month, amount_fen, payee_name, bank,
  account_number"""


def _of(alias: str, columns: str) -> str:
    return "(" + ", ".join(f"{alias}.{column.strip()}" for column in columns.split(",")) + ")"


# A month end changes a million rows. The condition of a trigger is evaluated without calling its function, which only
# refuses; what needs a look at another table runs once per statement over the rows it touched. EXECUTE plans each time:
# a plan made for one row would be kept for a million.
ORDERS_KEEP = (
    f"""
    CREATE FUNCTION payments_order_added() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE wrong text;
    BEGIN
      EXECUTE $q$ SELECT state FROM added WHERE state NOT IN ('drafted', 'held') OR batch_id IS NOT NULL LIMIT 1 $q$
        INTO wrong;
      IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '支付指令须从待入批或暂缓开始：a payment order begins as drafted or held, not %', wrong
          USING ERRCODE = 'check_violation';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER payments_order_added AFTER INSERT ON payments_order REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_order_added();

    CREATE FUNCTION payments_order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '支付指令 % 不能由 % 变为 %，入批后的内容和主键也不能改动：this change of a payment order is not permitted',
        OLD.id, OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER payments_order_changed BEFORE UPDATE ON payments_order FOR EACH ROW WHEN (
      (OLD.state <> NEW.state AND OLD.state || '>' || NEW.state <> ALL ('{{{_MOVES}}}'::text[]))
      OR {_of("OLD", _KEY)} IS DISTINCT FROM {_of("NEW", _KEY)}
      OR (OLD.batch_id IS NOT NULL AND {_of("OLD", _FROZEN)} IS DISTINCT FROM {_of("NEW", _FROZEN)})
      OR (OLD.batch_id IS DISTINCT FROM NEW.batch_id
          AND OLD.state || '>' || NEW.state NOT IN ('drafted>in_batch', 'in_batch>drafted'))
      -- Money that was given back to the budget stays given back.
      OR (OLD.state = 'cancelled' AND OLD.batch_id IS NOT NULL AND NEW.state <> 'cancelled'))
      EXECUTE FUNCTION payments_order_changed();

    CREATE FUNCTION payments_refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% 的记录不能删除 (never deleted): cancel or reverse instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER payments_order_no_deletion BEFORE DELETE OR TRUNCATE ON payments_order
      FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_deletion();
    CREATE TRIGGER payments_batch_no_deletion BEFORE DELETE OR TRUNCATE ON payments_batch
      FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_deletion();
    """,
    """
    DROP TRIGGER payments_order_added ON payments_order; DROP FUNCTION payments_order_added();
    DROP TRIGGER payments_order_changed ON payments_order; DROP FUNCTION payments_order_changed();
    DROP TRIGGER payments_order_no_deletion ON payments_order;
    DROP TRIGGER payments_batch_no_deletion ON payments_batch; DROP FUNCTION payments_refuse_deletion();
    """,
)


def _closed_check(function: str, *tables: str) -> str:
    months = " UNION ".join(f"SELECT accounting_month FROM {table}" for table in tables)
    return f"""
    CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE touched date; closed date;
    BEGIN
      -- A closing month is locked exclusively (kernel.payments.locks.MONTH), so none closes between check and commit.
      FOR touched IN EXECUTE $q$ SELECT DISTINCT accounting_month FROM ({months}) m ORDER BY 1 $q$ LOOP
        PERFORM pg_advisory_xact_lock_shared(7402, (extract(year FROM touched) * 12 + extract(month FROM touched) - 1)::int);
        SELECT c.month INTO closed FROM payments_monthclose c WHERE c.month = touched;
        IF closed IS NOT NULL THEN
          RAISE EXCEPTION '会计月份 % 已结账：accounting month is closed; write into the open month',
            to_char(closed, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
        END IF;
      END LOOP;
      RETURN NULL;
    END $$;
    """


CLOSED_MONTHS = (
    _closed_check("payments_month_open_added", "added")
    + _closed_check("payments_month_open_changed", "old_rows", "new_rows")
    + """
    CREATE TRIGGER payments_order_month_added AFTER INSERT ON payments_order REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_added();
    CREATE TRIGGER payments_order_month_changed AFTER UPDATE ON payments_order
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_changed();
    CREATE TRIGGER payments_transfer_month_added AFTER INSERT ON payments_transfer REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_added();
    CREATE TRIGGER payments_batch_month_added AFTER INSERT ON payments_batch REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION payments_month_open_added();
    """,
    """
    DROP TRIGGER payments_order_month_added ON payments_order;
    DROP TRIGGER payments_order_month_changed ON payments_order;
    DROP TRIGGER payments_transfer_month_added ON payments_transfer;
    DROP TRIGGER payments_batch_month_added ON payments_batch;
    DROP FUNCTION payments_month_open_added(); DROP FUNCTION payments_month_open_changed();
    """,
)

# Who prepared and who approved is what the transaction's own actor says, whatever the row claims.
TWO_OFFICIALS = (
    """
    CREATE FUNCTION payments_batch_officials() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by_id IS NOT NULL OR NEW.state <> 'prepared' THEN
          RAISE EXCEPTION '批次须先编制后复核：a batch begins as prepared' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.prepared_by_id IS DISTINCT FROM access_official() THEN
          RAISE EXCEPTION '编制人须为本人：the preparer of a batch is the official who acts'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END IF;
      IF (NEW.programme, NEW.accounting_month, NEW.division_code, NEW.number, NEW.orders_count, NEW.total_fen,
          NEW.prepared_by_id, NEW.prepared_on)
         IS DISTINCT FROM (OLD.programme, OLD.accounting_month, OLD.division_code, OLD.number, OLD.orders_count,
          OLD.total_fen, OLD.prepared_by_id, OLD.prepared_on) THEN
        RAISE EXCEPTION '批次编制后不可改写：what was prepared cannot be rewritten; withdraw the batch'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('prepared', 'approved'), ('approved', 'sent'),
          ('sent', 'settled'), ('prepared', 'withdrawn'), ('approved', 'withdrawn')) THEN
        RAISE EXCEPTION '批次不能由 % 变为 %：this change of a batch is not permitted', OLD.state, NEW.state
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF (NEW.approved_by_id, NEW.approved_on) IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_on) THEN
        IF OLD.approved_by_id IS NOT NULL THEN
          RAISE EXCEPTION '复核人不可改写：an approval cannot be rewritten' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.approved_by_id IS DISTINCT FROM access_official()
           OR (SELECT access_role()) IS DISTINCT FROM 'finance_approver' THEN
          RAISE EXCEPTION '复核人须为本人，且担任财务审批：the approver of a batch is the finance approver who acts'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER payments_batch_officials BEFORE INSERT OR UPDATE ON payments_batch
      FOR EACH ROW EXECUTE FUNCTION payments_batch_officials();
    """,
    "DROP TRIGGER payments_batch_officials ON payments_batch; DROP FUNCTION payments_batch_officials();",
)

# An order changes its state several times; room on its page lets most changes leave the indexes alone. An award's
# paid-through month moves every month for everyone, and its exclusion constraints are costly to write.
ROOM_FOR_CHANGES = (
    """
    ALTER TABLE payments_order SET (fillfactor = 45);
    ALTER TABLE awards_award SET (fillfactor = 60);
    """,
    "ALTER TABLE payments_order RESET (fillfactor); ALTER TABLE awards_award RESET (fillfactor);",
)


def _seen_with(table: str, condition: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY {table}_web ON {table} TO "{web_role()}" USING ({condition}) WITH CHECK ({condition});
    """


# A file is seen by who sees its batch; an answer of the bank, which may speak of everyone, by posts that are no resident's.
FILE_SCOPE = (
    _seen_with(
        "payments_bankfile", "EXISTS (SELECT 1 FROM payments_batch b WHERE b.id = payments_bankfile.batch_id)"
    )
    + _seen_with("payments_returnfile", "(SELECT access_low()) IS NOT NULL"),
    """
    DROP POLICY payments_bankfile_owner ON payments_bankfile; DROP POLICY payments_bankfile_web ON payments_bankfile;
    DROP POLICY payments_returnfile_owner ON payments_returnfile;
    DROP POLICY payments_returnfile_web ON payments_returnfile;
    """,
)
