"""What a booking office refuses, in words a resident or a registrar can act on."""

from minzheng.kernel.refusals import Refusal


class BookingRefused(Refusal):
    """The booking cannot be made or changed so; nothing was changed."""


class NoSuchBooking(BookingRefused):
    """No such calendar, slot or booking, or it lies outside what the actor may see."""


class SlotFull(BookingRefused):
    """Nobody more can be booked at this time."""


class NotReleased(BookingRefused):
    """The places of this day are not released yet, or are given by a draw."""


class OneBookingOnly(BookingRefused):
    """One of the people holds an open booking of this purpose already."""


class CalendarRefused(BookingRefused):
    """The calendar cannot be set so."""
