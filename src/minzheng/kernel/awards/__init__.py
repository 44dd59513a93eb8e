"""Awards: entitlements in time (待遇发放资格).

An award says that a person, or a household through the person who collects for it, is to receive a benefit from one
month to another, and how much in which months. It never overlaps another award of the same benefit: the database
refuses, so no path through the code can pay twice. What happened to it stands in its events, which are only added.

Public modules: `models` (Award, AwardPeriod, AwardEvent, Overpayment), `actions` (grant, adjust, suspend, resume, end,
recalculate and their set-based `*_many`), `queries`, `history` (replay of events), `roster` (taking over who is
already being paid).
"""
