"""Reads the figures of `data/`: what the synthetic city is drawn to and lives by, each with its source."""

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
    """What the city is drawn to."""
    return load(DATA / "calibration.yaml")


def names() -> dict[str, Any]:
    return load(DATA / "names.yaml")


def entry(path: str, figures: dict[str, Any] | None = None) -> dict[str, Any]:
    """A figure with its source by its path, for example `households.second_child`; of the calibration where not told."""
    found = calibration() if figures is None else figures
    for key in path.split("."):
        found = found[key]
    return found


def figure(path: str, figures: dict[str, Any] | None = None) -> Any:
    """What a figure says: its value, or its values where it is a list or table."""
    found = entry(path, figures)
    return found["value"] if "value" in found else found["values"]


def unsourced(node: Any | None = None, path: str = "") -> list[str]:
    """Figures without a source or with a provenance that is none, by path; empty when all is well."""
    node = calibration() if node is None else node
    if not isinstance(node, dict):
        return []
    if "value" in node or "values" in node:
        return [] if node.get("source") and node.get("provenance") in PROVENANCE else [path]
    return [bad for key, child in node.items() for bad in unsourced(child, f"{path}.{key}".lstrip("."))]
