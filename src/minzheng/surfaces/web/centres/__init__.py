"""Service centres on screen: queue, counters, appointments, the hall's display (受理中心)."""
