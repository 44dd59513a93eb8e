from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "minzheng.kernel.access"
    label = "access"

    def ready(self) -> None:
        from minzheng.kernel.access import signins  # noqa: F401  (connects the signals of sign-in)
        from minzheng.kernel.access.preparation import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="access renews rights")
