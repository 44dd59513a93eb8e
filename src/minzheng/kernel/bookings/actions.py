"""Verbs that change bookings and calendars."""

from minzheng.kernel.bookings.arriving import arrive, finish, mark_no_show, note_no_shows, settle_days
from minzheng.kernel.bookings.calendars import (
    open_calendar,
    open_slots,
    plan_draw,
    set_hours,
    set_places,
    set_special_day,
)
from minzheng.kernel.bookings.drawing import draw
from minzheng.kernel.bookings.ending import accept_offer, cancel, lapse
from minzheng.kernel.bookings.making import Told, book, enter_draw, join_waiting, told_of
from minzheng.kernel.bookings.notices import write_notices

__all__ = [
    "Told",
    "accept_offer",
    "arrive",
    "book",
    "cancel",
    "draw",
    "enter_draw",
    "finish",
    "join_waiting",
    "lapse",
    "mark_no_show",
    "note_no_shows",
    "open_calendar",
    "open_slots",
    "plan_draw",
    "set_hours",
    "set_places",
    "set_special_day",
    "settle_days",
    "told_of",
    "write_notices",
]
