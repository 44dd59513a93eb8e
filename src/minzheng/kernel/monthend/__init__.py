"""Month end: one run takes a month from the registers to drafted payments (月度核发).

Snapshot → evaluate → findings → outreach → adjust → draft. Each step commits its work and the fact that it is done in
one transaction, so a run that was killed goes on where it stopped and a run that is repeated changes nothing.

Public modules: `models` (MonthRun, MonthStep, MonthTotal), `actions` (run_month), `queries`, `jobs`.
"""
