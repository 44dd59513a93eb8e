"""Dementia care (老年认知障碍照护): units, friendly communities, early screening."""
