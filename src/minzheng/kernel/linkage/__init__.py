"""Linkage: rows that name nobody for certain, and records that may be one person (数据比对与关联).

Names offered: `actions` (match_rows, find_duplicates, train_model, decide, undo), `queries` (the queue and its evidence),
`models` (LinkModel, Proposal).
"""
