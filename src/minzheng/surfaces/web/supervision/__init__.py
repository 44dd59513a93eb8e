"""Inspection and credit rating on screen (监管、信用)."""
