"""SQL of `bulk`: what the registers say of each row's couple, and the entries and applications written from a staged set."""

# Each row with both parties, the office's licence of that day (the lowest), whether a tie bars it, and the marriage the two share.
PARTIES = """
    WITH side AS (
      SELECT row, "on", man AS person FROM {staged} UNION ALL SELECT row, "on", woman FROM {staged}
    ), repeated AS (
      SELECT DISTINCT later.row FROM (
        SELECT row, lag(row) OVER (PARTITION BY person ORDER BY "on", row) AS earlier FROM side) later
      WHERE later.earlier IS NOT NULL
    ), tied AS (
      SELECT DISTINCT s.row FROM side s JOIN marriage_registration_maritaltie t ON t.person_id = s.person
      WHERE NOT t.is_void AND t.during && daterange(s."on", NULL)
    )
    SELECT s.row, f.id, f.division_code, s."on", l.id, l.official_id,
      m.id, m.sex, m.birth_date, CASE WHEN m.hukou_is_local THEN left(m.hukou_division_code, 6) ELSE '' END, m.death_date,
      w.id, w.sex, w.birth_date, CASE WHEN w.hukou_is_local THEN left(w.hukou_division_code, 6) ELSE '' END, w.death_date,
      t.row IS NOT NULL, pair.registration_id, r.row IS NOT NULL
    FROM {staged} s
      JOIN facilities_facility f ON f.id = s.office_id AND f.kind = 'marriage_office'
      JOIN people_person m ON m.id = s.man JOIN people_person w ON w.id = s.woman
      LEFT JOIN LATERAL (SELECT x.id, x.official_id FROM marriage_registration_registrarlicence x
        WHERE x.office_id = f.id AND x.during @> s."on" ORDER BY x.id LIMIT 1) l ON true
      LEFT JOIN tied t ON t.row = s.row
      LEFT JOIN repeated r ON r.row = s.row
      LEFT JOIN marriage_registration_maritaltie pair ON pair.person_id = m.id AND pair.side = 'man'
        AND pair.spouse_person_id = w.id AND upper_inf(pair.during) AND NOT pair.is_void AND lower(pair.during) < s."on"
"""

_PARTY = """
    s.{side}_id, {one}.name, 'citizen', coalesce({one}_number.value, ''), 'mainland', {one}.birth_date, s.{side}_hukou
"""
_COLUMNS = ", ".join(
    f"{side}_{name}"
    for side in ("man", "woman")
    for name in ("person_id", "name", "identifier_kind", "identifier", "nationality", "birth_date", "hukou")
)
_VALUES = f"{_PARTY.format(side='man', one='m')}, {_PARTY.format(side='woman', one='w')}"
_JOINS = """
    JOIN people_person m ON m.id = s.man_id JOIN people_person w ON w.id = s.woman_id
    LEFT JOIN people_identifier m_number ON m_number.person_id = m.id AND m_number.kind = 'citizen' AND m_number.is_primary
    LEFT JOIN people_identifier w_number ON w_number.person_id = w.id AND w_number.kind = 'citizen' AND w_number.is_primary
"""

INSERT_ENTRIES = f"""
    INSERT INTO marriage_registration_registration (number, kind, office_id, division_code, "on", registrar_id, licence_id,
      man_serial, woman_serial, refers_to_id, evidence, detail, source, provenance, {_COLUMNS})
    SELECT s.number, %s, s.office_id, s.division_code, s."on", s.registrar_id, s.licence_id, s.man_serial, s.woman_serial,
      s.marriage_id, %s::jsonb, CASE WHEN %s = 'divorce' THEN jsonb_build_object('application', s.asked) ELSE '{{{{}}}}' END,
      '民政', %s, {_VALUES}
    FROM {{staged}} s {_JOINS} ORDER BY s.division_code, s."on", s.row
"""

INSERT_APPLICATIONS = f"""
    INSERT INTO marriage_registration_divorceapplication (number, office_id, division_code, registrar_id, marriage_id,
      marriage_certificate, received_on, cooling_first, cooling_last, collect_first, collect_last, agreement, evidence, state,
      closed_on, withdrawn_by, registration_id, {_COLUMNS})
    SELECT s.asked, s.office_id, s.division_code, s.registrar_id, s.marriage_id, '', s.received_on, s.cooling_first,
      s.cooling_last, s.collect_first, s.collect_last, %s::jsonb, %s::jsonb, 'registered', s."on", '', r.id, {_VALUES}
    FROM {{staged}} s JOIN marriage_registration_registration r ON r.number = s.number {_JOINS}
"""
