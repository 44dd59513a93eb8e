"""Whether two people are too closely related to marry (禁止结婚的亲属关系, 民法典 第1048条): a pure reading of a graph.

The graph says who is a parent of whom, as far as the registers tell. Generations are counted as the law does: oneself is the
first, so a common grandparent makes three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

GENERATIONS = 3
"""三代以内旁系血亲."""


class Kinship(StrEnum):
    """How two people are related, where the law forbids them to marry."""

    LINEAL = "lineal"  # 直系血亲
    SIBLINGS = "siblings"  # 兄弟姐妹（含同父异母、同母异父）
    UNCLE_NIECE = "uncle_niece"  # 叔伯姑舅姨与侄、甥
    COUSINS = "cousins"  # 堂、表兄弟姐妹


WORDS = {
    Kinship.LINEAL: ("直系血亲", "related in direct line"),
    Kinship.SIBLINGS: ("兄弟姐妹", "brother and sister"),
    Kinship.UNCLE_NIECE: ("三代以内旁系血亲（叔伯姑舅姨与侄甥）", "uncle and niece, or aunt and nephew"),
    Kinship.COUSINS: ("三代以内旁系血亲（堂、表兄弟姐妹）", "first cousins"),
}


def parents_of(edges: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Parents of each child, from (parent, child) pairs."""
    parents: dict[int, set[int]] = {}
    for parent, child in edges:
        parents.setdefault(child, set()).add(parent)
    return parents


def ancestors(parents: Mapping[int, set[int]], person: int) -> dict[int, int]:
    """Every known ancestor with the steps up to them; the person is at 0. A loop in bad data ends by itself."""
    steps, edge, height = {person: 0}, {person}, 0
    while edge:
        height += 1
        edge = {parent for child in edge for parent in parents.get(child, ())} - steps.keys()
        steps.update(dict.fromkeys(edge, height))
    return steps


def forbidden_kinship(parents: Mapping[int, set[int]], one: int, other: int) -> Kinship | None:
    """The relation that forbids a marriage, or None where the graph shows none.

    >>> tree = parents_of([(1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)])
    >>> [forbidden_kinship(tree, *pair) for pair in ((1, 4), (2, 3), (2, 5), (4, 5), (6, 7))]
    [<Kinship.LINEAL: 'lineal'>, <Kinship.SIBLINGS: 'siblings'>, <Kinship.UNCLE_NIECE: 'uncle_niece'>, <Kinship.COUSINS: 'cousins'>, None]
    """
    up, over = ancestors(parents, one), ancestors(parents, other)
    if one in over or other in up:
        return Kinship.LINEAL
    shared = [(min(up[a], over[a]), max(up[a], over[a])) for a in up.keys() & over.keys()]
    near = [pair for pair in shared if pair[1] < GENERATIONS]
    if not near:
        return None
    return {(1, 1): Kinship.SIBLINGS, (1, 2): Kinship.UNCLE_NIECE}.get(min(near), Kinship.COUSINS)
