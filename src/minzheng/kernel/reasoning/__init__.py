"""Reasoning about the law: what follows from the graph itself, without any snapshot.

Cliffs are found by halving a household's line of income under safe bounds (`cliffs`); that two benefits
exclude each other is proved, or refuted by a household, with an SMT solver (`pairs`, which alone imports it).
"""

from minzheng.kernel.reasoning.cliffs import Cliff, CliffReport, Point, curve, find_cliffs, point
from minzheng.kernel.reasoning.coverage import Unreached, unreached
from minzheng.kernel.reasoning.differences import LawDifference, ValueChange, law_difference
from minzheng.kernel.reasoning.grounds import Grounds, grounds_of, unread_parameters
from minzheng.kernel.reasoning.shapes import Shape, load_shapes, shapes_of
from minzheng.kernel.reasoning.spans import Line

__all__ = [
    "Cliff",
    "CliffReport",
    "Grounds",
    "LawDifference",
    "Line",
    "Point",
    "Shape",
    "Unreached",
    "ValueChange",
    "curve",
    "find_cliffs",
    "grounds_of",
    "law_difference",
    "load_shapes",
    "point",
    "shapes_of",
    "unreached",
    "unread_parameters",
]
