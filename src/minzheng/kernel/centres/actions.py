"""Every act at a centre, gathered for screens, commands and the simulation."""

from minzheng.kernel.centres.appointments import book, cancel, change, note_no_shows
from minzheng.kernel.centres.calling import (
    call_next,
    finish,
    hold,
    leave,
    no_show,
    put_back,
    recall,
    resume,
    start,
    transfer,
)
from minzheng.kernel.centres.closing import Closed, close_day
from minzheng.kernel.centres.counters import begin_day, close_counter, open_counter, set_counter
from minzheng.kernel.centres.sites import close_many, close_on, load_centres, open_slots
from minzheng.kernel.centres.tickets import check_in, claim_carried, take_ticket

__all__ = [
    "Closed",
    "begin_day",
    "book",
    "call_next",
    "cancel",
    "change",
    "check_in",
    "claim_carried",
    "close_counter",
    "close_day",
    "close_many",
    "close_on",
    "finish",
    "hold",
    "leave",
    "load_centres",
    "no_show",
    "note_no_shows",
    "open_counter",
    "open_slots",
    "put_back",
    "recall",
    "resume",
    "set_counter",
    "start",
    "take_ticket",
    "transfer",
]
