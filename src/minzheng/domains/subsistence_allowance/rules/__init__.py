"""The law of the subsistence allowance: members, income, assets, amount."""
