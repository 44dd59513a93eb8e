"""SQL of `0011_waiting_guards`, one constant a purpose: (forward, backward)."""

from minzheng.kernel.storage.guards import owner_role, web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
_SELF = "(SELECT access_person())"


def _inside(*columns: str) -> str:
    """The row's places as an official sees them; a post of one facility has no register by its place."""
    places = " OR ".join(
        f"({column} >= (SELECT access_low()) AND {column} < (SELECT access_high()))" for column in columns
    )
    return f"(({places}) AND (SELECT facilities_mine()) IS NULL)"


def policies(
    table: str, read: str, *, insert: str, update: str = "false", delete: str = "false"
) -> tuple[str, str]:
    """Forced row-level security of one table."""
    names = ("owner", "read", "insert", "update", "delete")
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
        "".join(f"DROP POLICY {table}_{name} ON {table};\n" for name in names)
        + f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


_PLACE, _BOTH = _inside("division_code"), _inside("division_code", "person_division_code")
_OWN = f"person_id = {_SELF}"
_SEEN = "EXISTS (SELECT 1 FROM stays_waiting w WHERE w.id = waiting_id"
_MAY_CHOOSE = f"{_SEEN} AND ((SELECT access_person()) IS NULL OR w.state IN ('submitted', 'waiting')))"
_RUN = "EXISTS (SELECT 1 FROM stays_allocationrun r WHERE r.id = run_id)"

SCOPES = (
    policies(
        "stays_waiting", f"{_PLACE} OR {_OWN}", insert=f"{_PLACE} OR {_OWN}", update=f"{_PLACE} OR {_OWN}"
    ),
    policies("stays_choice", f"{_SEEN})", insert=_MAY_CHOOSE, update=_MAY_CHOOSE, delete=_MAY_CHOOSE),
    policies(
        "stays_offer",
        f"{_BOTH} OR {_OWN} OR facility_id = (SELECT facilities_mine())",
        insert=_BOTH,
        update=f"{_BOTH} OR {_OWN}",
    ),
    policies("stays_passing", f"{_BOTH} OR {_OWN}", insert=_BOTH),
    policies("stays_allocationrun", _PLACE, insert=_PLACE, update=_PLACE),
    policies("stays_runline", _RUN, insert=_RUN),
)

MOVES = (
    "submitted>waiting submitted>withdrawn submitted>rejected submitted>removed submitted>admitted waiting>offered "
    "waiting>withdrawn waiting>removed waiting>admitted offered>waiting offered>placed offered>withdrawn "
    "offered>removed offered>admitted placed>waiting placed>admitted placed>withdrawn placed>removed"
)

WAITING_KEEPS = (
    f"""
    -- A resident applies, changes homes and withdraws; class, grade and place in the order are the office's.
    CREATE FUNCTION stays_waiting_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE own boolean := public.access_person() IS NOT NULL;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF own THEN
          NEW.state := 'submitted'; NEW.rank := 99; NEW.grade := 0; NEW.class_code := ''; NEW.refusals := 0;
          NEW.goes_before_all := false; NEW.paused_until := NULL; NEW.from_facility_id := NULL; NEW.ended_on := NULL;
          NEW.since := NEW.submitted_on; NEW.channel := 'online';
          SELECT p.division_code, p.sex INTO STRICT NEW.division_code, NEW.sex
            FROM public.people_person p WHERE p.id = NEW.person_id;
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.state <> OLD.state
         AND NOT (OLD.state || '>' || NEW.state = ANY(string_to_array('{MOVES}', ' '))) THEN
        RAISE EXCEPTION '轮候登记不能由 % 转为 % / no such move of an application', OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      END IF;
      IF (NEW.person_id, NEW.submitted_on, NEW.channel, NEW.claimed_class)
         IS DISTINCT FROM (OLD.person_id, OLD.submitted_on, OLD.channel, OLD.claimed_class)
         OR (OLD.state <> 'submitted' AND NEW.since <> OLD.since) THEN
        RAISE EXCEPTION '轮候登记的本人和轮候起始日不能改写 / an application keeps its person and the day waiting began'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF own AND (NEW.state NOT IN (OLD.state, 'withdrawn')
         OR (NEW.division_code, NEW.sex, NEW.kind, NEW.class_code, NEW.rank, NEW.grade, NEW.goes_before_all, NEW.since,
             NEW.refusals, NEW.paused_until, NEW.from_facility_id)
         IS DISTINCT FROM (OLD.division_code, OLD.sex, OLD.kind, OLD.class_code, OLD.rank, OLD.grade,
             OLD.goes_before_all, OLD.since, OLD.refusals, OLD.paused_until, OLD.from_facility_id)) THEN
        RAISE EXCEPTION '类别、等级和排序由民政部门核定 / class, grade and order are the office''s'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER stays_waiting_keeps BEFORE INSERT OR UPDATE ON stays_waiting
      FOR EACH ROW EXECUTE FUNCTION stays_waiting_keeps();
    """,
    "DROP TRIGGER stays_waiting_keeps ON stays_waiting; DROP FUNCTION stays_waiting_keeps();",
)

OFFER_KEEPS = (
    f"""
    CREATE FUNCTION stays_offer_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state = ANY(
           '{{open>accepted,open>refused,open>expired,open>withdrawn,accepted>withdrawn}}'::text[])) THEN
        RAISE EXCEPTION '配位不能由 % 转为 % / no such move of an offer', OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      END IF;
      IF (NEW.waiting_id, NEW.person_id, NEW.bed_id, NEW.facility_id, NEW.class_code, NEW.rank, NEW.grade, NEW.since,
          NEW.offered_on, NEW.reply_by)
         IS DISTINCT FROM (OLD.waiting_id, OLD.person_id, OLD.bed_id, OLD.facility_id, OLD.class_code, OLD.rank,
          OLD.grade, OLD.since, OLD.offered_on, OLD.reply_by) THEN
        RAISE EXCEPTION '配位的床位、对象和期限不能改写 / an offer keeps its bed, person and days'
          USING ERRCODE = 'restrict_violation';
      END IF;
      IF public.access_person() IS NOT NULL AND (NEW.state NOT IN (OLD.state, 'accepted', 'refused')
         OR (NEW.state <> OLD.state AND (NEW.replied_on IS NULL OR NEW.replied_on > OLD.reply_by))
         OR (NEW.stay_id, NEW.followed_on) IS DISTINCT FROM (OLD.stay_id, OLD.followed_on)) THEN
        RAISE EXCEPTION '本人只能在期限内接受或放弃 / you may accept or decline until the last day, no more'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER stays_offer_keeps BEFORE UPDATE ON stays_offer
      FOR EACH ROW EXECUTE FUNCTION stays_offer_keeps();

    -- Whoever lies in a bed waits for none; a home's own post may not write the queue, so the database does.
    CREATE FUNCTION stays_arrival_ends_waiting() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      UPDATE public.stays_waiting w SET state = 'admitted', ended_on = lower(NEW.during),
        ended_because = CASE WHEN EXISTS (SELECT 1 FROM public.stays_offer o WHERE o.stay_id = NEW.id)
          THEN 'offer' WHEN w.goes_before_all THEN 'replaced'
               WHEN w.state = 'offered' AND EXISTS (SELECT 1 FROM public.stays_offer o WHERE o.waiting_id = w.id
                 AND o.state = 'accepted' AND o.bed_id = NEW.bed_id) THEN 'offer' ELSE 'elsewhere' END
      WHERE w.person_id = NEW.person_id AND w.state IN ('submitted', 'waiting', 'offered', 'placed')
        AND w.from_facility_id IS DISTINCT FROM NEW.facility_id;
      UPDATE public.stays_offer o SET state = 'withdrawn', followed_on = lower(NEW.during)
      WHERE o.person_id = NEW.person_id AND o.state = 'open';
      RETURN NULL;
    END $$;
    CREATE TRIGGER stays_arrival_ends_waiting AFTER INSERT OR UPDATE OF state ON stays_stay
      FOR EACH ROW WHEN (NEW.state = 'present') EXECUTE FUNCTION stays_arrival_ends_waiting();
    """,
    """
    DROP TRIGGER stays_arrival_ends_waiting ON stays_stay; DROP FUNCTION stays_arrival_ends_waiting();
    DROP TRIGGER stays_offer_keeps ON stays_offer; DROP FUNCTION stays_offer_keeps();
    """,
)

#: A row's place in one home's order: those who lost a bed, the home's own district, class, grade, day, number.
_ORDER = (
    "(NOT {w}.goes_before_all)::int, "
    "(NOT {w}.goes_before_all AND {h}.own_district_first AND left({w}.division_code, 6) <> left({h}.division_code, 6))::int,"
    " {w}.rank, -{w}.grade, {w}.since, {w}.id"
)


def order(waiting: str, home: str) -> str:
    return _ORDER.format(w=waiting, h=home)


_MAY_ASK = (
    "(me.person_id = public.access_person() OR (public.facilities_mine() IS NULL"
    " AND me.division_code >= public.access_low() AND me.division_code < public.access_high()))"
)
_COMPETES = (
    "o.kind = me.kind AND o.state IN ('waiting', 'offered') AND o.id <> me.id AND (o.sex = me.sex OR EXISTS (SELECT 1"
    " FROM public.stays_bed b WHERE b.facility_id = c.facility_id AND b.kind = me.kind AND b.sex IS NULL"
    " AND upper_inf(b.during)))"
)
# Why the other goes first, in one word; the words for people stand on the page.
_WHY = (
    "CASE WHEN o.goes_before_all AND NOT me.goes_before_all THEN 'before_all'"
    " WHEN h.own_district_first AND left(me.division_code, 6) <> left(h.division_code, 6)"
    " AND left(o.division_code, 6) = left(h.division_code, 6) THEN 'district'"
    " WHEN o.rank < me.rank THEN 'class' WHEN o.grade > me.grade THEN 'grade'"
    " WHEN o.since < me.since THEN 'since' ELSE 'number' END"
)
_FUNCTIONS = {
    # The place in the queue of each chosen home, and how many stand before for which reason.
    "stays_places(bigint)": f"""
    CREATE FUNCTION stays_places(which bigint)
    RETURNS TABLE (facility_id bigint, choice smallint, ahead bigint, behind bigint, before_all bigint, district bigint,
                   class bigint, grade bigint, since bigint, number bigint, beds bigint)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT c.facility_id, c.rank, count(*) FILTER (WHERE f.first),
        count(*) FILTER (WHERE NOT f.first),
        count(*) FILTER (WHERE f.first AND f.why = 'before_all'), count(*) FILTER (WHERE f.first AND f.why = 'district'),
        count(*) FILTER (WHERE f.first AND f.why = 'class'), count(*) FILTER (WHERE f.first AND f.why = 'grade'),
        count(*) FILTER (WHERE f.first AND f.why = 'since'), count(*) FILTER (WHERE f.first AND f.why = 'number'),
        (SELECT count(*) FROM public.stays_bed b WHERE b.facility_id = c.facility_id AND b.kind = me.kind
           AND upper_inf(b.during) AND (b.sex IS NULL OR b.sex = me.sex))
      FROM public.stays_waiting me JOIN public.stays_choice c ON c.waiting_id = me.id
      LEFT JOIN public.stays_poolhome h ON h.facility_id = c.facility_id AND upper_inf(h.during)
      LEFT JOIN LATERAL (
        SELECT ({order("o", "h")}) < ({order("me", "h")}) AS first, {_WHY} AS why
        FROM public.stays_choice oc JOIN public.stays_waiting o ON o.id = oc.waiting_id
        WHERE oc.facility_id = c.facility_id AND {_COMPETES}) f ON true
      WHERE me.id = which AND {_MAY_ASK}
      GROUP BY c.facility_id, c.rank, me.id ORDER BY c.rank $$;
    """,
    # Who stands before at one home, without names: class, grade, day, and why they go first.
    "stays_ahead(bigint, bigint, integer)": f"""
    CREATE FUNCTION stays_ahead(which bigint, home bigint, most integer)
    RETURNS TABLE (class_code text, grade smallint, since date, why text, choice smallint)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT o.class_code, o.grade, o.since, {_WHY}, oc.rank
      FROM public.stays_waiting me JOIN public.stays_choice c ON c.waiting_id = me.id AND c.facility_id = home
      LEFT JOIN public.stays_poolhome h ON h.facility_id = c.facility_id AND upper_inf(h.during)
      JOIN public.stays_choice oc ON oc.facility_id = c.facility_id JOIN public.stays_waiting o ON o.id = oc.waiting_id
      WHERE me.id = which AND {_MAY_ASK} AND {_COMPETES} AND ({order("o", "h")}) < ({order("me", "h")})
      ORDER BY {order("o", "h")} LIMIT least(most, 200) $$;
    """,
    # Beds of one's chosen homes that others were given while one waited, and why it was not oneself.
    "stays_given(bigint, integer)": f"""
    CREATE FUNCTION stays_given(which bigint, most integer)
    RETURNS TABLE (facility_id bigint, offered_on date, class_code text, grade smallint, since date, state text, why text)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT o.facility_id, o.offered_on, o.class_code, o.grade, o.since, o.state,
        coalesce((SELECT p.reason FROM public.stays_passing p WHERE p.offer_id = o.id AND p.waiting_id = me.id LIMIT 1),
          CASE WHEN b.kind <> me.kind THEN 'kind' WHEN b.sex <> me.sex THEN 'sex' ELSE {_WHY} END)
      FROM public.stays_waiting me JOIN public.stays_choice c ON c.waiting_id = me.id
      JOIN public.stays_offer f ON f.facility_id = c.facility_id AND f.waiting_id <> me.id
        AND f.offered_on >= me.submitted_on
      JOIN public.stays_bed b ON b.id = f.bed_id
      JOIN LATERAL (SELECT f.id, f.facility_id, f.offered_on, f.class_code, f.grade, f.since, f.state, f.rank,
        f.goes_before_all, f.person_division_code AS division_code) o ON true
      LEFT JOIN public.stays_poolhome h ON h.facility_id = c.facility_id AND upper_inf(h.during)
      WHERE me.id = which AND {_MAY_ASK} ORDER BY o.offered_on DESC, o.id DESC LIMIT least(most, 100) $$;
    """,
    # The pool's homes with beds, free beds and how many wait: what one needs to know before choosing. Names nobody.
    "stays_homes(date, text)": f"""
    CREATE FUNCTION stays_homes(day date, of_kind text)
    RETURNS TABLE (facility_id bigint, own_district_first boolean, beds bigint, free bigint, waiting bigint)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT h.facility_id, h.own_district_first, count(b.id),
        count(b.id) FILTER (WHERE NOT EXISTS (SELECT 1 FROM public.stays_stay s WHERE s.bed_id = b.id
          AND s.state <> 'cancelled' AND (upper_inf(s.during) OR upper(s.during) > day))),
        (SELECT count(*) FROM public.stays_choice c JOIN public.stays_waiting w ON w.id = c.waiting_id
         WHERE c.facility_id = h.facility_id AND w.kind = of_kind AND w.state IN ('waiting', 'offered'))
      FROM public.stays_poolhome h
      JOIN public.stays_bed b ON b.facility_id = h.facility_id AND b.kind = of_kind AND b.during @> day
      WHERE h.during @> day
      GROUP BY h.facility_id, h.own_district_first $$;
    """,
    # The pool of each district: beds, occupied, queue, the middle day since which people wait, offers of the year.
    "stays_pool(date)": f"""
    CREATE FUNCTION stays_pool(day date)
    RETURNS TABLE (district text, homes bigint, beds bigint, occupied bigint, waiting bigint, offered bigint,
                   median_since date, given bigint, median_given_days float8)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      WITH pooled AS (
        SELECT left(h.division_code, 6) AS district, count(DISTINCT h.facility_id) AS homes, count(b.id) AS beds,
          count(b.id) FILTER (WHERE EXISTS (SELECT 1 FROM public.stays_stay s WHERE s.bed_id = b.id
            AND s.state IN ('present', 'away') AND s.during @> day)) AS occupied
        FROM public.stays_poolhome h LEFT JOIN public.stays_bed b
          ON b.facility_id = h.facility_id AND b.kind <> 'market' AND b.during @> day
        WHERE h.during @> day GROUP BY 1),
      queue AS (
        SELECT left(w.division_code, 6) AS district, count(*) FILTER (WHERE w.state = 'waiting') AS waiting,
          count(*) FILTER (WHERE w.state = 'offered') AS offered,
          percentile_disc(0.5) WITHIN GROUP (ORDER BY w.since) AS median_since
        FROM public.stays_waiting w WHERE w.state IN ('waiting', 'offered') GROUP BY 1),
      made AS (
        SELECT left(o.person_division_code, 6) AS district, count(*) AS given,
          percentile_cont(0.5) WITHIN GROUP (ORDER BY o.offered_on - o.since) AS days
        FROM public.stays_offer o
        WHERE o.state = 'accepted' AND o.replied_on BETWEEN date_trunc('year', day)::date AND day GROUP BY 1)
      SELECT coalesce(p.district, q.district, m.district), coalesce(p.homes, 0), coalesce(p.beds, 0),
        coalesce(p.occupied, 0), coalesce(q.waiting, 0), coalesce(q.offered, 0), q.median_since,
        coalesce(m.given, 0), m.days
      FROM pooled p FULL JOIN queue q ON q.district = p.district
      FULL JOIN made m ON m.district = coalesce(p.district, q.district) ORDER BY 1 $$;
    """,
}
FUNCTIONS = (
    "".join(_FUNCTIONS.values())
    + "".join(
        f'REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO "{web_role()}";\n'
        for name in _FUNCTIONS
    ),
    "".join(f"DROP FUNCTION {name};\n" for name in _FUNCTIONS),
)

# Nobody reviews their own draft, and lines are written into a draft alone.
RUN_KEEPS = (
    f"""
    CREATE FUNCTION stays_run_keeps() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.made_by_id IS DISTINCT FROM public.access_official() OR NEW.state <> 'draft' THEN
          RAISE EXCEPTION '分配草案由本人拟制 / a run begins as the draft of the official who acts'
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END IF;
      IF (NEW.division_code, NEW."on", NEW.digest, NEW.made_by_id, NEW.given_count)
         IS DISTINCT FROM (OLD.division_code, OLD."on", OLD.digest, OLD.made_by_id, OLD.given_count)
         OR (NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state = ANY(
             '{{draft>reviewed,draft>discarded,reviewed>issued,reviewed>discarded}}'::text[]))) THEN
        RAISE EXCEPTION '分配方案不可改写 / a run is not rewritten; discard it' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.reviewed_by_id IS DISTINCT FROM OLD.reviewed_by_id
         AND (OLD.reviewed_by_id IS NOT NULL OR NEW.reviewed_by_id IS DISTINCT FROM public.access_official()) THEN
        RAISE EXCEPTION '复核人须为本人 / the reviewer is the official who acts' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER stays_run_keeps BEFORE INSERT OR UPDATE ON stays_allocationrun
      FOR EACH ROW EXECUTE FUNCTION stays_run_keeps();
    """,
    "DROP TRIGGER stays_run_keeps ON stays_allocationrun; DROP FUNCTION stays_run_keeps();",
)
