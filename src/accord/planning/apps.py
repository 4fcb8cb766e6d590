from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "accord.planning"

    def ready(self) -> None:
        # They register themselves: what is asked before and done after actions of others, what waits on the desk.
        from accord.planning import trail  # noqa: F401
        from accord.planning.checking import desk, following  # noqa: F401
