"""Places in time that must never be sold twice (预约): calendars, slots, release, waiting lists, queue numbers."""
