"""Compiles every template, so that a wrong tag is found before somebody opens the page."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines
from django.template.utils import get_app_template_dirs


def faults() -> list[str]:
    """One line for each template that does not compile."""
    found = []
    for folder in get_app_template_dirs("templates"):
        if "site-packages" in str(folder):
            continue
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                try:
                    engines["django"].from_string(path.read_text(encoding="utf-8"))
                except TemplateSyntaxError as error:
                    found.append(f"{path}: {error}")
    return found


if __name__ == "__main__":
    django.setup()
    wrong = faults()
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
