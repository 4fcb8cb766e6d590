"""Whatever happens in whatever order: nothing is told twice, nothing is lost, nothing is told that is gone."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
import time_machine
from django.core.mail import EmailMessage

from accord.notices import rounds
from tests import firm
from tests.notices.builders import HOUR, Killed, Lines, MailServer, chooses, go

pytestmark = pytest.mark.django_db

_NAMES = ("a", "b", "c")


class World:
    """Two members' desks, a mail server and workers, to which things happen by chance."""

    def __init__(self, chance: random.Random, lines: Lines, server: MailServer, clock: object) -> None:
        self.chance, self.lines, self.server, self.clock = chance, lines, server, clock
        self.members = [firm.member(name="Abel"), firm.member(name="Nora")]
        for member, when in zip(self.members, ("at_once", "daily"), strict=True):
            chooses(member, when)
        self.standing: dict[tuple[int, str], str] = {}  # what waits, in words that nothing else ever has
        self.put = 0
        self.told: Counter[str] = Counter()
        self.died: Counter[str] = Counter()  # how often a worker died after the mail server had taken it
        server.while_sending = self._sees

    def _sees(self, letter: EmailMessage) -> None:
        (member,) = (m for m in self.members if letter.to == [m.email])
        words = [line[2:] for line in str(letter.body).splitlines() if line.startswith("* ")]
        assert words
        own = {what for (pk, _), what in self.standing.items() if pk == member.pk}
        assert set(words) <= own, "what is gone, or somebody else's, is not mailed"
        self.told.update(words)
        if self.server.kills_after:
            self.died.update(words)

    def round(self) -> None:
        with suppress(Killed):
            rounds.go(looks=self.chance.random() < 0.7)

    def seen_by_all(self) -> None:
        """Rounds until one ends that looked: what vanishes and comes back in between is the same thing still."""
        while True:
            with suppress(Killed):
                return go()

    def appears(self) -> None:
        member, name = self.chance.choice(self.members), self.chance.choice(_NAMES)
        if not self.lines.has(member, name):
            self.put += 1
            self.standing[member.pk, name] = what = f"Do {name} ({self.put})."
            self.lines.put(member, name, what)

    def vanishes(self) -> None:
        member, name = self.chance.choice(self.members), self.chance.choice(_NAMES)
        if self.lines.has(member, name):
            self.lines.take(member, name)
            del self.standing[member.pk, name]
            self.seen_by_all()

    def time_passes(self) -> None:
        self.clock.shift(dt.timedelta(minutes=self.chance.choice((1, 3, 12, 70, 400))))  # type: ignore[attr-defined]

    def server_goes(self) -> None:
        self.server.fails = ConnectionRefusedError("away")

    def server_comes(self) -> None:
        self.server.fails = None

    def worker_dies_before(self) -> None:
        self.server.kills_before = True

    def worker_dies_after(self) -> None:
        self.server.kills_after = True

    def something_happens(self) -> None:
        often: list[Callable[[], None]] = [self.appears, self.round, self.time_passes] * 3
        seldom = [self.vanishes, self.server_goes, self.server_comes, self.server_comes]
        self.chance.choice([*often, *seldom, self.worker_dies_before, self.worker_dies_after])()

    def in_the_end(self) -> None:
        """All goes well for some days."""
        self.server.fails, self.server.kills_before, self.server.kills_after = None, False, False
        for _ in range(5 * 12):
            go()
            self.clock.shift(2 * HOUR)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_told_twice_nor_lost_nor_when_it_is_gone(
    seed: int, lines: Lines, server: MailServer, clock: time_machine.Traveller
) -> None:
    world = World(random.Random(seed), lines, server, clock)
    for _ in range(80):
        world.something_happens()
    world.in_the_end()
    lost = set(world.standing.values()) - set(world.told)
    twice = {what: n for what, n in world.told.items() if n > 1 + world.died[what]}
    assert (lost, twice) == (set(), {})
