"""Dementia care (老年认知障碍照护): units with their beds and staff, friendly communities, early screening."""
