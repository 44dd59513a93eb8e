"""Windows of officials at the casework pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post

PASSWORD = "Huangpu-1949"


@pytest.fixture
def window():
    """`window(post)` is a signed-in browser of that post's official."""

    def enter(post: Post) -> Client:
        client = Client()
        account = User.objects.get(official__id=post.official_id)
        assert client.post("/login/", {"username": account.username, "password": PASSWORD}).status_code == 302
        return client

    return enter


def post_of(role: str, place: str) -> Post:
    return make_post(role, place, password=PASSWORD)
