"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.figures import checks, comparison, figure, overview, published, rows, stated

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="figures"),
    path("identities/", checks.page, name="figures_identities"),
    path("comparison/", comparison.page, name="figures_comparison"),
    path("summary/", stated.page, name="figures_summary"),
    path("<str:code>/", figure.page, name="figure"),
    path("<str:code>/rows/", rows.page, name="figure_rows"),
    path("<str:code>/published/", published.page, name="figure_published"),
]
