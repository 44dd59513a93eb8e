"""Divorce by agreement (离婚登记): application, thirty days to withdraw, thirty to collect, the act or nothing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from minzheng.domains.marriage_registration.checks import check_divorce, failed
from minzheng.domains.marriage_registration.entries import (
    licence_of,
    next_numbers,
    next_serials,
    told_in_words,
    trace,
    write_entry,
)
from minzheng.domains.marriage_registration.errors import NotInTime, RulesFailed, WrongState
from minzheng.domains.marriage_registration.models import (
    DivorceApplication,
    DivorceState,
    Facility,
    Kind,
    Paper,
    Registration,
)
from minzheng.domains.marriage_registration.parties import Party, party_columns
from minzheng.domains.marriage_registration.periods import divorce_periods
from minzheng.domains.marriage_registration.requirements import Evidence, require_complete
from minzheng.kernel.access import require
from minzheng.kernel.audit import record

AGREED_ON = ("children", "property", "debts")
"""What the agreement must settle (民法典 第1076条)."""


@transaction.atomic
def apply_for_divorce(
    *,
    office: Facility,
    man: Party,
    woman: Party,
    marriage: Registration | int | None,
    agreement: dict[str, str],
    evidence: Evidence,
    on: date,
    marriage_certificate: str = "",
) -> DivorceApplication:
    """Receives an application and starts the first period (离婚登记申请).

    Args:
        marriage: the marriage's entry (or its id, as `checks.open_ties` tells it), None where it was registered elsewhere;
            then `marriage_certificate` holds the certificate's number.
        agreement: the parties' own words on `children`, `property` and `debts`; "无" where there are none.

    Raises:
        Incomplete: papers or declarations are missing, all listed.
        RulesFailed: presence, capacity or jurisdiction.
        WrongState: the agreement leaves something open, no marriage is named, or one application is pending already.
    """
    actor = require("marriage.register")
    require_complete("divorce_application", {"man": man, "woman": woman}, evidence)
    lacking = failed(check_divorce(office=office, man=man, woman=woman, on=on))
    if lacking:
        raise RulesFailed(lacking)
    silent = [name for name in AGREED_ON if not agreement.get(name, "").strip()]
    if silent:
        raise WrongState(
            f"离婚协议未写明：{'、'.join(silent)}；没有的请写“无”（民法典第一千零七十六条） / "
            f"the agreement says nothing on {', '.join(silent)}; write 无 where there is none"
        )
    if marriage is None and not marriage_certificate.strip():
        raise WrongState(
            "请指明结婚登记，或填写内地颁发的结婚证字号（婚姻登记条例第十二条第三项） / "
            "name the marriage's entry, or the number of a certificate issued on the mainland"
        )
    licence_of(actor, office, on)
    with told_in_words():
        made = DivorceApplication.objects.create(
            number=next_numbers("LS", office.division_code, on.year)[0],
            office=office,
            division_code=office.division_code,
            registrar_id=actor.official,
            marriage_id=marriage if isinstance(marriage, int | None) else marriage.pk,
            marriage_certificate=marriage_certificate.strip(),
            received_on=on,
            agreement={name: agreement[name].strip() for name in AGREED_ON},
            evidence=evidence.as_json(),
            **asdict(divorce_periods(on)),
            **party_columns("man", man),
            **party_columns("woman", woman),
        )
    trace("marriage.divorce_apply", made, detail={"number": made.number, "collect_last": made.collect_last})
    return made


@transaction.atomic
def withdraw_divorce(*, application: DivorceApplication, by: str, on: date) -> DivorceApplication:
    """One party takes the application back within the first period (撤回离婚登记申请); no word of the other is asked.

    Args:
        by: "man" or "woman".

    Raises:
        NotInTime: the first period is over; whoever no longer wants the divorce need only stay away.
        WrongState: the application was closed already.
    """
    require("marriage.register")
    held = _pending(application)
    if not held.received_on <= on <= held.cooling_last:
        raise NotInTime(
            f"撤回期限为{held.received_on:%Y-%m-%d}至{held.cooling_last:%Y-%m-%d}；期满后不共同领证即视为撤回 / "
            f"may be withdrawn until {held.cooling_last}; afterwards it lapses unless both come"
        )
    held.state, held.closed_on, held.withdrawn_by = DivorceState.WITHDRAWN, on, by
    held.save(update_fields=["state", "closed_on", "withdrawn_by"])
    trace("marriage.divorce_withdraw", held, detail={"number": held.number, "by": by})
    return held


@transaction.atomic
def register_divorce(
    *,
    application: DivorceApplication,
    man: Party,
    woman: Party,
    evidence: Evidence,
    on: date,
    serials: tuple[int, int] | None = None,
) -> Registration:
    """Registers the divorce when both come in the second period (离婚登记、发给离婚证).

    Raises:
        NotInTime: before the first or after the last day of collecting.
        Incomplete, RulesFailed, NoLicence, NoPaper: as for a marriage.
        WrongState: the application or the marriage has ended already, or others came than applied.
    """
    actor = require("marriage.register")
    held = _pending(application)
    if not held.collect_first <= on <= held.collect_last:
        raise NotInTime(
            f"双方可在{held.collect_first:%Y-%m-%d}至{held.collect_last:%Y-%m-%d}共同领取离婚证，今日为{on:%Y-%m-%d} / "
            f"both may collect from {held.collect_first} to {held.collect_last}; today is {on}"
        )
    if (man.identifier, woman.identifier) != (held.man_identifier, held.woman_identifier):
        raise WrongState(
            "到场双方与申请人不符，请核对证件 / these are not the two who applied; check the cards"
        )
    require_complete("divorce", {"man": man, "woman": woman}, evidence)
    lacking = failed(check_divorce(office=held.office, man=man, woman=woman, on=on))
    if lacking:
        raise RulesFailed(lacking)
    his, hers = serials or next_serials(held.office, Paper.DIVORCE, 2)
    entry = write_entry(
        actor=actor,
        office=held.office,
        kind=Kind.DIVORCE,
        on=on,
        columns=party_columns("man", man) | party_columns("woman", woman),
        man_serial=his,
        woman_serial=hers,
        refers_to_id=held.marriage_id,
        evidence=evidence.as_json(),
        detail=_told_of(held),
    )
    held.state, held.closed_on, held.registration = DivorceState.REGISTERED, on, entry
    held.save(update_fields=["state", "closed_on", "registration"])
    return entry


def _told_of(held: DivorceApplication) -> dict[str, Any]:
    told = {"application": held.number}
    return told | ({"marriage_certificate": held.marriage_certificate} if held.marriage_certificate else {})


@transaction.atomic
def lapse_divorces(*, on: date) -> int:
    """Closes every application whose last day passed without both coming (视为撤回); for the night's job.

    Returns:
        how many lapsed.
    """
    require("marriage.register")
    lapsed = DivorceApplication.objects.filter(state=DivorceState.PENDING, collect_last__lt=on).update(
        state=DivorceState.LAPSED, closed_on=on
    )
    if lapsed:
        record("marriage.divorce_lapse", detail={"on": on, "lapsed": lapsed})
    return lapsed


def _pending(application: DivorceApplication) -> DivorceApplication:
    held = (
        DivorceApplication.objects.select_for_update(of=("self",))
        .select_related("office")
        .get(pk=application.pk)
    )
    if held.state != DivorceState.PENDING:
        raise WrongState(
            f"申请 {held.number} {held.get_state_display()}，不能再办理；如仍需离婚请重新申请 / "
            f"the application is closed ({held.state}); apply again"
        )
    return held
