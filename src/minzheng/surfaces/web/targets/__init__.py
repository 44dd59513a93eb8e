"""Promises and their progress on screen (为民办实事)."""
