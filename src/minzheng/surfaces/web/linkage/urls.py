"""Addresses of this area, below `work/linkage/`."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.linkage import done, model, pair, queue

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.page, name="linkage"),
    path("<int:pk>/", pair.page, name="linkage_pair"),
    path("<int:pk>/undo/", done.undo_pair, name="linkage_undo"),
    path("done/", done.page, name="linkage_done"),
    path("merges/", done.merges, name="linkage_merges"),
    path("merges/<int:pk>/undo/", done.undo_merge, name="linkage_undo_merge"),
    path("model/", model.page, name="linkage_model"),
]
