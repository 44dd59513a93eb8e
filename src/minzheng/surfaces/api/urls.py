"""The interface at /api/v1/ and its document at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from minzheng.kernel.access.middleware import open_to_all
from minzheng.surfaces.api import partners, problems, public

PREFIX = "/api/v1/"


class Interface(NinjaAPI):
    """The interface; its document says that refusals are problem documents."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix or PREFIX, path_params=path_params)
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        return document


api = Interface(
    title="民政平台接口 Minzheng",
    version="1",
    description="The city's service items and letters for everyone; cases passed on for partner departments.",
    urls_namespace="api",
    # The viewer that comes with the library loads scripts from elsewhere, which our content policy refuses.
    docs_url=None,
)
problems.install(api)
api.add_router("", public.router)
api.add_router("", partners.router)

app_name = "api"
# The library's own start page is left out: it would point at the viewer.
urlpatterns = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
for _pattern in urlpatterns:
    # Nobody acts before the token was read; every view of a partner asks for one.
    if _pattern.callback is not None:
        open_to_all(_pattern.callback)
