"""Supervision of elder-care institutions (养老服务监管): check lists, the "1+6" campaign, yearly credit levels.

Other domains use `credit_level` and `subsidy_percent`: the visible rule by which a level reaches subsidies.
"""

KIND = "eldercare_home"
"""The kind of facility that is supervised here."""
