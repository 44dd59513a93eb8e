"""Outreach: findings that are not yet awards become leads and notices (政策找人).

The law says who qualifies; the awards say who receives. The difference is work: somebody to visit, an amount to
confirm, an end to decide. For programmes granted without application (免申即享) it is a notice with an objection
window, after which the award starts by itself.

Public modules: `models` (Finding, FindingCount, Lead, LeadEvent, Notice, OptOut), `actions` (record outcomes, apply, decide, opt
out), `difference` (the set-based comparison of a month), `notices`, `queries`.
"""
