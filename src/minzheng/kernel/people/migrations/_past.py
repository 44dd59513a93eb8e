"""SQL of the second clock: what a row of a register said before it was changed, kept by the database itself."""

from __future__ import annotations

from minzheng.kernel.storage.guards import owner_role, web_role

# As of this migration; a later change of the columns is a migration of its own.
COLUMNS = {
    "people_person": "birth_date, sex, death_date, deregistered_on, hukou_is_local, hukou_division_code, division_code, merged_into_id",
    "people_household": "division_code",
    "people_membership": "person_id, household_id, role, during, source, observed_on",
    "people_residence": "person_id, division_code, during",
    "people_hukourecord": "person_id, division_code, is_local, during",
    "people_bankaccount": "person_id, bank, number, holder, purpose, during",
}
# Who said it last, and on which day, is no other value.
_SAID = {"source", "observed_on"}


def _pairs(columns: str, alias: str) -> str:
    return ", ".join(f"'{name}', {alias}.{name}" for name in columns.split(", "))


def _row(columns: str, alias: str) -> str:
    return "(" + ", ".join(f"{alias}.{n}" for n in columns.split(", ") if n not in _SAID) + ", 0)"


def _remember(table: str, columns: str) -> str:
    person = {"people_person": "o.id", "people_household": "NULL::bigint"}.get(table, "o.person_id")
    home = {"people_household": "o.id", "people_membership": "o.household_id"}.get(table, "NULL::bigint")
    insert = f"""
        INSERT INTO public.people_past (register, row_id, person_id, household_id, known_from, known_until, value)
        SELECT '{table}', o.id, {person}, {home}, since.known_from, now(), jsonb_build_object({_pairs(columns, "o")})
        FROM old_rows o {{join}}
        CROSS JOIN LATERAL (SELECT coalesce((SELECT max(p.known_until) FROM public.people_past p
          WHERE p.register = '{table}' AND p.row_id = o.id), o.known_from) AS known_from) since
        WHERE since.known_from < now() {{changed}}"""
    changed = f"AND {_row(columns, 'o')} IS DISTINCT FROM {_row(columns, 'n')}"
    name = f"{table}_remember"
    definer = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
    return f"""
    CREATE FUNCTION {name}_change() RETURNS trigger LANGUAGE plpgsql {definer} AS $$ BEGIN
      {insert.format(join="JOIN new_rows n ON n.id = o.id", changed=changed)}; RETURN NULL; END $$;
    CREATE FUNCTION {name}_removal() RETURNS trigger LANGUAGE plpgsql {definer} AS $$ BEGIN
      {insert.format(join="", changed="")}; RETURN NULL; END $$;
    REVOKE ALL ON FUNCTION {name}_change() FROM PUBLIC; REVOKE ALL ON FUNCTION {name}_removal() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION {name}_change() TO "{web_role()}"; GRANT EXECUTE ON FUNCTION {name}_removal() TO "{web_role()}";
    ALTER FUNCTION {name}_change() OWNER TO "{owner_role()}"; ALTER FUNCTION {name}_removal() OWNER TO "{owner_role()}";
    CREATE TRIGGER {name}_change AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION {name}_change();
    CREATE TRIGGER {name}_removal AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION {name}_removal();
    """


REMEMBER = (
    "".join(_remember(table, columns) for table, columns in COLUMNS.items()),
    "".join(
        f"""DROP TRIGGER {table}_remember_change ON {table}; DROP TRIGGER {table}_remember_removal ON {table};
            DROP FUNCTION {table}_remember_change(); DROP FUNCTION {table}_remember_removal();"""
        for table in COLUMNS
    ),
)
