"""The design system: layout, components, forms, tables, charts, letters.

Every screen of every domain is put together from here, so that a clerk who has learnt one page has learnt them
all, and a fault in contrast, keyboard order or escaping is mended once. The block has no models. Templates call it
by `{% load ui_tags %}`; views build its tables, charts and maps as plain objects.
"""
