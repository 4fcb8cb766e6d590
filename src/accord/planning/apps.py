from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "accord.planning"

    def ready(self) -> None:
        from accord.planning.checking import following  # noqa: F401  what it asks before and does after others' actions
