"""Casework (办件): from the first question to the result, at any counter or online.

Public modules: `models`, `actions` (every act on a case), `queries`, `states` (the one table of permitted moves).
"""
