"""Service items (政务服务事项): declarations read from `service_items.yaml`, checked when they are loaded.

`catalogue()` gives every item by code; `item_on(code, day)` the version in force on a day; `search(text)` finds items by
everyday words, pinyin and initials.
"""
