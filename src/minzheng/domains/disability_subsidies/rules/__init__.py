"""The law of the two disability subsidies."""
