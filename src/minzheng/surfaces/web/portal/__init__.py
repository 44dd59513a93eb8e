"""The resident's portal: find a service, apply, follow it (居民门户)."""
