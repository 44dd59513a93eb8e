"""Siting plans on a map (布局规划)."""
