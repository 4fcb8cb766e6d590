from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "accord.proposals"

    def ready(self) -> None:
        # It registers itself: what is told of an engagement's trail and on the desk.
        from accord.proposals import trail  # noqa: F401
        from accord.proposals.answering import desk  # noqa: F401
