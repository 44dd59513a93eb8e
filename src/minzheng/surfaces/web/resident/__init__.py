"""A resident's own pages (居民页面)."""
