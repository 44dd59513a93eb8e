"""Social relief as a whole (社会救助): what its schemes cover and pay together. It keeps no records of its own.

The schemes that exist so far are the subsistence allowance (最低生活保障) and the price subsidy (价格临时补贴); one that comes
later is added to `indicators.py` here.
"""
