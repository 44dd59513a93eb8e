"""The law of the old-age allowance."""
