"""Elder-care facilities (养老服务设施): homes, centres, meal sites, day care; licences, beds, staff, prices."""
