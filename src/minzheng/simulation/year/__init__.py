"""A year of the simulated city's life, month by month, through the actions that real users take; it never writes a figure."""
