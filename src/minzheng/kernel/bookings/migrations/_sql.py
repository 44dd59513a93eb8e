"""SQL of `0002_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
# The roles that hold bookings.look, .serve and .manage; a test holds the lists against permissions.yaml.
LOOK = (
    "auditor",
    "city_policy_officer",
    "district_reviewer",
    "marriage_office_head",
    "marriage_registrar",
    "service",
)
SERVE = ("marriage_office_head", "marriage_registrar", "service")
MANAGE = ("city_policy_officer", "marriage_office_head", "service")

OFFERED = ("bookings_opening", "bookings_specialday", "bookings_draw", "bookings_slot")
_PLACE = "(division_code >= (SELECT access_low()) AND division_code < (SELECT access_high()))"
# A post of one facility has a place as well; its neighbours are none of its business.
_REACHES = f"(({_PLACE} AND (SELECT facilities_mine()) IS NULL) OR facility_id = (SELECT facilities_mine()))"
_ME = "(SELECT access_person())"
_OWN = f"(requested_by_id = {_ME} OR persons @> ARRAY[{_ME}])"


def _role_in(*roles: str) -> str:
    listed = ", ".join(f"'{role}'" for role in sorted(set(roles)))
    return f"((SELECT access_role()) IN ({listed}))"


# The key of the hashes and the seeds of draws to come; no role but the owner ever reads them.
SECRETS = (
    """
    CREATE TABLE bookings_secret (key bytea NOT NULL);
    INSERT INTO bookings_secret SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    CREATE TABLE bookings_seed (draw_id bigint PRIMARY KEY, seed text NOT NULL);
    """,
    "DROP TABLE bookings_seed; DROP TABLE bookings_secret;",
)

# A row's place is its calendar's, the calendar's is its facility's: nobody writes another office's under their own.
PLACES = (
    f"""
    CREATE FUNCTION bookings_calendar_place() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND (NEW.facility_id, NEW.purpose) IS DISTINCT FROM (OLD.facility_id, OLD.purpose) THEN
        RAISE EXCEPTION '日历的机构和用途不能改写 / a calendar keeps its facility and purpose'
          USING ERRCODE = 'restrict_violation';
      END IF;
      SELECT division_code INTO STRICT NEW.division_code FROM public.facilities_facility WHERE id = NEW.facility_id;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_calendar_place BEFORE INSERT OR UPDATE ON bookings_calendar
      FOR EACH ROW EXECUTE FUNCTION bookings_calendar_place();
    CREATE FUNCTION bookings_take_place() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      SELECT facility_id, division_code INTO STRICT NEW.facility_id, NEW.division_code
        FROM public.bookings_calendar WHERE id = NEW.calendar_id;
      RETURN NEW;
    END $$;
    """
    + "".join(
        f"CREATE TRIGGER {table}_place BEFORE INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION bookings_take_place();\n"
        for table in OFFERED
    )
    + f"""
    CREATE FUNCTION bookings_notice_place() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      SELECT calendar_id, facility_id, division_code INTO STRICT NEW.calendar_id, NEW.facility_id, NEW.division_code
        FROM public.bookings_booking WHERE id = NEW.booking_id;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_notice_place BEFORE INSERT ON bookings_notice
      FOR EACH ROW EXECUTE FUNCTION bookings_notice_place();
    """,
    "DROP TRIGGER bookings_notice_place ON bookings_notice; DROP FUNCTION bookings_notice_place();"
    + "".join(f"DROP TRIGGER {table}_place ON {table};\n" for table in OFFERED)
    + "DROP FUNCTION bookings_take_place(); DROP TRIGGER bookings_calendar_place ON bookings_calendar;"
    " DROP FUNCTION bookings_calendar_place();",
)

# The same tables as `models.MOVES`, `HOLDS_A_PLACE`, `OPEN` and `HOPES`; a test holds one against the other.
MOVES = (
    "entered>booked entered>waiting entered>lapsed entered>cancelled entered>withdrawn "
    "waiting>offered waiting>lapsed waiting>cancelled waiting>withdrawn "
    "offered>booked offered>lapsed offered>cancelled offered>withdrawn "
    "booked>arrived booked>no_show booked>cancelled booked>withdrawn arrived>done no_show>arrived"
)
HOLDS_A_PLACE = "('offered', 'booked', 'arrived', 'done', 'no_show')"
OPEN = "('offered', 'booked', 'arrived')"
HOPES = "('entered', 'waiting')"
_OWN_MOVES = "booked>cancelled waiting>cancelled entered>cancelled offered>cancelled offered>booked"

# Runs as who writes: what a resident or a post may write into a booking. The owner's functions below are not held by it.
BOOKINGS_KEEP = (
    f"""
    CREATE FUNCTION bookings_booking_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      own boolean := public.access_person() IS NOT NULL;
    BEGIN
      IF current_user <> '{web_role()}' THEN RETURN NEW; END IF;
      IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('booked', 'waiting', 'entered') OR own AND NEW.channel <> 'online' THEN
          RAISE EXCEPTION '新预约的状态或渠道不符 / a new booking cannot begin so' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.state <> OLD.state AND (
           NOT (OLD.state || '>' || NEW.state = ANY(string_to_array('{MOVES}', ' ')))
           OR own AND NOT (OLD.state || '>' || NEW.state = ANY(string_to_array('{_OWN_MOVES}', ' ')))) THEN
        RAISE EXCEPTION '预约不能由 % 转为 % / no such move of a booking', OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      END IF;
      IF (NEW.slot_id <> OLD.slot_id AND (own OR OLD.state <> 'entered'))
         OR (own AND NEW.requested_by_id IS DISTINCT FROM OLD.requested_by_id)
         OR (own AND (NEW.offered_until, NEW.queue_number, NEW.arrived_at, NEW.draw_rank)
             IS DISTINCT FROM (OLD.offered_until, OLD.queue_number, OLD.arrived_at, OLD.draw_rank))
         OR (NEW.item, NEW.code, NEW.channel, NEW.persons, NEW.detail, NEW.booked_at, NEW.client_key, NEW.draw_id,
             NEW.entry_number)
            IS DISTINCT FROM (OLD.item, OLD.code, OLD.channel, OLD.persons, OLD.detail, OLD.booked_at, OLD.client_key,
             OLD.draw_id, OLD.entry_number) THEN
        RAISE EXCEPTION '预约的时间、当事人和内容不能改写 / a booking keeps its time, people and content; cancel it and book anew'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_booking_10_keeps BEFORE INSERT OR UPDATE ON bookings_booking
      FOR EACH ROW EXECUTE FUNCTION bookings_booking_keeps();
    """,
    "DROP TRIGGER bookings_booking_10_keeps ON bookings_booking; DROP FUNCTION bookings_booking_keeps();",
)

# Runs as the owner: whoever books never writes the slot that counts the places.
PLACES_COUNT = (
    f"""
    CREATE FUNCTION bookings_booking_counts() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      had boolean := false;
      slot record;
    BEGIN
      IF TG_OP = 'UPDATE' THEN had := OLD.state IN {HOLDS_A_PLACE}; END IF;
      IF had AND NEW.state NOT IN {HOLDS_A_PLACE} THEN
        UPDATE public.bookings_slot SET taken = taken - 1 WHERE id = OLD.slot_id;
      ELSIF NOT had AND NEW.state IN {HOLDS_A_PLACE} THEN
        UPDATE public.bookings_slot s SET taken = s.taken + 1 WHERE s.id = NEW.slot_id AND s.taken < s.places;
        IF NOT FOUND THEN
          RAISE EXCEPTION '该时段已约满 / this time is fully booked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_slot_never_oversold';
        END IF;
      END IF;
      IF TG_OP = 'UPDATE' AND NEW.slot_id = OLD.slot_id THEN RETURN NEW; END IF;
      SELECT s.*, c.purpose INTO STRICT slot FROM public.bookings_slot s
        JOIN public.bookings_calendar c ON c.id = s.calendar_id WHERE s.id = NEW.slot_id;
      IF TG_OP = 'UPDATE' AND (slot.calendar_id, slot.day) <> (OLD.calendar_id, OLD.day) THEN
        RAISE EXCEPTION '只能换到同一天的时段 / another time of the same day only' USING ERRCODE = 'restrict_violation';
      END IF;
      NEW.calendar_id := slot.calendar_id; NEW.facility_id := slot.facility_id; NEW.purpose := slot.purpose;
      NEW.division_code := slot.division_code; NEW.day := slot.day; NEW.starts := slot.starts;
      IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
      NEW.persons := '{{}}';
      NEW.draw_id := NULL; NEW.entry_number := NULL;
      IF NEW.state = 'entered' THEN
        UPDATE public.bookings_draw d SET entries = d.entries + 1
          WHERE d.calendar_id = NEW.calendar_id AND d.day = NEW.day AND d.drawn_at IS NULL
          RETURNING d.id, d.entries INTO NEW.draw_id, NEW.entry_number;
        IF NOT FOUND THEN
          RAISE EXCEPTION '该日不抽签或已截止报名 / there is no draw for this day, or its entries have ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_draw_is_open';
        END IF;
      ELSIF slot.in_draw THEN
        RAISE EXCEPTION '该日抽签放号 / the places of this day are drawn'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_slot_is_drawn';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_booking_20_counts BEFORE INSERT OR UPDATE OF state, slot_id ON bookings_booking
      FOR EACH ROW EXECUTE FUNCTION bookings_booking_counts();

    CREATE FUNCTION bookings_booking_tells() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      UPDATE public.bookings_party SET is_open = NEW.state IN {OPEN},
          hopes_for = CASE WHEN NEW.state IN {HOPES} THEN NEW.day END
        WHERE booking_id = NEW.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER bookings_booking_tells AFTER UPDATE OF state ON bookings_booking
      FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION bookings_booking_tells();
    """,
    """
    DROP TRIGGER bookings_booking_tells ON bookings_booking; DROP FUNCTION bookings_booking_tells();
    DROP TRIGGER bookings_booking_20_counts ON bookings_booking; DROP FUNCTION bookings_booking_counts();
    """,
)

# A number becomes a hash, and the register's record where number and name agree. A number of the register under another
# name is refused: it would keep somebody from booking who could not see why.
PARTIES = (
    f"""
    CREATE FUNCTION bookings_party_enters() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      known record;
      booking record;
    BEGIN
      SELECT * INTO STRICT booking FROM public.bookings_booking WHERE id = NEW.booking_id;
      IF length(NEW.number) < 5 OR NEW.name = '' THEN
        RAISE EXCEPTION '当事人须有姓名和证件号码 / name and number are needed' USING ERRCODE = 'check_violation';
      END IF;
      SELECT coalesce(p.merged_into_id, p.id) AS id, p.name INTO known
        FROM public.people_identifier i JOIN public.people_person p ON p.id = i.person_id
        WHERE i.kind = NEW.identifier_kind AND i.value = NEW.number;
      IF FOUND AND known.name <> NEW.name THEN
        RAISE EXCEPTION '姓名与证件号码不符 / name and number do not belong together'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_party_name_agrees';
      END IF;
      NEW.person_id := known.id;
      NEW.identifier_hash := encode(sha256((SELECT key FROM public.bookings_secret)
        || convert_to(NEW.identifier_kind || ':' || NEW.number, 'UTF8')), 'hex');
      NEW.number_shown := CASE WHEN length(NEW.number) > 7
        THEN left(NEW.number, 3) || repeat('*', length(NEW.number) - 7) || right(NEW.number, 4)
        ELSE repeat('*', length(NEW.number)) END;
      NEW.number := '';
      NEW.calendar_id := booking.calendar_id; NEW.facility_id := booking.facility_id;
      NEW.division_code := booking.division_code; NEW.purpose := booking.purpose;
      NEW.is_open := booking.state IN {OPEN};
      NEW.hopes_for := CASE WHEN booking.state IN {HOPES} THEN booking.day END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_party_enters BEFORE INSERT ON bookings_party
      FOR EACH ROW EXECUTE FUNCTION bookings_party_enters();

    CREATE FUNCTION bookings_party_persons() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      UPDATE public.bookings_booking SET persons = ARRAY(
          SELECT DISTINCT p.person_id FROM public.bookings_party p
          WHERE p.booking_id = NEW.booking_id AND p.person_id IS NOT NULL ORDER BY 1)
        WHERE id = NEW.booking_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER bookings_party_persons AFTER INSERT OR UPDATE OF person_id ON bookings_party
      FOR EACH ROW EXECUTE FUNCTION bookings_party_persons();
    """,
    """
    DROP TRIGGER bookings_party_persons ON bookings_party; DROP FUNCTION bookings_party_persons();
    DROP TRIGGER bookings_party_enters ON bookings_party; DROP FUNCTION bookings_party_enters();
    """,
)

# A draw's seed is made here, told by its hash at once and by itself only when the entries have ended.
DRAWS = (
    f"""
    CREATE FUNCTION bookings_draw_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      drawn text;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        drawn := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
        NEW.commitment := encode(sha256(convert_to(drawn, 'UTF8')), 'hex');
        NEW.seed := ''; NEW.drawn_at := NULL; NEW.entries := 0; NEW.result := '[]';
        INSERT INTO public.bookings_seed (draw_id, seed) VALUES (NEW.id, drawn);
        RETURN NEW;
      END IF;
      IF OLD.result <> '[]' OR (NEW.commitment, NEW.calendar_id, NEW.day)
           IS DISTINCT FROM (OLD.commitment, OLD.calendar_id, OLD.day)
         OR (OLD.drawn_at IS NOT NULL AND (NEW.seed, NEW.drawn_at, NEW.entries, NEW.entries_from, NEW.entries_until)
           IS DISTINCT FROM (OLD.seed, OLD.drawn_at, OLD.entries, OLD.entries_from, OLD.entries_until)) THEN
        RAISE EXCEPTION '抽签已公布，不能改写 / a draw is not rewritten' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bookings_draw_keeps BEFORE INSERT OR UPDATE ON bookings_draw
      FOR EACH ROW EXECUTE FUNCTION bookings_draw_keeps();

    CREATE FUNCTION bookings_reveal(draw bigint, at timestamptz) RETURNS text LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      told text;
      found_draw record;
    BEGIN
      IF NOT {_role_in(*MANAGE).replace("access_role()", "public.access_role()")} THEN RETURN NULL; END IF;
      SELECT * INTO found_draw FROM public.bookings_draw d WHERE d.id = draw FOR UPDATE;
      IF NOT FOUND OR found_draw.entries_until > at THEN RETURN NULL; END IF;
      IF found_draw.drawn_at IS NOT NULL THEN RETURN found_draw.seed; END IF;
      SELECT s.seed INTO STRICT told FROM public.bookings_seed s WHERE s.draw_id = draw;
      UPDATE public.bookings_draw d SET seed = told, drawn_at = at WHERE d.id = draw;
      RETURN told;
    END $$;
    REVOKE ALL ON FUNCTION bookings_reveal(bigint, timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION bookings_reveal(bigint, timestamptz) TO "{web_role()}";
    """,
    """
    DROP FUNCTION bookings_reveal(bigint, timestamptz);
    DROP TRIGGER bookings_draw_keeps ON bookings_draw; DROP FUNCTION bookings_draw_keeps();
    """,
)

# Free places of a slot go to the first in line who holds no other booking; whoever gives a place back sets it going and
# sees nothing of the line.
OFFERS = (
    f"""
    CREATE FUNCTION bookings_offer(slot bigint, until timestamptz) RETURNS int LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      place record;
      first bigint;
      given int := 0;
    BEGIN
      IF public.access_person() IS NULL AND public.access_actor_post() IS NULL THEN RETURN 0; END IF;
      SELECT * INTO place FROM public.bookings_slot s WHERE s.id = slot FOR UPDATE;
      IF NOT FOUND OR place.in_draw THEN RETURN 0; END IF;
      FOR step IN 1..(place.places - place.taken) LOOP
        SELECT b.id INTO first FROM public.bookings_booking b
          WHERE b.calendar_id = place.calendar_id AND b.day = place.day AND b.state = 'waiting'
            AND (b.slot_id = slot OR b.any_time)
            AND NOT EXISTS (SELECT 1 FROM public.bookings_party p JOIN public.bookings_party o
                              ON o.purpose = p.purpose AND o.identifier_hash = p.identifier_hash AND o.is_open
                            WHERE p.booking_id = b.id)
          ORDER BY b.draw_rank NULLS LAST, b.id LIMIT 1 FOR UPDATE OF b SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        UPDATE public.bookings_booking SET state = 'offered', slot_id = slot, offered_until = until WHERE id = first;
        given := given + 1;
      END LOOP;
      RETURN given;
    END $$;
    REVOKE ALL ON FUNCTION bookings_offer(bigint, timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION bookings_offer(bigint, timestamptz) TO "{web_role()}";
    """,
    "DROP FUNCTION bookings_offer(bigint, timestamptz);",
)

_POLICIES = ("owner", "read", "insert", "update", "delete")


def _guarded(table: str, read: str, insert: str, update: str, delete: str = "false") -> tuple[str, str]:
    return (
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING ({read});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({insert});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({update}) WITH CHECK ({update});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO "{web_role()}" USING ({delete});
        """,
        "".join(f"DROP POLICY {table}_{name} ON {table};\n" for name in _POLICIES)
        + f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def offered_to_all(table: str) -> tuple[str, str]:
    """Everybody reads what is offered; the office's managers and those above them write it."""
    manages = f"{_role_in(*MANAGE)} AND {_REACHES}"
    return _guarded(table, "true", manages, manages, manages)


_LOOKS = f"({_role_in(*LOOK)} AND {_REACHES})"
_WRITES = f"({_role_in(*SERVE, *MANAGE)} AND {_REACHES})"
BOOKINGS_SCOPE = _guarded(
    "bookings_booking", f"{_LOOKS} OR {_OWN}", f"{_WRITES} OR requested_by_id = {_ME}", f"{_WRITES} OR {_OWN}"
)  # fmt: skip
# Whoever comes along is seen where the booking is seen; what the service may change is the record a merge points to.
PARTIES_SCOPE = _guarded(
    "bookings_party",
    "EXISTS (SELECT 1 FROM bookings_booking b WHERE b.id = booking_id)",
    f"{_WRITES} OR EXISTS (SELECT 1 FROM bookings_booking b WHERE b.id = booking_id AND b.requested_by_id = {_ME})",
    "(SELECT access_low()) = '31'",
)
NOTICES_SCOPE = _guarded(
    "bookings_notice", "EXISTS (SELECT 1 FROM bookings_booking b WHERE b.id = booking_id)", _WRITES, "false"
)

RIGHTS = (
    f"""
    GRANT SELECT, INSERT (calendar_id, facility_id, division_code, day, starts, places, opens_at, in_draw),
      UPDATE (places, opens_at, in_draw) ON bookings_slot TO "{web_role()}";
    GRANT SELECT, INSERT, UPDATE (entries_from, entries_until, result) ON bookings_draw TO "{web_role()}";
    GRANT SELECT, INSERT, UPDATE (person_id) ON bookings_party TO "{web_role()}";
    DO $$ DECLARE one text; BEGIN
      FOREACH one IN ARRAY ARRAY['bookings_slot', 'bookings_draw', 'bookings_party'] LOOP
        EXECUTE 'GRANT USAGE ON SEQUENCE ' || pg_get_serial_sequence(one, 'id') || ' TO "{web_role()}"';
      END LOOP;
    END $$;
    """,
    f'REVOKE ALL ON bookings_slot, bookings_draw, bookings_party FROM "{web_role()}";',
)
