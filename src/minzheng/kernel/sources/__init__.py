"""Files of other offices: contract, staging, row-level report, review queue, provenance (数据来源).

Names offered: `actions` (load_folder, load_file, decide_review), `queries` (the report), `registry` (hooks for writers),
`export` (the report as Excel), `models` (FeedFile, FeedRow, ReviewItem).
"""
