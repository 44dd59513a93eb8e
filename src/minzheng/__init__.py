"""Minzheng (民政): the civil-affairs platform of a great city."""
