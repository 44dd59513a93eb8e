from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "minzheng.kernel.outreach"
    label = "outreach"

    def ready(self) -> None:
        # Work about a merged record goes with it, unless the same work is pending about the survivor already.
        from minzheng.kernel.people.actions import register_follower

        pending = "('open', 'visited', 'not_found', 'applied')"
        register_follower(
            "outreach_lead", clash=f"s.benefit = a.benefit AND s.state IN {pending} AND a.state IN {pending}"
        )
        register_follower(
            "outreach_notice",
            clash="s.benefit = a.benefit AND s.about = 'grant' AND a.about = 'grant'"
            " AND s.state IN ('issued', 'objected') AND a.state IN ('issued', 'objected')",
        )
        register_follower(
            "outreach_optout",
            clash="s.programme = a.programme AND s.withdrawn_on IS NULL AND a.withdrawn_on IS NULL",
        )
