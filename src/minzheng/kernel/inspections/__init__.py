"""Inspection (监督检查): plans by risk, random draws, findings, rectification, penalties, scored sheets."""
