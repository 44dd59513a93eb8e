"""What-if of the law (政策试算): the law as it stands and as it might be, over the same people.

A reform is a set of other values for legal parameters (and, at the command line, other texts of rules). Both laws are
evaluated over one snapshot; the two rolls are joined and counted as sets. A reform that was decided is promoted: two
officers turn it into an entry of the parameter files, with its paper (decision 0015).

Public modules: `changes` and `replacing` (the reformed law), `comparing` and `counting` (who gains, who loses, what it
costs), `models`, `actions`, `promotion`, `examples`, `queries`, `tasks`.
"""
