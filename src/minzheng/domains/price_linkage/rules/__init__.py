"""No rules of a month: an index starts the mechanism (`trigger.py`), and the list is that of the month (`listing.py`)."""
