"""Where to build next (养老服务设施布局规划)."""
