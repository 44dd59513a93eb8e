"""Assessment, beds and the waiting list on screen (需求评估、床位轮候)."""
