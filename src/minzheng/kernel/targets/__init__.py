"""Promises (为民办实事): what was planned, what is done, the evidence, the forecast."""
