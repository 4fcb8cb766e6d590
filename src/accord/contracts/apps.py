from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "accord.contracts"

    def ready(self) -> None:
        # They register themselves: what reviews decide on, what is asked and followed, what waits, and what is told.
        from accord.contracts import letting_pass, trail  # noqa: F401
        from accord.contracts.handing_over import desk as hand_over_desk  # noqa: F401
        from accord.contracts.handing_over import gates as hand_over_gates  # noqa: F401
        from accord.contracts.handing_over import trail as hand_over_trail  # noqa: F401
        from accord.contracts.reviewing import desk, evidence, gates, voiding  # noqa: F401
        from accord.contracts.signing import contracted, reviewable  # noqa: F401
        from accord.contracts.signing import desk as signing_desk  # noqa: F401
        from accord.contracts.signing import gates as signing_gates  # noqa: F401
        from accord.contracts.signing import trail as signing_trail  # noqa: F401
