"""The fixtures of the kernel's tests of figures."""

from minzheng.kernel.indicators.tests.conftest import declared

__all__ = ["declared"]
