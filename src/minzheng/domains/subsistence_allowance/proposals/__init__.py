"""Rules proposed and not in force: looked at beside the law, never part of a month's decisions."""
