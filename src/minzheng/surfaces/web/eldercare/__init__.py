"""Elder care on screen: facilities and what is near me (养老服务)."""
