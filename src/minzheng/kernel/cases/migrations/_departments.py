"""What another department sees: a case from the day it was passed on to it, where it decides; nobody's draft, and not what
its colleagues elsewhere decide. The rule narrows whatever else the policies of a table allow.
"""

from __future__ import annotations

from minzheng.kernel.storage.guards import web_role

_ROLE = "(SELECT access_role()) IS DISTINCT FROM 'department_officer'"
_PASSED_ON = "(step = 'pass_on' OR 'pass_on' = ANY(steps_done))"
_HERE = "deciding_division >= (SELECT access_low()) AND deciding_division < (SELECT access_high())"
_PARTS = ("event", "clock", "material", "dispute", "authorisation", "economiccheck", "decision", "publication", "letter",
          "review", "alikecase", "rating", "counted")  # fmt: skip

PASSED_ON = (
    f"""
    CREATE POLICY cases_case_passed_on ON cases_case AS RESTRICTIVE FOR SELECT TO "{web_role()}"
      USING ({_ROLE} OR ({_PASSED_ON} AND {_HERE}));
    CREATE FUNCTION cases_was_passed_on(one bigint) RETURNS boolean LANGUAGE plpgsql STABLE
      SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      RETURN EXISTS (SELECT 1 FROM public.cases_case WHERE id = one AND {_PASSED_ON}
        AND deciding_division >= public.access_low() AND deciding_division < public.access_high());
    END $$;
    REVOKE ALL ON FUNCTION cases_was_passed_on(bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cases_was_passed_on(bigint) TO "{web_role()}";
    """
    + "".join(
        f'CREATE POLICY cases_{part}_passed_on ON cases_{part} AS RESTRICTIVE FOR SELECT TO "{web_role()}"'
        f" USING ({_ROLE} OR cases_was_passed_on(case_id));\n"
        for part in _PARTS
    ),
    "".join(f"DROP POLICY cases_{part}_passed_on ON cases_{part};\n" for part in (*_PARTS, "case"))
    + "DROP FUNCTION cases_was_passed_on(bigint);",
)
