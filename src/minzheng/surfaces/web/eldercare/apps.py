from django.apps import AppConfig


class EldercarePagesConfig(AppConfig):
    name = "minzheng.surfaces.web.eldercare"
    label = "web_eldercare"

    def ready(self) -> None:
        from minzheng.kernel.ui.statuses import register_statuses
        from minzheng.surfaces.web.eldercare import dementia
        from minzheng.surfaces.web.eldercare.words import STATUSES
        from minzheng.surfaces.web.eldercare.workforce_words import STATUSES as WORKFORCE

        register_statuses(STATUSES | dementia.STATUSES | WORKFORCE)
