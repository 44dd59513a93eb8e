from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "minzheng.kernel.awards"
    label = "awards"

    def ready(self) -> None:
        # Models may be imported only once the apps are ready, so the hook is registered here.
        from minzheng.kernel.awards.roster import programme_of, take_over_roster
        from minzheng.kernel.people.actions import register_follower
        from minzheng.kernel.sources import registry

        registry.register_writer("awards_roster", take_over_roster)
        registry.register_purposes(programme_of)

        # Awards go with a merged record, except where the survivor has the same benefit in the same months: that one
        # stays, its payments are held, and the month's difference asks an officer to end it.
        register_follower(
            "awards_award",
            clash="s.benefit = a.benefit AND s.start_month <= coalesce(a.end_month, 'infinity')"
            " AND a.start_month <= coalesce(s.end_month, 'infinity')",
        )
        register_follower(
            "awards_awardperiod",
            clash="EXISTS (SELECT 1 FROM awards_award w WHERE w.id = a.award_id AND w.person_id = a.person_id)",
        )
