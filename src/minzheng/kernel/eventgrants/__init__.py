"""Grants by event (按事件发放): an event is decided on, its list is frozen, each person on it is paid once.

The kernel's part of every benefit that no month's facts decide but something that happened: prices that rose, a
disaster, a festival. A domain says what the event is, what proves it and who was entitled in its month; this block
freezes the list with its digest, has a second official approve it, opens one award of one month for each person and
leaves paying to `kernel.payments`, whose keys already keep anybody from being paid twice.
"""
