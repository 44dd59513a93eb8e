"""The same target and officials as the block's own tests."""

from minzheng.kernel.targets.tests.conftest import district, judge, officer, target

__all__ = ["district", "judge", "officer", "target"]
