"""What a password must have beyond Django's own checks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 8


class Hasher(PBKDF2PasswordHasher):
    """Django's hasher, which leaves a stored hash alone at sign-in: nobody acts then, so nobody may change accounts."""

    def must_update(self, encoded: str) -> bool:
        return False


class Length:
    """Eight characters or more; Django's own check has no Chinese wording."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return _("密码至少八位。")


class CharacterClasses:
    """Three of four kinds: capital letters, small letters, digits, signs (复杂度). Usual practice under GB/T 22239 level 3."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
        if sum(kinds) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("密码须包含大写字母、小写字母、数字、符号中的至少三类。")
