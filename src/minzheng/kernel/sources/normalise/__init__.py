"""Reads single cells: what an office wrote → the value it means, or why it means none.

Every normaliser takes any cell and a field's settings, never raises, and gives the same answer when its own answer is
written out and read again. What it says is a list of codes of `messages.yaml`.
"""

from minzheng.kernel.sources.normalise.fields import normaliser
from minzheng.kernel.sources.normalise.values import Settings, Value

__all__ = ["Settings", "Value", "normaliser"]
