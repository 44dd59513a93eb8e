"""Readings that only the screens need: bounded, by sets, within the acting post."""
