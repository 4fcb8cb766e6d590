from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "accord.contracts"

    def ready(self) -> None:
        # They register themselves: what the start of the work asks, what waits on desks, what the trail tells.
        from accord.contracts.handing_over import desk, gates, trail  # noqa: F401
