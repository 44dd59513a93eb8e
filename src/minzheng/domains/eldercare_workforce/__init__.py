"""The elder-care workforce (养老服务队伍): care workers, their training and subsidies, key institutions, skill contests."""
