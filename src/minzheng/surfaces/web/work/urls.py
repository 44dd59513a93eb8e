"""Every area of the workbench lists its own addresses; this gathers them."""

from minzheng.surfaces.web.work import audit, feeds, home, law, leads, months, payments, people

urlpatterns = [
    *home.urls,
    *leads.urls,
    *people.urls,
    *months.urls,
    *payments.urls,
    *feeds.urls,
    *law.urls,
    *audit.urls,
]
