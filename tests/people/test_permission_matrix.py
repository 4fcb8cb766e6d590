"""Every action by every access role, on what is one's own and what is not, against permissions.txt.

Only the permission functions are asked: nothing is done. A change of the table is a change of the rules; it is made by
`make permissions` and read like any other change.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from django.db import models

import accord.demo.history  # only the sample firm's loader brings it in
import accord.urls  # noqa: F401  # brings in every room's views, and by them every action
from accord.actions.door import Action, registry
from accord.actions.refusals import NotAllowed, Refused
from accord.contracts.models import (
    Amendment,
    Condition,
    Contract,
    HandOver,
    HandOverQuestion,
    Question,
    Review,
    SeatTaken,
)
from accord.engagements.actions import record_expectation
from accord.engagements.models import (
    Engagement,
    Expectation,
    Override,
    Part,
    Profile,
    SavedView,
    TakenPart,
)
from accord.engagements.policies.content import AS_DELIVERED
from accord.estimating.models import Contribution, Estimate, Template
from accord.people.actions import deactivate_member
from accord.people.models import Absence, AccessRole, Firm, Invitation, Member, Role, Skill, Team
from accord.people.queries import the_firm
from accord.planning.models import Activity, Assignment, Link, Plan, PromiseCheck, Scenario
from accord.proposals.models import Answer, Clause, Proposal, RateCard, Sending
from accord.proposals.models import Link as ClientLink
from accord.relationships.models import Contact, Relationship
from tests import firm

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("permissions.txt")
HEAD = """\
# Who may do what. Made by `make permissions`; a change of this file is a change of the rules.
#
# own: an engagement in which the member has the part that goes with the role (or is in the team), a relationship that
#      they own, a team that they lead, and what belongs to these; themselves and what is theirs.
# not own: anybody else's. confidential: an engagement of others that is confidential.
# "has left" is a member with every role who was deactivated; "nobody signed in" is also the system itself.
"""
ACTIVE = ["no role", *(str(role.label) for role in AccessRole)]
_WRITING = [name for name in ACTIVE if name not in ("no role", AccessRole.AUDITOR.label)]
_PART_OF = {role: Part(role.value) for role in AccessRole if role.value in Part.values}

# How an object of a class is made for an owner; `about()` fills in what its model needs. An action about a class that
# is not here fails the test: add the class, with what makes an object of it the owner's.
Made = Callable[[Member, bool], models.Model]
FACTORIES: dict[type[models.Model], Made] = {}


def factory(*classes: type[models.Model]) -> Callable[[Made], Made]:
    def put(make: Made) -> Made:
        FACTORIES.update(dict.fromkeys(classes, make))
        return make

    return put


@factory(Member)
def _member(owner: Member, confidential: bool) -> Member:
    return owner


@factory(Firm)
def _firm(owner: Member, confidential: bool) -> Firm:
    return the_firm()


@factory(Relationship)
def _relationship(owner: Member, confidential: bool) -> Relationship:
    made = firm.relationship()
    made.owner = owner  # also where the rules would not let them become it
    return _written(made)


@factory(Engagement)
def _engagement(owner: Member, confidential: bool) -> Engagement:
    made = firm.engagement(firm.member(AccessRole.SELLER), confidential=confidential)
    role = next(iter(owner.access_roles), "")
    part = _PART_OF.get(AccessRole(role), Part.TEAM) if role else Part.TEAM
    _written(TakenPart(engagement=made, member=owner, part=part))
    return made


@factory(Expectation)
def _expectation(owner: Member, confidential: bool) -> Expectation:
    engagement = _engagement(owner, confidential)
    seller = engagement.parts.filter(part=Part.SELLER).earliest("pk").member
    return record_expectation(seller, engagement, firm.a_date())


@factory(Team)
def _team(owner: Member, confidential: bool) -> Team:
    return _written(Team(name=f"Team of {owner.pk}", lead=owner))


@factory(Assignment)
def _assignment(owner: Member, confidential: bool) -> Assignment:
    return _written(Assignment(activity=about(Activity, owner, confidential), member=owner))


@factory(Link)
def _link(owner: Member, confidential: bool) -> Link:
    first = about(Activity, owner, confidential)
    second = _written(Activity(plan=first.plan, code="second", position=2, name="Second"))
    return _written(Link(source=first, target=second))


@factory(Contact)
def _contact(owner: Member, confidential: bool) -> Contact:
    return _written(Contact(client=_relationship(owner, confidential).client, name="Somebody"))


@factory(ClientLink)
def _client_link(owner: Member, confidential: bool) -> ClientLink:
    proposal = about(Proposal, owner, confidential)
    person = _written(Contact(client=proposal.engagement.relationship.client, name="Somebody"))
    sending = _written(Sending(proposal=proposal, contact=person))
    about_it = {"sending": sending, "made_by": owner, "expires_on": "2026-01-01"}
    made = ClientLink(proposal=proposal, contact=person, **about_it)
    made.digest = made.nonce
    return _written(made)


@factory(Answer)
def _answer(owner: Member, confidential: bool) -> Answer:
    link = _client_link(owner, confidential)
    return _written(Answer(link=link, proposal=link.proposal, kind=Answer.Kind.COMMENT, text="When?"))


@factory(Contract)
def _contract(owner: Member, confidential: bool) -> Contract:
    """Let pass, so that no review has to be there."""
    text = about(Proposal, owner, confidential)
    passed = Override(
        engagement=text.engagement,
        deed="sign",
        about=f"{text.pk}",
        name="x",
        facts="x",
        because="x",
        by=owner,
    )
    return _written(
        Contract(
            engagement=text.engagement, year=2026, serial=text.pk, title="x", kind="contract", proposal=text,
            override=_written(passed), digest="x", begins_on="2026-01-01", prepared_by=owner,
        )
    )  # fmt: skip


@factory(Review)
def _review(owner: Member, confidential: bool) -> Review:
    """In a review that somebody else called a person's own is the seat."""
    terms = AS_DELIVERED.profiles[Profile.STANDARD].model_dump(mode="json")
    called_by = _engagement(firm.member(AccessRole.SELLER), False).parts.earliest("pk").member
    return _written(
        Review(
            engagement=_engagement(owner, confidential),
            called_by=called_by,
            kind=Review.Kind.BID,
            about="0" * 64,
            name="whether to bid",
            due_on="2026-01-01",
            profile=Profile.STANDARD,
            policy_version=0,
            terms=terms,
            evidence={},
            evidence_digest="0" * 64,
        )
    )


@factory(Condition)
def _condition(owner: Member, confidential: bool) -> Condition:
    """One that the person raised and somebody else sees to: its owner may not confirm it."""
    review = _review(owner, confidential)
    return _written(
        Condition(review=review, text="It is so.", blocks="sign", owner=review.called_by, raised_by=owner)
    )


def belongs(model: type[models.Model]) -> None:
    """Objects of this class belong to an engagement, relationship or member by their foreign keys."""

    @factory(model)
    def _make(owner: Member, confidential: bool) -> models.Model:
        return about(model, owner, confidential)


_BELONGING = (
    *(Absence, Invitation, Role, Skill),
    *(SavedView, Estimate, Contribution, Template, Proposal),
    *(Sending, Clause, RateCard),
    *(HandOver, HandOverQuestion),
    *(Plan, Activity, Scenario, PromiseCheck),
    Amendment,
    *(SeatTaken, Question),
)
for _model in _BELONGING:
    belongs(_model)


def about(model: type[models.Model], owner: Member, confidential: bool) -> Any:
    """An object of a model with what it must have, written past the door: only permissions are asked about it."""
    given: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.null or field.has_default() or field.primary_key or getattr(field, "auto_now_add", False):
            continue
        if isinstance(field, models.ForeignKey):
            given[field.name] = FACTORIES.get(field.related_model, _unknown(field.related_model))(  # type: ignore[arg-type]
                owner, confidential
            )
        elif isinstance(field, models.CharField | models.TextField):
            given[field.name] = field.choices[0][0] if field.choices else f"{owner.pk}"[: field.max_length]  # type: ignore[index]
        elif isinstance(field, models.DateTimeField):
            given[field.name] = "2026-01-01T00:00Z"
        elif isinstance(field, models.DateField):
            given[field.name] = "2026-01-01"
        else:
            given[field.name] = 1
    return _written(model(**given))


def _unknown(model: type[models.Model]) -> Made:
    def fail(owner: Member, confidential: bool) -> models.Model:
        pytest.fail(
            f"An action is about {model._meta.label}, and this test does not know how to make one that is somebody's "
            f"own. Add belongs({model.__name__}) if its foreign keys lead to an engagement, relationship or member; "
            f"otherwise a @factory({model.__name__})."
        )

    return fail


def _written(instance: Any) -> Any:
    models.Model.save(instance)
    return instance


def _subjects() -> Iterator[tuple[str, Member]]:
    yield "no role", firm.member()
    for role in AccessRole:
        yield str(role.label), firm.member(role)
    left = firm.member(*AccessRole)
    deactivate_member(firm.administrator(), left)
    yield "has left", left


class _World:
    """Objects of each class: everybody's own, and a stranger's; made once each."""

    def __init__(self) -> None:
        self.subjects = list(_subjects())
        self._stranger = firm.member(AccessRole.SUPPORT)
        self._made: dict[tuple[type, int, bool], models.Model] = {}

    def object_of(self, model: type[models.Model], owner: Member, confidential: bool) -> models.Model:
        key = (model, owner.pk, confidential)
        if key not in self._made:
            self._made[key] = FACTORIES.get(model, _unknown(model))(owner, confidential)
        return self._made[key]

    def rows(self, action: Action) -> Iterator[tuple[str, list[str]]]:
        model, given = _about(action)
        if model is None:
            yield "any", self._allowed(action, lambda _: None)
            return
        own = lambda who: given(self.object_of(model, who or self._stranger, False))  # noqa: E731
        yield "own", self._allowed(action, own)
        foreign = self.object_of(model, self._stranger, False)
        yield "not own", self._allowed(action, lambda _: given(foreign))
        if _leads_to_engagement(model):
            hidden = self.object_of(model, self._stranger, True)
            yield "confidential", self._allowed(action, lambda _: given(hidden))

    def _allowed(self, action: Action, about_of: Callable[[Member | None], Any]) -> list[str]:
        everybody: list[tuple[str, Member | None]] = [("nobody signed in", None), *self.subjects]
        return [name for name, who in everybody if _may(action, who, about_of(who))]


def _about(action: Action) -> tuple[Any, Callable[[models.Model], Any]]:
    """What class an action is about, and how it is given one: by itself, or in a sequence where it acts on several."""
    if action.about is not None:
        return action.about, lambda one: one
    parameters = list(inspect.signature(action.call, eval_str=True).parameters.values())
    kinds = get_args(parameters[1].annotation) if len(parameters) > 1 else ()
    several = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, models.Model)]
    return (several[0], lambda one: [one]) if len(kinds) == 1 and several else (None, lambda one: one)


def _leads_to_engagement(model: type[models.Model]) -> bool:
    if model is Engagement:
        return True
    keys = [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and not f.null]
    return any(f.related_model is not model and _leads_to_engagement(f.related_model) for f in keys)  # type: ignore[arg-type]


def _may(action: Action, who: Member | None, thing: Any) -> bool:
    fresh = None if who is None else Member.objects.get(pk=who.pk)
    try:
        action.permission(fresh, thing)
    except NotAllowed as refused:
        _says_who_may(action, refused)
        return False
    except Refused:
        return True  # who may is another question than what the facts allow
    return True


def _says_who_may(action: Action, refused: NotAllowed) -> None:
    assert all((refused.rule, refused.because, refused.remedy)), action.name


def _in_words(allowed: list[str]) -> str:
    active = [name for name in allowed if name in ACTIVE]
    others = [name for name in allowed if name not in ACTIVE]
    if active == ACTIVE:
        active = ["everybody active"]
    elif set(_WRITING) <= set(active):
        active = ["everybody with a role that writes", *(name for name in active if name not in _WRITING)]
    return ", ".join(active + others) or "nobody"


def _ours() -> list[Action]:
    return [a for name, a in sorted(registry.items()) if a.call.__module__.startswith("accord.")]


def _table() -> str:
    world, lines = _World(), [HEAD]
    for action in _ours():
        lines.append(action.name)
        lines += [f"    {kind:<13} {_in_words(allowed)}" for kind, allowed in world.rows(action)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def test_every_action_by_every_role_is_as_the_table_says() -> None:
    found = _table()
    if os.environ.get("ACCORD_WRITE_PERMISSIONS") == "1":
        TABLE.write_text(found, encoding="utf-8")
    assert found == TABLE.read_text(encoding="utf-8"), (
        "a rule changed: run `make permissions` and read what changed"
    )


def test_every_action_has_its_row() -> None:
    rows = {line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] not in "# "}
    missing = {action.name for action in _ours()} - rows
    assert not missing, "an action has no row: run `make permissions` and read what it adds"


def test_whoever_has_left_may_do_nothing() -> None:
    assert "has left" not in TABLE.read_text(encoding="utf-8").removeprefix(HEAD)


def test_a_reader_changes_nothing_of_others() -> None:
    table = TABLE.read_text(encoding="utf-8").removeprefix(HEAD)
    table = table.replace(
        "engagements.save_view\n    any ", "engagements.save_view\n    own "
    )  # a view is one's own
    lines = [line for line in table.splitlines() if "auditor" in line or "everybody active" in line]
    assert {line.split()[0] for line in lines} <= {"own"}
