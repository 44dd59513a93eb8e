"""Care-needs assessment and the city-wide waiting list for beds (统一需求评估、床位统筹及轮候)."""
