"""Rooms and beds, who is in which and when (床位与入住); waiting lists and their fair allocation (轮候)."""
