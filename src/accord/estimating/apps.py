from django.apps import AppConfig


class EstimatingConfig(AppConfig):
    name = "accord.estimating"

    def ready(self) -> None:
        from accord.estimating import actions, coverage  # noqa: F401  (their gates and followers register themselves)
