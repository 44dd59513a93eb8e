"""Figures that open to their rows (统计指标)."""
