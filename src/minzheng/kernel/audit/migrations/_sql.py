"""SQL of `0002_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.storage.guards import owner_role, web_role

# What the caller says about the actor is overwritten: an entry names whom the transaction really acted for.
FILL = (
    """
    CREATE FUNCTION audit_fill() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      post bigint := public.access_actor_post();
      resident bigint := public.access_person();
      acting record;
    BEGIN
      NEW.at := clock_timestamp();
      NEW.address := coalesce(current_setting('app.address', true), '');
      IF coalesce(NEW.reason, '') = '' THEN NEW.reason := coalesce(current_setting('app.reason', true), ''); END IF;
      NEW.official_id := NULL; NEW.post_id := NULL; NEW.role := '';
      IF post IS NOT NULL THEN
        SELECT p.role, p.division_code, p.official_id, o.name INTO acting
          FROM public.access_post p JOIN public.access_official o ON o.id = p.official_id WHERE p.id = post;
        NEW.post_id := post; NEW.official_id := acting.official_id; NEW.role := acting.role;
        NEW.actor_kind := CASE acting.role WHEN 'service' THEN 'service' ELSE 'official' END;
        NEW.actor_label := CASE acting.role WHEN 'service'
          THEN coalesce(nullif(current_setting('app.label', true), ''), acting.name) ELSE acting.name END;
        NEW.division_code := coalesce(nullif(NEW.division_code, ''), acting.division_code);
        -- The entry's place is the person's; whose office looked is told beside it.
        IF acting.role <> 'service' THEN
          NEW.detail := NEW.detail || jsonb_build_object('post_division', acting.division_code);
        END IF;
      ELSIF resident IS NOT NULL THEN
        NEW.actor_kind := 'resident'; NEW.actor_label := '居民本人';
        NEW.person_id := coalesce(NEW.person_id, resident);
        NEW.division_code := coalesce(nullif(NEW.division_code, ''), '310000');
      ELSE
        NEW.actor_kind := 'nobody'; NEW.actor_label := '';
        NEW.division_code := coalesce(nullif(NEW.division_code, ''), '310000');
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION audit_fill() FROM PUBLIC;
    CREATE TRIGGER audit_entry_fill BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_fill();
    """,
    "DROP TRIGGER audit_entry_fill ON audit_entry; DROP FUNCTION audit_fill();",
)

_FIELDS = (
    "e.id::text",
    """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "e.actor_kind",
    "e.official_id::text",
    "e.post_id::text",
    "e.role",
    "e.actor_label",
    "e.act",
    "e.subject",
    "e.person_id::text",
    "e.division_code",
    "e.reason",
    "e.detail::text",
    "e.address",
)

# The canonical text: each field as its length in bytes, a colon and the text, or '-' for none, each ended by ';'.
# Python builds the same from the fields as `chain.FIELDS` names them. The lengths keep two different entries from ever
# giving one text.
CHAIN = (
    f"""
    CREATE FUNCTION audit_part(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN value IS NULL THEN '-;'
             ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ';' END $$;

    CREATE FUNCTION audit_fields(e audit_entry) RETURNS text[] LANGUAGE sql STABLE AS $$
      SELECT ARRAY[{", ".join(_FIELDS)}] $$;

    CREATE FUNCTION audit_canonical(e audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT string_agg(public.audit_part(part), '' ORDER BY place)
      FROM unnest(public.audit_fields(e)) WITH ORDINALITY AS f(part, place) $$;

    CREATE FUNCTION audit_digest(previous text, place bigint, canonical text) RETURNS text
      LANGUAGE sql IMMUTABLE AS $$
      SELECT encode(sha256(convert_to(previous || ';' || place || ';' || canonical, 'UTF8')), 'hex') $$;

    -- Runs at commit, so the lock that orders the chain is held for the last moment of a transaction only.
    CREATE FUNCTION audit_seal_entry() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      before bigint; previous text;
    BEGIN
      PERFORM pg_advisory_xact_lock(7236497231);
      SELECT s.position, s.digest INTO before, previous FROM public.audit_seal s ORDER BY s.position DESC LIMIT 1;
      before := coalesce(before, 0);
      previous := coalesce(previous, repeat('0', 64));
      INSERT INTO public.audit_seal (position, entry_id, previous, digest)
        SELECT before + 1, e.id, previous, public.audit_digest(previous, before + 1, public.audit_canonical(e))
        FROM public.audit_entry e WHERE e.id = NEW.id;
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION audit_seal_entry() FROM PUBLIC;
    CREATE CONSTRAINT TRIGGER audit_entry_seal AFTER INSERT ON audit_entry
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal_entry();
    """,
    """
    DROP TRIGGER audit_entry_seal ON audit_entry; DROP FUNCTION audit_seal_entry();
    DROP FUNCTION audit_digest(text, bigint, text); DROP FUNCTION audit_canonical(audit_entry);
    DROP FUNCTION audit_fields(audit_entry); DROP FUNCTION audit_part(text);
    """,
)

# Auditors read their subtree; the platform verifies the chain; officials read their own acts, residents what was done
# with their record. Everybody adds entries, even nobody: a failed sign-in is an entry too.
READERS = (
    f"""
    ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
    ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
    CREATE POLICY audit_entry_owner ON audit_entry TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY audit_entry_read ON audit_entry FOR SELECT TO "{web_role()}" USING (
      ((SELECT access_role()) IN ('auditor', 'audit_admin', 'service')
       AND division_code >= (SELECT access_place_low()) AND division_code < (SELECT access_place_high()))
      OR official_id = (SELECT access_official()) OR person_id = (SELECT access_person()));
    CREATE POLICY audit_entry_insert ON audit_entry FOR INSERT TO "{web_role()}" WITH CHECK (true);
    """,
    """
    DROP POLICY audit_entry_owner ON audit_entry; DROP POLICY audit_entry_read ON audit_entry;
    DROP POLICY audit_entry_insert ON audit_entry;
    ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY; ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY;
    """,
)
