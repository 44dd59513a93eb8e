"""Finding an item by what a client calls it (事项检索)."""

from __future__ import annotations

from collections.abc import Iterable

from minzheng.kernel.items.model import Item


def find_items(text: str, offered: Iterable[Item], *, limit: int) -> list[Item]:
    """Items among those offered whose name, words or summary hold the text; the nearest first."""
    wanted = text.strip().lower()
    ranked = []
    for item in offered:
        names = (item.name.lower(), item.name_en.lower())
        rank = (
            0
            if any(wanted == name for name in names)
            else 1
            if any(wanted in name for name in names)
            else 2
            if any(wanted in word.lower() or word.lower() in wanted for word in item.words)
            else 3
            if wanted in item.summary.lower() or wanted in item.summary_en.lower()
            else 9
        )
        if rank < 9:
            ranked.append((rank, item.name, item))
    return [item for _rank, _name, item in sorted(ranked, key=lambda one: one[:2])[:limit]]
