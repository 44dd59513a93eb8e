"""Readings of officials and posts for screens and commands."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from minzheng.kernel.access.models import Official, Post, ResidentAccount


def posts_of(user_id: int, on: date) -> list[Post]:
    """The posts an account may act in on a day, in order of their grant."""
    return list(
        Post.objects.filter(official__user_id=user_id, official__user__is_active=True, during__contains=on)
        .exclude(role="service")
        .select_related("official")
        .order_by("id")
    )


def resident_of(user_id: int) -> int | None:
    """The person whose account this is; None for an official's."""
    return ResidentAccount.objects.filter(user_id=user_id).values_list("person_id", flat=True).first()


def officials() -> QuerySet[Official]:
    """Every official with account and posts, by username."""
    return Official.objects.select_related("user").prefetch_related("posts").order_by("user__username")
