"""Supervision of elder-care homes and their credit rating (综合监管、信用评价)."""
