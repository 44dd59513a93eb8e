"""Reads the figures that the synthetic city is drawn to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
PROVENANCE = {"seed", "public", "illustrative"}


@cache
def load(path: Path) -> dict[str, Any]:
    """A file of figures, read once."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def calibration() -> dict[str, Any]:
    """The whole file."""
    return load(DATA / "calibration.yaml")


@cache
def names() -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / "names.yaml").read_text(encoding="utf-8")))


def figure(path: str) -> Any:
    """One value by its path, for example `households.second_child`."""
    found: Any = calibration()
    for key in path.split("."):
        found = found[key]
    return found["value"]


def unsourced(node: Any | None = None, path: str = "") -> list[str]:
    """Figures without a source or with a provenance that is none, by path; empty when all is well."""
    node = calibration() if node is None else node
    if not isinstance(node, dict):
        return []
    leaf = {"value", "values", "bands", "share", "median"} & set(node)
    if leaf:
        return [] if node.get("source") and node.get("provenance") in PROVENANCE else [path]
    return [bad for key, child in node.items() for bad in unsourced(child, f"{path}.{key}".lstrip("."))]
