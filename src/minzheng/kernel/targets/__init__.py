"""Promises (为民办实事) and plan indicators: what was set, by whom, for where; what is done, shown by records; what is missing.

A number is never typed in as done: it is the sum of evidence that the city accepted, or the count of a register. Models in
`models`, verbs in `actions`, readings in `queries`, counts of registers in `counts`.
"""
