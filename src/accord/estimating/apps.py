from django.apps import AppConfig


class EstimatingConfig(AppConfig):
    name = "accord.estimating"

    def ready(self) -> None:
        # They register themselves: gates, followers, what waits on the desk.
        from accord.estimating import actions, confidentiality, coverage, desk, independence, trail  # noqa: F401
