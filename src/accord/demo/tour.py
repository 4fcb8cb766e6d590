"""What the sign-in page of the sample firm tells: its stories in steps, and its people by what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from accord.demo.firm import mail_of
from accord.demo.world import Page, World
from accord.engagements.models import Engagement
from accord.people.models import Member
from accord.planning.models import PromiseCheck
from accord.proposals.models import Link


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    name: str
    title: str
    initials: str
    to_try: str


@dataclass(frozen=True, slots=True)
class Step:
    person: Person
    text: str
    address: str  # where it begins


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    about: str
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Tour:
    stories: list[Story]
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Checks:
    """How many promise checks were asked for, and how many have their answer."""

    asked: int
    answered: int

    @property
    def are_waiting(self) -> bool:
        return self.answered < self.asked


def tour() -> Tour:
    written = World(dt.date.today()).tour
    members = {m.email: m for m in Member.objects.filter(is_active=True)}
    said = {key: text for group in written["groups"] for key, text in group["people"].items()}
    people = {
        key: Person(member.pk, member.name, member.title, member.initials, text)
        for key, text in said.items()
        if (member := members.get(mail_of(key))) is not None
    }
    stories = [_story(story, people, written["places"]) for story in written["stories"]]
    groups = [
        Group(group["name"], [people[key] for key in group["people"] if key in people])
        for group in written["groups"]
    ]
    return Tour(stories, groups)


def _story(written: Page, people: Mapping[str, Person], places: Mapping[str, str]) -> Story:
    titles = {step.get("of", written.get("engagement")) for step in written["steps"]}
    found = dict(Engagement.objects.filter(title__in=titles).values_list("title", "pk"))
    steps = [
        Step(people[step["as"]], step["do"], reverse(places[step["at"]], args=[found[of]]))
        for step in written["steps"]
        if (of := step.get("of", written.get("engagement"))) in found and step["as"] in people
    ]
    return Story(written["title"], written["about"], steps)


def client_link() -> Link | None:
    """Of a proposal that can be read and answered."""
    rows = Link.objects.filter(proposal__state="sent", revoked_at=None, expires_on__gte=dt.date.today())
    return rows.select_related("contact__client", "proposal__engagement").order_by("id").first()


def checks() -> Checks:
    over = Q(state__in=[PromiseCheck.State.DONE, PromiseCheck.State.FAILED])
    return Checks(**PromiseCheck.objects.aggregate(asked=Count("pk"), answered=Count("pk", filter=over)))
