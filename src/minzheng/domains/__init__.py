"""One folder per programme or register; each tells its whole story.

`DOMAINS` lists the packages in the order in which screens show them. Adding a programme is: copy the
nearest folder, change it, list it here.
"""

DOMAINS = [
    "minzheng.domains.subsistence_allowance",
    "minzheng.domains.old_age_allowance",
    "minzheng.domains.disability_subsidies",
]
