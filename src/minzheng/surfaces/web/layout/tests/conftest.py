"""The same two streets as the domain's own tests."""

from minzheng.domains.eldercare_layout.tests.conftest import city

__all__ = ["city"]
