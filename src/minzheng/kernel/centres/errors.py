"""What a centre refuses, in words a clerk or a resident can act on."""

from minzheng.kernel.refusals import Refusal


class CentreRefused(Refusal):
    """An act at a centre is refused; nothing was changed."""


class NoSuchCentre(CentreRefused):
    """No such centre, counter, ticket or appointment, or it lies outside the acting post's place."""


class QueueClosed(CentreRefused):
    """The centre gives no numbers on this day, not yet or no longer."""


class TicketMoveRefused(CentreRefused):
    """The ticket's state does not permit this act."""


class CounterBusy(CentreRefused):
    """The counter has somebody, or somebody else sits there."""


class SlotFull(CentreRefused):
    """Nobody more can be booked at this time."""


class BookingRefused(CentreRefused):
    """The appointment cannot be made or changed so."""
