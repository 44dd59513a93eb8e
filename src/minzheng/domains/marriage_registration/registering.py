"""Registering a marriage, or refusing it with every reason (结婚登记、不予登记)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from minzheng.domains.marriage_registration.checks import Check, check_marriage, failed, open_ties
from minzheng.domains.marriage_registration.entries import (
    next_numbers,
    next_serials,
    trace,
    write_entry,
)
from minzheng.domains.marriage_registration.errors import MarriageRefused, RulesFailed
from minzheng.domains.marriage_registration.models import (
    Facility,
    Kind,
    Paper,
    Refusal,
    RefusalClash,
    Registration,
)
from minzheng.domains.marriage_registration.parties import Party, party_columns
from minzheng.domains.marriage_registration.requirements import Evidence, require_complete
from minzheng.kernel.access import require
from minzheng.kernel.people.staging import fetch


@transaction.atomic
def register_marriage(
    *,
    office: Facility,
    man: Party,
    woman: Party,
    evidence: Evidence,
    on: date,
    serials: tuple[int, int] | None = None,
) -> Registration:
    """Registers a marriage and hands out two certificates (结婚登记): the entry, both ties and both papers, or nothing.

    Args:
        evidence: papers seen, declarations signed, photograph taken; see `requirements.requirements("marriage", …)`.
        serials: serial numbers of his and her certificate; the office's next two where None.

    Raises:
        NotPermitted: the acting post does not register marriages.
        Incomplete: papers or declarations are missing; all are listed.
        RulesFailed: a condition is not met; each with its article. `refuse` writes the refusal.
        NoLicence, NoPaper: the registrar's licence, the office's papers.
        WrongState: one of the two was married by another act in the same moment.
    """
    actor = require("marriage.register")
    require_complete("marriage", {"man": man, "woman": woman}, evidence)
    end_ties_of_widowed((man, woman))
    checks = check_marriage(office=office, man=man, woman=woman, on=on)
    if failed(checks):
        raise RulesFailed(failed(checks))
    his, hers = serials or next_serials(office, Paper.MARRIAGE, 2)
    return write_entry(
        actor=actor,
        office=office,
        kind=Kind.MARRIAGE,
        on=on,
        columns=party_columns("man", man) | party_columns("woman", woman),
        man_serial=his,
        woman_serial=hers,
        evidence=evidence.as_json() | {"checks": [one.code for one in checks]},
    )


def end_ties_of_widowed(parties: Iterable[Party]) -> None:
    """Ends the ties of these people whose spouse has died, so that they are free (配偶死亡)."""
    known = [party.person_id for party in parties if party.person_id is not None]
    if known:
        fetch("SELECT marriage_end_by_death(%s)", [known])


@transaction.atomic
def refuse(
    *, office: Facility, kind: Kind, man: Party, woman: Party, checks: Sequence[Check], on: date
) -> Refusal:
    """Records a refusal with every condition that failed, for the letter to the couple (不予登记).

    A clashing act number is kept for registrars and is not among the reasons the couple reads.

    Raises:
        MarriageRefused: nothing failed, so there is nothing to refuse.
    """
    actor = require("marriage.register")
    lacking = failed(checks)
    if not lacking:
        raise MarriageRefused(
            "各项条件均符合，不能作不予登记处理 / every condition is met: nothing to refuse"
        )
    made = Refusal.objects.create(
        number=next_numbers("N", office.division_code, on.year)[0],
        kind=kind,
        office=office,
        division_code=office.division_code,
        on=on,
        registrar_id=actor.official,
        reasons=[one.for_parties() for one in lacking],
        **party_columns("man", man),
        **party_columns("woman", woman),
    )
    clashing = {one.code: one.for_registrar for one in lacking if one.for_registrar}
    if clashing:
        RefusalClash.objects.create(refusal=made, division_code=made.division_code, acts=clashing)
    trace("marriage.refuse", made, detail={"number": made.number, "rules": [one.code for one in lacking]})
    return made


def marital_state(party: Party) -> str:
    """What the register says of a person today: "married", or "unmarried" where it knows of no marriage in force."""
    ties = [tie for tie in open_ties([party]) if tie.spouse_died_on is None]
    own = [t for t in ties if party.person_id in (t.person_id,) or t.identifier == party.identifier]
    return "married" if own else "unmarried"
