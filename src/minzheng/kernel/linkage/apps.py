from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "minzheng.kernel.linkage"
    label = "linkage"

    def ready(self) -> None:
        from minzheng.kernel.linkage.tasks import match_later
        from minzheng.kernel.sources import registry

        registry.register_follower(match_later)
