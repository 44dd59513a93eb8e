"""Figures (统计指标) that open to their parts and rows, and the identities between them."""
