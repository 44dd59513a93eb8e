"""SQL of `0002_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
_SCOPE = "(division_code >= (SELECT access_low()) AND division_code < (SELECT access_high()))"
CHILDREN = (
    "centres_hours",
    "centres_closure",
    "centres_counter",
    "centres_centreday",
    "centres_sitting",
    "centres_ticket",
    "centres_ticketevent",
    "centres_slot",
)

# A row's place is its centre's: whoever writes cannot name another street's centre under their own division.
PLACES = (
    """
    CREATE FUNCTION centres_take_place() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      SELECT division_code INTO STRICT NEW.division_code FROM public.centres_centre WHERE id = NEW.centre_id;
      RETURN NEW;
    END $$;
    """
    + "".join(
        f"CREATE TRIGGER {table}_place BEFORE INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION centres_take_place();\n"
        for table in CHILDREN
    )
    + """
    ALTER TABLE centres_counter ADD CONSTRAINT centres_counter_of_centre UNIQUE (id, centre_id);
    ALTER TABLE centres_ticket ADD CONSTRAINT centres_ticket_of_centre UNIQUE (id, centre_id);
    ALTER TABLE centres_sitting ADD CONSTRAINT centres_sitting_same_centre
      FOREIGN KEY (counter_id, centre_id) REFERENCES centres_counter (id, centre_id);
    ALTER TABLE centres_ticket ADD CONSTRAINT centres_ticket_same_centre
      FOREIGN KEY (counter_id, centre_id) REFERENCES centres_counter (id, centre_id);
    ALTER TABLE centres_ticket ADD CONSTRAINT centres_ticket_sent_same_centre
      FOREIGN KEY (for_counter_id, centre_id) REFERENCES centres_counter (id, centre_id);
    ALTER TABLE centres_ticketevent ADD CONSTRAINT centres_event_same_centre
      FOREIGN KEY (ticket_id, centre_id) REFERENCES centres_ticket (id, centre_id);
    """,
    """
    ALTER TABLE centres_ticketevent DROP CONSTRAINT centres_event_same_centre;
    ALTER TABLE centres_ticket DROP CONSTRAINT centres_ticket_same_centre, DROP CONSTRAINT centres_ticket_sent_same_centre;
    ALTER TABLE centres_sitting DROP CONSTRAINT centres_sitting_same_centre;
    ALTER TABLE centres_ticket DROP CONSTRAINT centres_ticket_of_centre;
    ALTER TABLE centres_counter DROP CONSTRAINT centres_counter_of_centre;
    """
    + "".join(f"DROP TRIGGER {table}_place ON {table};\n" for table in CHILDREN)
    + "DROP FUNCTION centres_take_place();",
)

# The same table as `models.MOVES`; a test holds one against the other.
_TICKET_MOVES = (
    "waiting>called waiting>left waiting>closed_out transferred>called transferred>left transferred>closed_out "
    "called>serving called>waiting called>left called>closed_out serving>held serving>transferred serving>done "
    "held>serving held>transferred held>left held>closed_out"
)

TICKETS_KEEP = (
    f"""
    CREATE FUNCTION centres_ticket_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
          RAISE EXCEPTION '新号应为等候状态 / a new ticket waits' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.state <> OLD.state
         AND NOT (OLD.state || '>' || NEW.state = ANY(string_to_array('{_TICKET_MOVES}', ' '))) THEN
        RAISE EXCEPTION '% 号不能由 % 转为 % / no such move of a ticket', OLD.label, OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      END IF;
      IF (NEW.centre_id, NEW.day, NEW.series, NEW.number, NEW.label, NEW.code, NEW.taken_at, NEW.channel,
          NEW.appointment_id, NEW.carried_from_id)
         IS DISTINCT FROM (OLD.centre_id, OLD.day, OLD.series, OLD.number, OLD.label, OLD.code, OLD.taken_at,
          OLD.channel, OLD.appointment_id, OLD.carried_from_id) THEN
        RAISE EXCEPTION '% 号的号码和取号时间不能改写 / a ticket keeps its number and time', OLD.label
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER centres_ticket_keeps BEFORE INSERT OR UPDATE ON centres_ticket
      FOR EACH ROW EXECUTE FUNCTION centres_ticket_keeps();
    """,
    "DROP TRIGGER centres_ticket_keeps ON centres_ticket; DROP FUNCTION centres_ticket_keeps();",
)

# Runs as the owner: a resident may book a place but never write the slot that counts it.
APPOINTMENTS_KEEP = (
    f"""
    CREATE FUNCTION centres_appointment_takes() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      UPDATE public.centres_slot s SET taken = s.taken + 1 WHERE s.id = NEW.slot_id AND s.taken < s.places
        RETURNING s.centre_id, s.division_code, s.day, s.starts, s.group_code
        INTO NEW.centre_id, NEW.division_code, NEW.day, NEW.starts, NEW.group_code;
      IF NOT FOUND THEN
        RAISE EXCEPTION '该时段已约满 / this time is fully booked'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'centres_slot_never_oversold';
      END IF;
      NEW.state := 'booked';
      NEW.ended_at := NULL;
      RETURN NEW;
    END $$;
    CREATE TRIGGER centres_appointment_takes BEFORE INSERT ON centres_appointment
      FOR EACH ROW EXECUTE FUNCTION centres_appointment_takes();

    CREATE FUNCTION centres_appointment_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      own boolean := public.access_person() IS NOT NULL;
    BEGIN
      IF (NEW.slot_id, NEW.centre_id, NEW.division_code, NEW.day, NEW.starts, NEW.group_code)
         IS DISTINCT FROM (OLD.slot_id, OLD.centre_id, OLD.division_code, OLD.day, OLD.starts, OLD.group_code)
         OR (own AND NEW.person_id <> OLD.person_id) THEN
        RAISE EXCEPTION '预约的时间和本人不能改写 / an appointment keeps its time and person; cancel it and book anew'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.state <> OLD.state THEN
        IF OLD.state <> 'booked' OR (own AND NEW.state <> 'cancelled') THEN
          RAISE EXCEPTION '预约不能由 % 转为 % / no such move of an appointment', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state IN ('cancelled', 'withdrawn') THEN
          UPDATE public.centres_slot SET taken = taken - 1 WHERE id = OLD.slot_id;
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER centres_appointment_keeps BEFORE UPDATE ON centres_appointment
      FOR EACH ROW EXECUTE FUNCTION centres_appointment_keeps();
    """,
    """
    DROP TRIGGER centres_appointment_keeps ON centres_appointment; DROP FUNCTION centres_appointment_keeps();
    DROP TRIGGER centres_appointment_takes ON centres_appointment; DROP FUNCTION centres_appointment_takes();
    """,
)

_OWN = "(person_id = (SELECT access_person()))"
# Residents write their own appointments and nothing else; what they may change in them, the trigger says.
APPOINTMENTS_SCOPE = (
    f"""
    ALTER TABLE centres_appointment ENABLE ROW LEVEL SECURITY;
    ALTER TABLE centres_appointment FORCE ROW LEVEL SECURITY;
    CREATE POLICY centres_appointment_owner ON centres_appointment TO "{owner_role()}" USING (true) WITH CHECK (true);
    CREATE POLICY centres_appointment_read ON centres_appointment FOR SELECT TO "{web_role()}"
      USING ({_SCOPE} OR {_OWN});
    CREATE POLICY centres_appointment_insert ON centres_appointment FOR INSERT TO "{web_role()}"
      WITH CHECK ({_SCOPE} OR {_OWN});
    CREATE POLICY centres_appointment_update ON centres_appointment FOR UPDATE TO "{web_role()}"
      USING ({_SCOPE} OR {_OWN}) WITH CHECK ({_SCOPE} OR {_OWN});
    """,
    "".join(
        f"DROP POLICY centres_appointment_{name} ON centres_appointment;\n"
        for name in ("owner", "read", "insert", "update")
    )
    + "ALTER TABLE centres_appointment NO FORCE ROW LEVEL SECURITY;"
    " ALTER TABLE centres_appointment DISABLE ROW LEVEL SECURITY;",
)


def public_by_place(table: str) -> tuple[str, str]:
    """Everybody reads the rows, posts write those of their place: sites, hours, counters, bookable times."""
    return (
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING (true);
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({_SCOPE});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({_SCOPE}) WITH CHECK ({_SCOPE});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO "{web_role()}" USING ({_SCOPE});
        """,
        "".join(
            f"DROP POLICY {table}_{name} ON {table};\n"
            for name in ("owner", "read", "insert", "update", "delete")
        )
        + f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


_FUNCTIONS = {
    # For the pages that nobody signs in to: how many wait for what, in the order of the queue, and which counters work.
    "centres_now(date, bigint[])": f"""
    CREATE FUNCTION centres_now(day date, ids bigint[])
    RETURNS TABLE (centre_id bigint, is_opened boolean, is_closed boolean, queue text[], desks jsonb)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT c.id, d.id IS NOT NULL, d.closed_at IS NOT NULL,
        ARRAY(SELECT t.group_code FROM public.centres_ticket t
              WHERE t.centre_id = c.id AND t.day = centres_now.day AND t.state IN ('waiting', 'transferred')
              ORDER BY (t.priority <> '' OR t.due_at IS NOT NULL) DESC, t.taken_at, t.id LIMIT 1000),
        (SELECT coalesce(jsonb_agg(jsonb_build_object('number', w.number, 'groups', w.groups,
                  'serves', t.group_code, 'since', coalesce(t.served_at, t.called_at)) ORDER BY w.number), '[]'::jsonb)
         FROM public.centres_sitting s JOIN public.centres_counter w ON w.id = s.counter_id
         LEFT JOIN public.centres_ticket t
           ON t.counter_id = w.id AND t.day = s.day AND t.state IN ('called', 'serving')
         WHERE s.centre_id = c.id AND s.day = centres_now.day AND s.closed_at IS NULL)
      FROM public.centres_centre c
      LEFT JOIN public.centres_centreday d ON d.centre_id = c.id AND d.day = centres_now.day
      WHERE c.id = ANY(ids[1:60]) $$;
    """,
    # How long services took; a group with fewer than five says nothing.
    "centres_service_times(date, date, bigint[])": f"""
    CREATE FUNCTION centres_service_times(since date, until date, ids bigint[])
    RETURNS TABLE (centre_id bigint, group_code text, services bigint, low float8, middle float8, high float8)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT t.centre_id, t.group_code, count(*),
        percentile_cont(0.3) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - t.served_at) / 60),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - t.served_at) / 60),
        percentile_cont(0.7) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - t.served_at) / 60)
      FROM public.centres_ticket t
      WHERE t.centre_id = ANY(ids[1:60]) AND t.day BETWEEN since AND until AND t.state = 'done'
      GROUP BY t.centre_id, t.group_code HAVING count(*) >= 5 $$;
    """,
    # What the hall's screen shows: number and counter, as it hangs on the wall.
    "centres_calls(date, bigint)": f"""
    CREATE FUNCTION centres_calls(day date, centre bigint)
    RETURNS TABLE (label text, counter smallint, state text, called_at timestamptz, recalls smallint)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT t.label, w.number, t.state, t.called_at, t.recalls
      FROM public.centres_ticket t JOIN public.centres_counter w ON w.id = t.counter_id
      WHERE t.centre_id = centre AND t.day = centres_calls.day AND t.state IN ('called', 'serving')
      ORDER BY t.called_at DESC LIMIT 40 $$;
    """,
    # One's own place in line, for whoever has the slip with the number and its code.
    "centres_place_in_line(date, bigint, text, text)": f"""
    CREATE FUNCTION centres_place_in_line(day date, centre bigint, label text, code text)
    RETURNS TABLE (state text, group_code text, counter smallint, ahead bigint, claim_on date)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT t.state, t.group_code, w.number,
        (SELECT count(*) FROM public.centres_ticket o
         WHERE o.centre_id = t.centre_id AND o.day = t.day AND o.state IN ('waiting', 'transferred')
           AND o.group_code = t.group_code AND o.id <> t.id
           AND ((o.priority <> '' OR o.due_at IS NOT NULL)::int, -extract(epoch FROM o.taken_at), -o.id)
             > ((t.priority <> '' OR t.due_at IS NOT NULL)::int, -extract(epoch FROM t.taken_at), -t.id)),
        t.claim_on
      FROM public.centres_ticket t LEFT JOIN public.centres_counter w ON w.id = t.counter_id
      WHERE t.centre_id = centre AND t.day = centres_place_in_line.day
        AND t.label = centres_place_in_line.label AND t.code = centres_place_in_line.code $$;
    """,
}
PUBLIC_FIGURES = (
    "".join(_FUNCTIONS.values())
    + "".join(
        f'REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO "{web_role()}";\n'
        for name in _FUNCTIONS
    ),
    "".join(f"DROP FUNCTION {name};\n" for name in _FUNCTIONS),
)

# What is taken of a slot is moved by the trigger alone.
SLOT_RIGHTS = (
    f"""
    GRANT SELECT, INSERT (centre_id, day, starts, group_code, places, division_code), UPDATE (places)
      ON centres_slot TO "{web_role()}";
    DO $$ BEGIN
      EXECUTE 'GRANT USAGE ON SEQUENCE ' || pg_get_serial_sequence('centres_slot', 'id') || ' TO "{web_role()}"';
    END $$;
    """,
    f'REVOKE ALL ON centres_slot FROM "{web_role()}";',
)
