"""Inspections (监督检查): plans drawn by lot, visits, findings, rectification, penalties, publication.

Generic over what is inspected: the subject is a facility, the check lists are data that a domain registers. Models in `models`,
the draw that anybody can repeat in `drawing`, verbs in `planning`, `visiting`, `rectifying`, `penalties` and `publishing`.
"""
