from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "accord.contracts"

    def ready(self) -> None:
        # They register themselves: what reviews decide on, what they ask and follow, and what they tell.
        from accord.contracts import trail  # noqa: F401
        from accord.contracts.reviewing import desk, evidence, gates, voiding  # noqa: F401
