"""The sample firm's hand-overs: what its sellers wrote to those who deliver, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from accord.contracts.handing_over import actions
from accord.contracts.handing_over.content import Words
from accord.contracts.models import HandOver
from accord.demo.history import have_been_handed_over
from accord.demo.world import Page, World
from accord.engagements.models import Engagement, Part
from accord.people.models import Member
from accord.planning.checking.actions import ask_for_check
from accord.planning.jobs import reschedule_later
from accord.relationships.models import Contact


class HandOvers:
    def __init__(self, world: World, members: Mapping[str, Member], contacts: Mapping[str, Contact]) -> None:
        self.world, self.members, self.contacts = world, members, contacts
        self._open_ones: list[tuple[Member, Engagement, Page]] = []

    def hand_over(self, engagement: Engagement, about: Page) -> None:
        """As it is written down, if it is; `about`: the engagement as it is written."""
        written = self.world.hand_overs.get(about["id"])
        if written is None:
            return
        seller = self.members[about["people"]["seller"]]
        if written.get("state") in ("offered", "sent_back"):
            self._open_ones.append((seller, engagement, written))
            return
        begins = -1 if written.get("state") == "accepted" else about["plan"]["begins"]
        offered, accepted = self.world.day(begins - 4), self.world.day(begins - 1)
        manager = self.members[about["people"]["project_manager"]]
        have_been_handed_over(seller, engagement, self._words(written), manager, offered, accepted)

    def open(self) -> None:
        """What still waits, once all plans are made: another plan would outdate the check that each letter tells of."""
        for seller, engagement, written in self._open_ones:
            self._open(seller, engagement, written)

    def _open(self, seller: Member, engagement: Engagement, written: Page) -> None:
        """It waits for delivery, or delivery has asked something."""
        manager = engagement.parts.get(part=Part.PROJECT_MANAGER).member
        _checked(engagement, manager)
        draft = actions.begin_hand_over(seller, engagement)
        draft = actions.change_hand_over(seller, draft, self._words(written), draft.revision)
        made = actions.offer_hand_over(seller, draft, [manager], draft.revision)
        if "asks" in written:
            self._sent_back(seller, manager, made, written)

    def _sent_back(self, seller: Member, manager: Member, made: HandOver, written: Page) -> None:
        actions.send_back(manager, made, written["asks"], made.digest)
        for question, text in zip(made.questions.all(), written["answers"], strict=False):
            actions.answer_delivery(seller, question, text)

    def _words(self, written: Page) -> Words:
        texts = {name: written.get(name, "") for name in ("why", "worries", "open", "unasked")}
        notes = {self.contacts[who].pk: note for who, note in written.get("notes", {}).items()}
        return Words(notes=notes, **texts)


def _checked(engagement: Engagement, manager: Member) -> None:
    """At once, not when a job comes to it: the letter tells how sure the plan is."""
    from accord.planning.checking.jobs import run_check

    reschedule_later.call(engagement.plan.pk, manager.pk)
    check = ask_for_check(manager, engagement)
    if check.result is None:
        run_check.call(check.pk)
