"""How Accord says no: which rule, why, who can change it, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class Refused(Exception):
    """A rule forbids this.

    `rule`: the rule in plain words. `because`: the facts that broke it. `remedy`: who can change it, or what to do instead.
    """

    rule: str
    because: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule} {self.because} {self.remedy}"


class NotAllowed(Refused):
    """The actor may not do this at all, whatever the facts."""


class WrongInput(Exception):
    """What was typed cannot be taken: a message for each field ('' for the whole)."""

    def __init__(self, **messages: str) -> None:
        self.messages = messages
        super().__init__("; ".join(messages.values()))
