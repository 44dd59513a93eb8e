"""One folder per programme or register; each tells its whole story.

`DOMAINS` lists the packages in the order in which screens show them. Adding a programme is: copy the
nearest folder, change it, list it here. `ITEM_PACKAGES` lists folders that hold service items and no programme,
`REGISTERS` those that keep a register; a folder of either kind with an `indicators.py` brings figures.
"""

DOMAINS = [
    "minzheng.domains.subsistence_allowance",
    "minzheng.domains.old_age_allowance",
    "minzheng.domains.disability_subsidies",
    "minzheng.domains.price_linkage",
    "minzheng.domains.one_off_subsidies",
]

ITEM_PACKAGES = [
    "minzheng.domains.city_catalogue",
]

REGISTERS = [
    "minzheng.domains.marriage_registration",
    "minzheng.domains.eldercare_facilities",
    "minzheng.domains.eldercare_beds",
    "minzheng.domains.eldercare_supervision",
    "minzheng.domains.eldercare_layout",
    "minzheng.domains.eldercare_workforce",
    "minzheng.domains.dementia_care",
    "minzheng.domains.social_relief",
    "minzheng.domains.annual_summary",
]
