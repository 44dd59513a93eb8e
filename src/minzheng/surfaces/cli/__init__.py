"""The `minzheng` command: one file per area, gathered in `main`."""
