"""Addresses of a resident's own pages."""

from minzheng.surfaces.web.resident.pages import urls

urlpatterns = urls
