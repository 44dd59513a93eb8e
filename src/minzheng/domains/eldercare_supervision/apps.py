from pathlib import Path

from django.apps import AppConfig

from minzheng.kernel.inspections.checklists import register_checklists


class EldercareSupervisionConfig(AppConfig):
    name = "minzheng.domains.eldercare_supervision"
    label = "eldercare_supervision"

    def ready(self) -> None:
        from minzheng.domains.eldercare_supervision import KIND

        register_checklists(KIND, Path(__file__).parent / "checklists")
