"""Linkage on screen: pairs that may be one person side by side, decisions, merges and taking them back (比对与合并)."""
