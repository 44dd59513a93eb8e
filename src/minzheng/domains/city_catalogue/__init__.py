"""The city's catalogue (市级事项目录): items taken at the service centres that no folder of a programme declares."""
