"""Entries after the act (补领、更正、撤销、无登记记录证明): each a new row that refers to the earlier one, which stays readable."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from minzheng.domains.marriage_registration.checks import open_ties
from minzheng.domains.marriage_registration.entries import next_serials, write_entry
from minzheng.domains.marriage_registration.errors import MarriageRefused, WrongState
from minzheng.domains.marriage_registration.jurisdiction import may_register_at
from minzheng.domains.marriage_registration.models import Facility, Kind, Paper, Registration, Side
from minzheng.domains.marriage_registration.parties import Party, party_columns
from minzheng.domains.marriage_registration.requirements import Evidence, require_complete
from minzheng.kernel.access import require

CORRECTABLE = ("name", "identifier", "identifier_kind", "birth_date", "nationality")
"""What of a party may be corrected; who the party is may not."""
_OF_PAPER = {
    Kind.MARRIAGE: Paper.MARRIAGE, Kind.ARCHIVE: Paper.MARRIAGE, Kind.DIVORCE: Paper.DIVORCE,
    Kind.ARCHIVE_DIVORCE: Paper.DIVORCE,
}  # fmt: skip


@transaction.atomic
def reissue_certificate(
    *,
    office: Facility,
    entry: Registration,
    lost: tuple[str, ...],
    present: dict[str, Party],
    evidence: Evidence,
    on: date,
) -> Registration:
    """Hands out new certificates for lost or spoiled ones (补领婚姻登记证).

    One copy missing: a written statement. Both missing: the statement and the stamped copy from the archive.

    Args:
        lost: sides whose copy is missing: ("man",), ("woman",) or both.
        present: who came, by side; at least one of the couple.

    Raises:
        Incomplete: the papers that one or two missing copies ask for.
        WrongState: the marriage has ended since, or the entry is no marriage or divorce, or nobody came.
    """
    actor = require("marriage.register")
    if entry.kind not in _OF_PAPER:
        raise WrongState("只能补领结婚证或离婚证 / only certificates of marriage or divorce are issued again")
    if not present or not lost or set(lost) - {"man", "woman"}:
        raise WrongState("请写明到场人和遗失的是哪一方的证书 / say who came, and whose copy is missing")
    require_complete("reissue_both" if len(set(lost)) == 2 else "reissue_one", present, evidence)
    paper = _OF_PAPER[Kind(entry.kind)]
    if paper is Paper.MARRIAGE and entry.ties.exclude(ended_by=None, end_reason="").exists():
        raise WrongState(
            "该婚姻已终止，不能补领结婚证 / the marriage has ended: its certificate is not issued again"
        )
    homes = [party.hukou_district for party in present.values()]
    where = may_register_at(office_district=office.division_code[:6], hukou_districts=homes, on=on)
    if office.division_code != entry.division_code and not where.allowed:
        raise MarriageRefused(
            f"{where.reason}，或到原登记机关补领 / {where.reason_en}, or to the office of the act"
        )
    serials = dict(zip(sorted(set(lost)), next_serials(office, paper, len(set(lost))), strict=True))
    return write_entry(
        actor=actor,
        office=office,
        kind=Kind.REISSUE,
        on=on,
        columns=_parties_of(current_version(entry)),
        man_serial=serials.get("man"),
        woman_serial=serials.get("woman"),
        refers_to=entry,
        evidence=evidence.as_json(),
        detail={"paper": str(paper), "lost": sorted(set(lost))},
    )


@transaction.atomic
def correct_entry(
    *,
    office: Facility,
    entry: Registration,
    side: str,
    changes: dict[str, Any],
    reason: str,
    evidence: Evidence,
    on: date,
) -> Registration:
    """Corrects what an entry says of a party (更正): a further entry with the parties as they should read.

    Args:
        changes: fields of `CORRECTABLE` and what they should be.

    Raises:
        WrongState: a field that is not corrected this way, nothing changed, or no reason was given.
    """
    actor = require("marriage.register")
    wrong = [name for name in changes if name not in CORRECTABLE]
    if wrong or side not in Side.values:
        raise WrongState(
            f"不能更正：{'、'.join(wrong) or side}；可更正：{'、'.join(CORRECTABLE)} / not correctable: {wrong or side}"
        )
    if not reason.strip():
        raise WrongState("更正须写明理由 / say why the entry is corrected")
    was = _parties_of(current_version(entry))
    now = was | {f"{side}_{name}": value for name, value in changes.items()}
    if now == was:
        raise WrongState("内容没有变化 / nothing changes")
    require_complete("correction", {side: _party(now, side)}, evidence)
    differences = {
        name: {"before": str(was[name]), "now": str(now[name])} for name in now if now[name] != was[name]
    }
    return write_entry(
        actor=actor,
        office=office,
        kind=Kind.CORRECTION,
        on=on,
        columns=now,
        refers_to=entry,
        evidence=evidence.as_json(),
        detail={"changes": differences, "reason": reason.strip()},
    )


@transaction.atomic
def revoke_marriage(
    *,
    office: Facility,
    entry: Registration,
    court: str,
    judgment: str,
    judged_on: date,
    evidence: Evidence,
    on: date,
) -> Registration:
    """Records a court's judgment that revokes a marriage or finds it void (撤销、无效): it never bound (民法典 第1054条).

    The office itself revokes nothing: coercion goes to the court (第1052条).

    Raises:
        WrongState: court or judgment are not named, or the marriage had ended already.
    """
    actor = require("marriage.register")
    if not court.strip() or not judgment.strip():
        raise WrongState("请写明法院和判决书案号 / name the court and the judgment")
    require_complete("revocation", {}, evidence)
    return write_entry(
        actor=actor,
        office=office,
        kind=Kind.REVOCATION,
        on=on,
        columns=_parties_of(current_version(entry)),
        refers_to=entry,
        evidence=evidence.as_json(),
        detail={"court": court.strip(), "judgment": judgment.strip(), "judged_on": judged_on.isoformat()},
    )


@transaction.atomic
def issue_no_record(
    *, office: Facility, party: Party, since: date, purpose: str, evidence: Evidence, on: date
) -> Registration:
    """Certifies that the register holds no marriage in force of a person (无婚姻登记记录证明).

    Raises:
        MarriageRefused: the register holds one.
    """
    actor = require("marriage.register")
    side = "woman" if party.sex == 2 else "man"
    require_complete("no_record", {side: party}, evidence)
    if open_ties([party]):
        raise MarriageRefused(
            "婚姻登记中有该当事人的有效记录，不能出具无记录证明 / the register holds a marriage in force of this person"
        )
    return write_entry(
        actor=actor,
        office=office,
        kind=Kind.NO_RECORD,
        on=on,
        columns=party_columns(side, party),
        evidence=evidence.as_json(),
        detail={"since": since.isoformat(), "purpose": purpose.strip()},
    )


def current_version(entry: Registration) -> Registration:
    """The entry as last corrected, or itself."""
    return entry.later.filter(kind=Kind.CORRECTION).order_by("-id").first() or entry


def _parties_of(entry: Registration) -> dict[str, Any]:
    names = ("person_id", "name", "identifier_kind", "identifier", "nationality", "birth_date", "hukou")
    return {f"{side}_{name}": getattr(entry, f"{side}_{name}") for side in ("man", "woman") for name in names}


def _party(columns: dict[str, Any], side: str) -> Party:
    return Party(
        name=columns[f"{side}_name"],
        identifier=columns[f"{side}_identifier"],
        identifier_kind=columns[f"{side}_identifier_kind"],
        nationality=columns[f"{side}_nationality"],
    )
