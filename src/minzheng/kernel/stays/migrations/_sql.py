"""SQL of the stays: what a stay must fit, and what a post may know of the people in its beds."""

from minzheng.kernel.storage.guards import web_role

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

# A home knows nobody's record, so the database holds a stay against the person and the bed itself.
FITS = (
    f"""
    CREATE FUNCTION stays_stay_fits() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
      bed record; who record; starts date := lower(NEW.during);
    BEGIN
      SELECT b.facility_id, b.division_code, b.sex, b.during, b.room || '-' || b.label AS label,
             f.during AS facility_during
        INTO bed FROM public.stays_bed b JOIN public.facilities_facility f ON f.id = b.facility_id
        WHERE b.id = NEW.bed_id;
      NEW.facility_id := bed.facility_id;
      NEW.division_code := bed.division_code;
      IF NEW.state = 'cancelled' OR (TG_OP = 'UPDATE' AND (OLD.bed_id, OLD.person_id, lower(OLD.during), OLD.state)
                                     IS NOT DISTINCT FROM (NEW.bed_id, NEW.person_id, starts, NEW.state)) THEN
        RETURN NEW;
      END IF;
      IF NEW.state = 'ended' THEN RETURN NEW; END IF;
      IF starts IS NULL THEN
        RAISE EXCEPTION '请写明入住的起始日期 / a stay needs its first day' USING ERRCODE = 'check_violation';
      END IF;
      IF NOT bed.during @> starts OR NOT bed.facility_during @> starts THEN
        RAISE EXCEPTION '床位 % 在 % 尚未启用或已停用，请另选床位 / bed % is not in use on %; choose another',
          bed.label, starts, bed.label, starts USING ERRCODE = 'check_violation';
      END IF;
      SELECT p.sex, p.death_date, p.merged_into_id INTO who FROM public.people_person p WHERE p.id = NEW.person_id;
      IF who.death_date < starts THEN
        RAISE EXCEPTION '此人已于 % 死亡，不能自 % 起入住 / the person died on % and cannot move in on %',
          who.death_date, starts, who.death_date, starts USING ERRCODE = 'check_violation';
      END IF;
      IF who.merged_into_id IS NOT NULL THEN
        RAISE EXCEPTION '此档案已并入另一份，请用合并后的档案办理 / the record was merged; use the one that remains'
          USING ERRCODE = 'check_violation';
      END IF;
      IF bed.sex IN (1, 2) AND who.sex IN (1, 2) AND bed.sex <> who.sex THEN
        RAISE EXCEPTION '床位 % 只收%性，请另选床位 / bed % is for the other sex; choose another',
          bed.label, CASE bed.sex WHEN 1 THEN '男' ELSE '女' END, bed.label USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION stays_stay_fits() FROM PUBLIC;
    CREATE TRIGGER stays_stay_fits BEFORE INSERT OR UPDATE ON stays_stay
      FOR EACH ROW EXECUTE FUNCTION stays_stay_fits();
    """,
    "DROP TRIGGER stays_stay_fits ON stays_stay; DROP FUNCTION stays_stay_fits();",
)

# Counts name nobody: the public sees which beds are free without seeing who lies in the others.
OCCUPANCY = (
    f"""
    CREATE FUNCTION stays_occupancy(on_day date, facilities bigint[] DEFAULT NULL)
    RETURNS TABLE (facility_id bigint, kind text, beds integer, present integer, away integer, planned integer)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT b.facility_id, b.kind, count(*)::int,
             (count(*) FILTER (WHERE s.state = 'present' OR (s.state = 'ended' AND a.id IS NULL)))::int,
             (count(*) FILTER (WHERE s.state = 'away' OR (s.state = 'ended' AND a.id IS NOT NULL)))::int,
             (count(*) FILTER (WHERE s.state = 'planned'))::int
      FROM public.stays_bed b
      LEFT JOIN public.stays_stay s ON s.bed_id = b.id AND s.during @> on_day AND s.state <> 'cancelled'
      LEFT JOIN public.stays_absence a ON a.stay_id = s.id AND a.during @> on_day
      WHERE b.during @> on_day AND (facilities IS NULL OR b.facility_id = ANY (facilities))
      GROUP BY b.facility_id, b.kind
    $$;
    REVOKE ALL ON FUNCTION stays_occupancy(date, bigint[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION stays_occupancy(date, bigint[]) TO "{web_role()}";
    """,
    "DROP FUNCTION stays_occupancy(date, bigint[]);",
)

# A home calls its own residents by name; the district that watches over it sees them masked; others get nothing.
PEOPLE = (
    f"""
    CREATE FUNCTION stays_people(facility bigint, persons bigint[])
    RETURNS TABLE (person_id bigint, name text, number text, sex smallint, birth_date date)
    LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT p.id, CASE WHEN facility = public.facilities_mine() THEN p.name
                        ELSE left(p.name, 1) || repeat('*', greatest(char_length(p.name) - 1, 1)) END,
             (SELECT left(i.value, 3) || repeat('*', greatest(length(i.value) - 7, 1)) || right(i.value, 4)
              FROM public.people_identifier i
              WHERE i.person_id = p.id AND i.kind = 'citizen' ORDER BY i.is_primary DESC, i.id LIMIT 1),
             p.sex, p.birth_date
      FROM public.people_person p
      WHERE p.id = ANY (persons)
        AND EXISTS (SELECT 1 FROM public.stays_stay s
                    WHERE s.person_id = p.id AND s.facility_id = facility AND s.state <> 'cancelled')
        AND (facility = public.facilities_mine()
             OR (public.facilities_mine() IS NULL
                 AND EXISTS (SELECT 1 FROM public.facilities_facility f WHERE f.id = facility
                             AND f.division_code >= public.access_low() AND f.division_code < public.access_high())))
    $$;
    REVOKE ALL ON FUNCTION stays_people(bigint, bigint[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION stays_people(bigint, bigint[]) TO "{web_role()}";
    """,
    "DROP FUNCTION stays_people(bigint, bigint[]);",
)

# Who comes to a home shows an identity card: number and name together find one record, and nothing finds two.
FIND = (
    f"""
    CREATE FUNCTION stays_find_person(number text, called text) RETURNS bigint LANGUAGE sql STABLE {_DEFINER} AS $$
      SELECT coalesce(p.merged_into_id, p.id)
      FROM public.people_identifier i JOIN public.people_person p ON p.id = i.person_id
      WHERE i.kind = 'citizen' AND i.value = upper(btrim(number)) AND p.name = btrim(called)
        AND (public.facilities_mine() IS NOT NULL OR public.access_low() IS NOT NULL)
    $$;
    REVOKE ALL ON FUNCTION stays_find_person(text, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION stays_find_person(text, text) TO "{web_role()}";
    """,
    "DROP FUNCTION stays_find_person(text, text);",
)
