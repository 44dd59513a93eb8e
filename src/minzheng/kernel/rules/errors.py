"""Errors of the law's text, told to the person who writes rules."""

from __future__ import annotations


class LawError(Exception):
    """Something in rules, parameters or manifests is wrong and must be corrected by whoever keeps the law."""


class RuleError(LawError):
    """A rule says something that cannot be traced; the message names its file and line and what to write."""

    def __init__(self, chinese: str, english: str, *, rule: str = "", file: str = "", line: int = 0) -> None:
        self.rule, self.file, self.line = rule, file, line
        where = f"{file}:{line} ({rule})\n  " if file else ""
        super().__init__(f"{where}{chinese}\n  {english}")


class CycleError(RuleError):
    """Rules need each other in a circle; `path` names them in order."""

    def __init__(self, path: list[str], *, file: str = "", line: int = 0) -> None:
        self.path = path
        arrow = " → ".join(path)
        super().__init__(
            f"规则互相依赖，成环：{arrow}",
            f"these rules need each other in a circle: {arrow}",
            rule=path[-1],
            file=file,
            line=line,
        )


class SnapshotDamaged(LawError):
    """A snapshot's two files do not fit together or lack a column that the law reads."""
