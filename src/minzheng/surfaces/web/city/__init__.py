"""The city's figures of casework, each opening to its rows (全市办件统计)."""
