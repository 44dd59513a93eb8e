"""People who care (养老服务队伍): workers, certificates, training, subsidies."""
