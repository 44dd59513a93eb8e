"""Community service centres (社区事务受理服务中心): sites, counters, queues, appointments."""
