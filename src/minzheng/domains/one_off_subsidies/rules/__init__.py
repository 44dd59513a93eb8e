"""No rules of a month: a notice says who is entitled on its cut-off day (`listing.py`)."""
