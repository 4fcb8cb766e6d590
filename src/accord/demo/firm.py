"""Loading the sample firm: the same every time, with dates relative to today.

Everything goes through the door, by the person who would do it: the seller records what was said, estimators estimate,
delivery approves, the project manager plans.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction

from accord.demo import mark
from accord.demo.handing_over import HandOvers
from accord.demo.history import close_for_good, have_been_sent, have_believed, place_at_stage
from accord.demo.letters import Letters
from accord.demo.policy import put_own_policy
from accord.demo.reviewing import decide_to_bid
from accord.demo.signing import signed_long_ago
from accord.demo.work import SIGNED, Work
from accord.demo.world import Page, World, in_words
from accord.engagements.actions import (
    Said,
    begin_engagement,
    change_engagement,
    end_engagement,
    give_part,
    plan_next_step,
    record_expectation,
    restate_expectation,
    withdraw_expectation,
)
from accord.engagements.models import (
    Engagement,
    Expectation,
    Novelty,
    Outcome,
    Part,
    Profile,
    RiskLevel,
    Stage,
)
from accord.engagements.policies.actions import change_profile, judge_engagement
from accord.engagements.policies.in_force import in_force
from accord.estimating.actions import keep_as_template
from accord.people import actions as people
from accord.people.models import WORKDAYS, AccessRole, Member, Role, Skill
from accord.planning.models import Plan
from accord.planning.schedule import dates_later
from accord.proposals.actions import save_proposal
from accord.proposals.answering.actions import comment_by_link, open_link
from accord.proposals.models import Proposal
from accord.relationships.actions import add_contact, begin_relationship, judge_health, record_interaction
from accord.relationships.models import Client, Contact, Language, Relationship

Tell = Callable[[str], None]
_POLICY_SINCE = -460  # before the first engagement begins: all were judged by it


def load(today: dt.date | None = None, tell: Tell = lambda _: None) -> None:
    """Fill an empty firm, all or nothing. `tell` is told what comes next."""
    with transaction.atomic(), dates_later():
        mark.put()
        _Loader(World(today or dt.date.today()), tell).load()


def ask_for_checks() -> None:
    """Ask for the dates and promise checks of all plans that go on; jobs compute them. What is not signed comes first."""
    from accord.planning.checking.actions import ask_for_check
    from accord.planning.jobs import reschedule_later

    going_on = Plan.objects.filter(engagement__outcome="").select_related("engagement__relationship")
    for plan in sorted(going_on, key=lambda plan: (plan.engagement.stage in SIGNED, plan.pk)):
        manager = plan.engagement.parts.get(part=Part.PROJECT_MANAGER).member
        reschedule_later.enqueue(plan.pk, manager.pk)
        ask_for_check(manager, plan.engagement)


class _Loader:
    def __init__(self, world: World, tell: Tell) -> None:
        self.world, self.tell = world, tell
        self.members: dict[str, Member] = {}
        self.roles: dict[str, Role] = {}
        self.skills: dict[str, Skill] = {}
        self.relationships: dict[str, Relationship] = {}
        self.contacts: dict[str, Contact] = {}
        self.letters = Letters(world, self.members, self.roles)
        self.hand_overs = HandOvers(world, self.members, self.contacts)

    def load(self) -> None:
        self.tell("people")
        self._people()
        put_own_policy(next(iter(self.members.values())), self.world.day(_POLICY_SINCE))
        self.letters.prepare()
        self.tell("clients")
        for key, written in self.world.clients.items():
            self._client(key, written)
        self.tell("engagements")
        for written in self.world.engagements:
            self._engagement(written)
        self.hand_overs.open()

    # People

    def _people(self) -> None:
        firm = self.world.firm
        head = {name: self.world.letters["head"][name] for name in ("address", "register")}
        (first, about), *others = firm["members"].items()
        # Nobody needs this password: the sample firm's people sign in by one click.
        admin = people.appoint_first_administrator(
            None,
            about["name"],
            mail_of(first),
            secrets.token_urlsafe(24),
            people.FirmProfile(**firm["firm"], **head),
        )
        self.members[first] = admin
        for name in firm["roles"]:
            self.roles[name] = people.add_role(admin, name)
        for key, other in others:
            role = self.roles.get(other.get("role", ""))
            access = [AccessRole(name) for name in other["access"]]
            self.members[key] = people.add_member(
                admin, other["name"], mail_of(key), other["title"], access, role
            )
        for key, written in firm["members"].items():
            self._member(admin, self.members[key], written)
        self._rates()
        self._teams(admin)

    def _member(self, admin: Member, member: Member, written: Page) -> None:
        country, subdivision = [*written.get("place", []), "", ""][:2]
        people.change_member(
            admin,
            member,
            people.MemberProfile(
                name=member.name,
                email=member.email,
                title=written["title"],
                role=member.role,
                hours_per_day=Decimal(str(written.get("hours", 8))),
                workdays=written.get("days", WORKDAYS).split(),
                country=country,
                subdivision=subdivision,
            ),
        )
        for name, level in written.get("skills", {}).items():
            skill = self.skills.get(name)
            if skill is None:
                skill = self.skills[name] = people.add_skill(admin, name)
            people.set_skill(member, member, skill, level)
        for kind, first, last in written.get("absent", []):
            people.record_absence(member, member, self._on(first), self._on(last), kind)

    def _on(self, offset: int) -> dt.date:
        return self.world.today + dt.timedelta(offset)

    def _rates(self) -> None:
        finance = self.members["elena"]
        firm = self.world.firm
        own = {self.members[k]: m["own_rate"] for k, m in firm["members"].items() if "own_rate" in m}
        rates: dict[Role | Member, Page] = {self.roles[name]: rate for name, rate in firm["roles"].items()}
        this_year = self.world.today.replace(month=1, day=1)
        for who, rate in (rates | own).items():
            for since, (cost, bill) in (
                (this_year.replace(year=this_year.year - 3), rate["before"]),
                (this_year, rate["now"]),
            ):
                people.set_rate(finance, who, since, Decimal(cost), Decimal(bill))

    def _teams(self, admin: Member) -> None:
        teams = {
            name: people.make_team(admin, name, self.members[lead])
            for name, lead in self.world.firm["teams"].items()
        }
        for key, written in self.world.firm["members"].items():
            people.join_team(admin, teams[written["team"]], self.members[key])

    # Clients

    def _client(self, key: str, written: Page) -> None:
        owner = self.members[written["owner"]]
        kind, industry = written.get("kind", Client.Kind.EXTERNAL), written.get("industry", "")
        bond = self.relationships[key] = begin_relationship(
            owner, written["name"], owner, kind, industry, written.get("language", Language.ENGLISH)
        )
        for who, (name, title, part) in written["contacts"].items():
            mail = f"{who}@{key}.example"
            self.contacts[who] = add_contact(owner, bond, name, title, mail, part=part)
        for day, by, kind, with_whom, text in written["stream"]:
            contacts = [self.contacts[who] for who in with_whom]
            record_interaction(self.members[by], bond, kind, self.world.day(day), text, contacts)
        judge_health(owner, bond, *written["health"])

    # Engagements

    def _engagement(self, written: Page) -> None:
        engagement = self._begun(written)
        said = self._said(engagement, written)
        work = None
        if "estimate" in written:
            work = Work(self.world, written, engagement, self.members, self.roles)
            work.estimate()
            self._keep_template(work)
            for statement, expectation in said:
                if "covers" in statement:
                    work.cover(expectation, statement["covers"])
            work.approve({e.pk: statement["left_out"] for statement, e in said if "left_out" in statement})
        seller = self.members[written["people"]["seller"]]
        stage = Stage.CLOSING if written["stage"] == Outcome.CLOSED else Stage(written["stage"])
        place_at_stage(seller, engagement, stage, self.world.day(written["since"]))
        if work is not None and "plan" in written:
            self._planned(work, said)
            self._judged_then(seller, written, said)
        if stage in (Stage.PROPOSAL, Stage.REVIEW) and not written.get("outcome"):
            engagement.refresh_from_db()
            if in_force().terms(engagement.profile).bid_seats:
                decide_to_bid(engagement)
            draft = self.letters.offer(seller, engagement, written["id"])
            if "sent" in written:
                self._sent(seller, draft, written["sent"])
        if work is not None and stage in SIGNED:
            signed_long_ago(self.world, seller, engagement, written)
        if stage in SIGNED:
            self.hand_overs.hand_over(engagement, written)
        self._ended(seller, engagement, written)

    def _begun(self, written: Page) -> Engagement:
        seller = self.members[written["people"]["seller"]]
        is_confidential = written.get("confidential", False)
        engagement = begin_engagement(
            seller,
            self.relationships[written["client"]],
            written["title"],
            Decimal(written["value"]),
            confidential=is_confidential,
            begun_on=self.world.day(written["begun"]),
        )
        chance = written.get("chance", 100)
        change_engagement(seller, engagement, engagement.title, engagement.value, chance, is_confidential)
        for part, who in written["people"].items():
            for one in [who] if isinstance(who, str) else who:
                give_part(seller, engagement, self.members[one], part)
        self._judged(engagement, written)
        if "next" in written:
            step, day = written["next"]
            plan_next_step(seller, engagement, step, self.world.day(day))
        return engagement

    def _judged(self, engagement: Engagement, written: Page) -> None:
        """How new and how risky it is, as delivery says; for some a lighter profile than the policy's was chosen."""
        decides = self.members[written["people"].get("delivery_lead", "tomasz")]
        novelty, risk = written.get("judged", ("partly", "medium"))
        if "delivery_lead" in written["people"] or "judged" in written:
            judge_engagement(decides, engagement, Novelty[novelty.upper()], RiskLevel[risk.upper()])
        if written.get("profile") == Profile.LIGHT:
            because = "The work is small and well known, and little is lost if it is late."
            change_profile(decides, engagement, Profile.LIGHT, because)

    def _said(self, engagement: Engagement, written: Page) -> list[tuple[Page, Expectation]]:
        """Everything that was said, in the order of its days: what still stands, with how it is written down."""
        standing: dict[Any, tuple[Page, Expectation]] = {}
        for k, statement in enumerate(sorted(written["said"], key=lambda s: s["day"])):
            said = self._statement(statement)
            actor = self.members[statement["by"]]
            key = statement.get("restates") or statement.get("id") or k
            if "restates" in statement:
                made = restate_expectation(actor, standing[key][1], said)
            else:
                made = record_expectation(actor, engagement, said)
            standing[key] = statement, made
            if "withdrawn" in statement:
                day, who, because = statement["withdrawn"]
                teller = self.members[who]
                withdraw_expectation(teller, made, because, teller, self.world.day(day))
                del standing[key]
        return list(standing.values())

    def _statement(self, written: Page) -> Said:
        kind = next(kind for kind in Expectation.Kind if kind in written)
        direction = next(d for d in Expectation.Direction if d in written)
        date = self.world.day(written["date"]) if "date" in written else None
        amount = Decimal(written["amount"]) if "amount" in written else None
        return Said(
            kind,
            written[kind],
            self.world.day(written["day"]),
            direction=direction,
            channel=written["how"],
            date=date,
            amount=amount,
            words=in_words(written.get("words", ""), date, amount),
            contact=self.contacts[written[direction]],
        )

    def _keep_template(self, work: Work) -> None:
        """Some breakdowns are kept for the next work like it."""
        name = work.breakdown["name"]
        if not work.about.get("keep"):
            return
        keep_as_template(self.members[work.about["by"][0]], work.engagement.estimates.get(), name)

    def _planned(self, work: Work, said: list[tuple[Page, Expectation]]) -> Plan:
        plan = work.plan()
        for statement, expectation in said:
            if expectation.kind == Expectation.Kind.TIME:
                work.aim(plan, expectation, statement.get("of"))
        if work.engagement.stage in (Stage.DELIVERY, Stage.CLOSING):
            work.live(plan)
        return plan

    def _sent(self, seller: Member, draft: Proposal, written: Page) -> None:
        """With the dates that delivery can keep. The first of those who got it has opened their link, and asks something."""
        promised = self.world.day(written["date"])
        dates = tuple(term.model_copy(update={"date": promised}) for term in draft.says.dates)
        draft = save_proposal(seller, draft, draft.says.model_copy(update={"dates": dates}), draft.revision)
        contacts = [self.contacts[who] for who in written["to"]]
        have_been_sent(seller, draft, contacts, self.world.day(written["day"]))
        first = draft.links.get(contact=contacts[0])
        open_link(None, first)
        comment_by_link(None, first, written["asks"])

    def _judged_then(self, actor: Member, written: Page, said: list[tuple[Page, Expectation]]) -> None:
        """What delivery believed soon after it was told; `believed` in the world says where that was little."""
        for k, (statement, expectation) in enumerate(said):
            if "told" in statement and expectation.kind in (Expectation.Kind.TIME, Expectation.Kind.COST):
                likely = written.get("believed", (0.93, 0.96, 0.91, 0.97)[k % 4])
                have_believed(actor, expectation, likely, self.world.day(min(statement["day"] + 2, 0)))

    def _ended(self, seller: Member, engagement: Engagement, written: Page) -> None:
        if written["stage"] == Outcome.CLOSED:
            close_for_good(seller, engagement, written["because"])
        elif "outcome" in written:
            end_engagement(seller, engagement, Outcome(written["outcome"]), written["because"])


def mail_of(key: str) -> str:
    """The address of a member of the world."""
    return f"{key}@sample.example"
