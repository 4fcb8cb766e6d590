from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "accord.proposals"

    def ready(self) -> None:
        # It registers itself: what is told of an engagement's trail.
        from accord.proposals import trail  # noqa: F401
