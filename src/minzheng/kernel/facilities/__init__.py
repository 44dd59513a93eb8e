"""Facilities (设施): the places where a service is given, who runs them, when they are open.

Models in `models`, verbs in `actions`, row-level security of a facility's own tables in `guards`.
"""
