from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "minzheng.kernel.awards"
    label = "awards"

    def ready(self) -> None:
        # Models may be imported only once the apps are ready, so the hook is registered here.
        from minzheng.kernel.awards.roster import programme_of, take_over_roster
        from minzheng.kernel.sources import registry

        registry.register_writer("awards_roster", take_over_roster)
        registry.register_purposes(programme_of)
