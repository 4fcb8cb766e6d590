from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "accord.contracts"

    def ready(self) -> None:
        # They register themselves: what gates ask, what waits, what is told of the trail and of what was contracted.
        from accord.contracts.signing import contracted, desk, gates, trail  # noqa: F401
