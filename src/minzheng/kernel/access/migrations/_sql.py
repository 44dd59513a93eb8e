"""SQL of `0002_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.storage.guards import owner_role, web_role
from minzheng.kernel.storage.server import STATISTICS

# Every function runs as the tables' owner with a fixed search path, so that what the caller can create is never found
# first; the web role may call only those that tell it about its own actor.
_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

_SIGNED = f"""
-- Whether the application signed this actor within the last day; `signing.sign` computes the same.
CREATE FUNCTION access_signed(subject text) RETURNS boolean LANGUAGE plpgsql STABLE {_DEFINER} AS $$
DECLARE
  given text := current_setting('app.key', true);
  moment text;
BEGIN
  IF given IS NULL OR given !~ '^[0-9]{{1,12}}[.][0-9a-f]{{64}}$' THEN RETURN false; END IF;
  moment := split_part(given, '.', 1);
  IF abs(extract(epoch FROM clock_timestamp()) - moment::bigint) > 86400 THEN RETURN false; END IF;
  RETURN EXISTS (
    SELECT 1 FROM public.access_signingkey k
    WHERE encode(sha256(k.key || sha256(k.key || convert_to(subject || '@' || moment, 'UTF8'))), 'hex')
          = split_part(given, '.', 2));
END $$;
"""

_POST = f"""
-- The acting post: named by the transaction, signed by the application, in force today in Shanghai.
CREATE FUNCTION access_actor_post() RETURNS bigint LANGUAGE plpgsql STABLE {_DEFINER} AS $$
DECLARE
  claimed text := current_setting('app.post', true);
BEGIN
  IF claimed IS NULL OR claimed !~ '^[0-9]{{1,18}}$' OR NOT public.access_signed('post:' || claimed) THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT p.id FROM public.access_post p
    JOIN public.access_official o ON o.id = p.official_id JOIN public.auth_user u ON u.id = o.user_id
    WHERE p.id = claimed::bigint AND u.is_active
      AND p.during @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date);
END $$;

CREATE FUNCTION access_scope_low(code text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN length(code) = 6 THEN regexp_replace(code, '(00)+$', '') ELSE code END $$;
"""


def _of_post(name: str, kind: str, expression: str) -> str:
    return f"""
CREATE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE {_DEFINER} AS $$
  SELECT {expression} FROM public.access_post p WHERE p.id = (SELECT public.access_actor_post()) $$;
"""


_PERSON = f"""
-- The resident who acts for themself.
CREATE FUNCTION access_person() RETURNS bigint LANGUAGE plpgsql STABLE {_DEFINER} AS $$
DECLARE
  claimed text := current_setting('app.resident', true);
BEGIN
  IF claimed IS NULL OR claimed !~ '^[0-9]{{1,18}}$' OR NOT public.access_signed('resident:' || claimed) THEN
    RETURN NULL;
  END IF;
  RETURN claimed::bigint;
END $$;
"""

# Administrators run the platform and statisticians read totals: neither has a person's row to see, not even by raw SQL.
# Their place counts for the trace and for figures alone.
_NO_REGISTERS = "'system_admin', 'security_admin', 'audit_admin', 'statistician'"
_LOW = "public.access_scope_low(p.division_code)"
_REGISTERS = f"CASE WHEN p.role NOT IN ({_NO_REGISTERS}) THEN {_LOW}"

_OPEN = (
    "access_low",
    "access_high",
    "access_place_low",
    "access_place_high",
    "access_domains",
    "access_person",
    "access_role",
    "access_official",
)
_ALL = ("access_signed(text)", *(f"{name}()" for name in (*_OPEN, "access_actor_post")))

FUNCTIONS = (
    _SIGNED
    + _POST
    + _of_post("access_low", "text", f"{_REGISTERS} END")
    + _of_post("access_high", "text", f"{_REGISTERS} || ':' END")
    + _of_post("access_place_low", "text", _LOW)
    + _of_post("access_place_high", "text", f"{_LOW} || ':'")
    + _of_post("access_domains", "text[]", "p.domains::text[]")
    + _of_post("access_role", "text", "p.role::text")
    + _of_post("access_official", "bigint", "p.official_id")
    + _PERSON
    + "".join(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC;\n" for name in _ALL)
    + "".join(
        f'GRANT EXECUTE ON FUNCTION {name}() TO "{web_role()}";\n' for name in (*_OPEN, "access_actor_post")
    )
    + f'GRANT EXECUTE ON FUNCTION access_role() TO "{STATISTICS}";\n',
    "".join(f"DROP FUNCTION {name};\n" for name in (*reversed(_ALL), "access_scope_low(text)")),
)

POSTS_KEEP = (
    """
    -- One official never holds two of the three administrators' posts at a time (三员分立).
    ALTER TABLE access_post ADD CONSTRAINT access_post_three_administrators
      EXCLUDE USING gist (official_id WITH =, during WITH &&, role WITH <>)
      WHERE (role IN ('system_admin', 'security_admin', 'audit_admin'));
    ALTER TABLE access_post ADD CONSTRAINT access_post_division_code
      CHECK (division_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$');
    ALTER TABLE access_post ADD CONSTRAINT access_post_during CHECK (NOT isempty(during) AND NOT lower_inf(during));

    -- A post is given and ended; what it was is never rewritten, because the trace points at it.
    CREATE FUNCTION access_post_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (NEW.official_id, NEW.role, NEW.division_code, NEW.domains, lower(NEW.during))
         IS DISTINCT FROM (OLD.official_id, OLD.role, OLD.division_code, OLD.domains, lower(OLD.during)) THEN
        RAISE EXCEPTION '岗位只能终止，不能改写：a post can only be ended; grant another one instead'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER access_post_keeps BEFORE UPDATE ON access_post
      FOR EACH ROW EXECUTE FUNCTION access_post_keeps();
    """,
    """
    DROP TRIGGER access_post_keeps ON access_post; DROP FUNCTION access_post_keeps();
    ALTER TABLE access_post DROP CONSTRAINT access_post_three_administrators;
    ALTER TABLE access_post DROP CONSTRAINT access_post_division_code;
    ALTER TABLE access_post DROP CONSTRAINT access_post_during;
    """,
)

# Jobs and commands act as this account; its password is unusable, so nobody signs in with it.
SERVICE_ACCOUNT = (
    """
    WITH account AS (
      INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
                             date_joined)
      VALUES ('!service', false, 'service', '', '', '', false, true, now()) RETURNING id
    ), service AS (
      INSERT INTO access_official (user_id, name, title) SELECT id, '系统服务', '自动任务' FROM account RETURNING id
    )
    INSERT INTO access_post (official_id, role, division_code, domains, during)
    SELECT id, 'service', '310000', '{*}', daterange('2020-01-01', NULL) FROM service;
    -- Checks the new rows' references now: a table with checks pending cannot be altered below.
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    """,
    """
    DELETE FROM access_post WHERE role = 'service';
    DELETE FROM access_official WHERE name = '系统服务';
    DELETE FROM auth_user WHERE username = 'service';
    """,
)


def _written_by(table: str, roles: str, more: str = "true") -> str:
    who = f"(SELECT access_role()) IN ({roles}) AND ({more})"
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING (true);
    CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({who});
    CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({who}) WITH CHECK ({who});
    """


def _unwritten(table: str) -> str:
    return (
        "".join(f"DROP POLICY {table}_{name} ON {table};\n" for name in ("owner", "read", "insert", "update"))
        + f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    )


# Who signs in has to be known before anybody acts, so these tables are readable; only the administrators whose duty
# it is write them, and nobody gives a post to themself or makes a service.
WHO_WRITES = (
    _written_by("access_official", "'system_admin', 'service'")
    + _written_by(
        "access_post",
        "'security_admin', 'service'",
        "role <> 'service' AND official_id <> (SELECT access_official())",
    )
    + _written_by("access_residentaccount", "'system_admin', 'service'"),
    _unwritten("access_official") + _unwritten("access_post") + _unwritten("access_residentaccount"),
)

# Passwords are changed by the system administrator or by whose they are. Signing in writes the time of it, no more.
ACCOUNTS_KEEP = (
    f"""
    CREATE FUNCTION access_account_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      own boolean := EXISTS (SELECT 1 FROM public.access_official o
                             WHERE o.user_id = OLD.id AND o.id = public.access_official())
                  OR EXISTS (SELECT 1 FROM public.access_residentaccount r
                             WHERE r.user_id = OLD.id AND r.person_id = public.access_person());
    BEGIN
      IF session_user <> '{web_role()}' OR coalesce(public.access_role(), '') IN ('system_admin', 'service') THEN
        RETURN NEW;
      END IF;
      IF (NEW.id, NEW.username, NEW.is_active, NEW.is_superuser, NEW.is_staff)
         IS DISTINCT FROM (OLD.id, OLD.username, OLD.is_active, OLD.is_superuser, OLD.is_staff)
         OR (NEW.password IS DISTINCT FROM OLD.password AND NOT own) THEN
        RAISE EXCEPTION '账户只能由系统管理员更改：an account is changed by the system administrator only'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION access_account_keeps() FROM PUBLIC;
    CREATE TRIGGER access_account_keeps BEFORE UPDATE ON auth_user
      FOR EACH ROW EXECUTE FUNCTION access_account_keeps();
    """,
    "DROP TRIGGER access_account_keeps ON auth_user; DROP FUNCTION access_account_keeps();",
)


def without_registers(*roles: str) -> tuple[str, str]:
    """Further roles whose place counts for the trace and for figures alone: (forward, backward)."""
    listed = ", ".join(f"'{role}'" for role in roles)

    def replaced(barred: str) -> str:
        scoped = f"CASE WHEN p.role NOT IN ({barred}) THEN {_LOW}"
        low = _of_post("access_low", "text", f"{scoped} END")
        return (low + _of_post("access_high", "text", f"{scoped} || ':' END")).replace(
            "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
        )

    return replaced(f"{_NO_REGISTERS}, {listed}"), replaced(_NO_REGISTERS)
