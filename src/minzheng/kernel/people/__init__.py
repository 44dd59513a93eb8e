"""Persons, households and what offices tell us about them."""
