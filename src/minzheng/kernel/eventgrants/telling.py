"""Telling those on an approved list (告知): one letter a person, with the account the money goes to or how to give one.

A domain says in words what happened; who is told, to which account and that nobody is told twice is settled here. The
letters stand with the others about a person's money, so the resident reads them in the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.documents import Letter, sealed
from minzheng.kernel.eventgrants.actions import lock_activation
from minzheng.kernel.eventgrants.errors import NotReady
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.receivers import Receiver, untold
from minzheng.kernel.payments.models import AccountLetter
from minzheng.kernel.payments.settling.family import addressee_of
from minzheng.kernel.payments.settling.letters import content_of
from minzheng.kernel.storage.bulk import copy_rows

_COLUMNS = (
    "kind", "person_id", "addressee_id", "number", "title", "content", "code", "issued_on", "division_code", "about",
)  # fmt: skip

Writer = Callable[[Activation, Receiver, date], Letter]


def about(activation: Activation) -> str:
    """What the letters of an activation say they are about."""
    return f"grants.activation:{activation.pk}"


@transaction.atomic
def tell(*, activation_id: int, write: Writer, on: date) -> int:
    """Sends the letters of an approved activation (发出告知书); returns how many. Whoever was told is not told again.

    Args:
        write: words the letter of one receiver; it may not read the database while the letters are being stored.

    Raises:
        NotPermitted: the acting post does not carry `grants.tell`.
        NotReady: the activation is not approved.
    """
    activation = lock_activation(activation_id)
    require("grants.tell", domain=activation.programme)
    if activation.state != Activation.State.APPROVED:
        raise NotReady(f"{activation} 尚未启动，不能告知 / not approved: there is nothing to tell yet")
    receivers = untold(activation, about=about(activation), on=on)
    # A dead person's letter goes to the family; such receivers are few.
    readers = {r.person_id: addressee_of(r.person_id, on) for r in receivers if r.is_dead}
    told = _insert(
        _row(activation, write(activation, r, on), r, readers.get(r.person_id, r.person_id))
        for r in receivers
    )
    if told:
        audit.record(
            "grants.tell",
            subject=about(activation),
            detail={"letters": told, "without_account": sum(r.lacks_account for r in receivers)},
        )
    return told


def _row(activation: Activation, letter: Letter, to: Receiver, reader: int | None) -> tuple[object, ...]:
    # The number names activation and person: no sequence has to be drawn for hundreds of thousands.
    letter = sealed(letter, f"沪民发〔{letter.date.year}〕{activation.pk}-{to.person_id}号")
    return (
        AccountLetter.Kind.EVENT, to.person_id, reader, letter.number, letter.title, Jsonb(content_of(letter)),
        letter.code, letter.date, to.division_code, about(activation),
    )  # fmt: skip


def _insert(rows: Iterable[tuple[object, ...]]) -> int:
    names = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        # COPY cannot write into a table under row-level security, so rows pass through a table of this transaction.
        cursor.execute("DROP TABLE IF EXISTS grant_letter_new")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE grant_letter_new ON COMMIT DROP AS
                SELECT {names} FROM payments_accountletter WITH NO DATA"""
        )
        copy_rows("grant_letter_new", _COLUMNS, rows)
        cursor.execute(
            f"INSERT INTO payments_accountletter ({names}) SELECT {names} FROM grant_letter_new ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)
