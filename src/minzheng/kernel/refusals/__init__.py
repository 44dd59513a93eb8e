"""Refusals (不予办理): an act that the rules do not allow, said so that whoever asked can act on it."""

from __future__ import annotations


class Refusal(Exception):
    """An act was refused and nothing was changed; the message says why and what to do, 中文 and English parted by ' / '.

    Every block's and domain's own refusal is one of these, so that a page that acts need not list whose it may meet. A missing
    permission is none: it is answered and traced as such.
    """
