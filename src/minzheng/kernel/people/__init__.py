"""Persons, households and what offices tell us about them.

Verbs are in `actions`, readings for screens in `queries`, the columns for the rules in `frames`; `identifiers` and `names`
check what files carry, `facts` and `authority` hold the catalogues. Tables are in `models`.
"""
