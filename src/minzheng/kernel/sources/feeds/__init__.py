"""What each kind of feed checks beyond single cells, and which actions it calls.

A feed offers `check(rows, context)`, which links rows and says what is wrong, and `apply(rows, context)`, which writes the
passing rows through the actions of the block that owns the record. Both take all rows of a file at once.
"""
