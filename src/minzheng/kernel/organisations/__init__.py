"""Organisations: legal persons with their officers and sites.

Models in `models`, the check of codes in `codes`, verbs in `actions`.
"""
