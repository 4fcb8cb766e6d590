"""The sample firm's proposals: letterhead, rate card, clauses, and drafts on the approved estimates; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from accord.demo.world import Page, World
from accord.engagements.models import Engagement
from accord.people import actions as people
from accord.people.models import Member, Role
from accord.proposals.actions import begin_proposal, save_proposal
from accord.proposals.content import Content, Payment, PriceKind, PriceLine
from accord.proposals.models import CardLine, Clause, Proposal, RateCard
from accord.proposals.standards import Card, ClauseWords, write_clause, write_rate_card


class Letters:
    def __init__(self, world: World, members: Mapping[str, Member], roles: Mapping[str, Role]) -> None:
        self.world, self.written = world, world.letters
        self.members, self.roles = members, roles

    def prepare(self) -> None:
        """What legal, finance and the administrator keep for all proposals."""
        head = self.written["head"]
        admin = next(iter(self.members.values()))
        people.set_logo(admin, head["logo"].encode())
        self._card()
        for language, clauses in self.written["clauses"].items():
            for about in clauses:
                write_clause(self.members["miriam"], Clause(), ClauseWords(language=language, **about))

    def offer(self, seller: Member, engagement: Engagement, key: str) -> Proposal:
        """A draft for what was told, in the client's language."""
        draft = begin_proposal(seller, engagement)
        words = self.written["words"][engagement.relationship.client.language]
        payments = tuple(Payment(name=name, share=Decimal(share)) for name, share in words["payments"])
        about = {"opening": words["opening"], "closing": words["closing"], "payments": payments}
        text = self._own_words(draft.says, self.written["offers"].get(key, {}))
        return save_proposal(seller, draft, text.model_copy(update=about), draft.revision)

    def _card(self) -> None:
        about, year = self.written["card"], self.world.today.year
        rates = {self.roles[name].pk: Decimal(rate) for name, rate in about["rates"].items()}
        first, last = (self.world.today.replace(month=month, day=day) for month, day in ((1, 1), (12, 31)))
        card = Card(f"{about['name']} {year}", "EUR", first, last, rates)
        write_rate_card(self.members["elena"], RateCard(), card)

    def _own_words(self, says: Content, own: Page) -> Content:
        if not own:
            return says
        named = {
            part: tuple(row.model_copy(update={"name": own["names"].get(row.name, row.name)}) for row in rows)
            for part, rows in (("scope", says.scope), ("dates", says.dates))
        }
        more = {name: tuple(own[name]) for name in ("assumptions", "excluded")}
        prices = tuple(self._price(*line) for line in own["prices"])
        return says.model_copy(update={"prices": prices, **named, **more})

    def _price(self, name: str, *about: int | str) -> PriceLine:
        if len(about) == 1:
            return PriceLine(name=name, rate=Decimal(about[0]))
        hours, rate, role = about
        card = CardLine.objects.get(role=self.roles[str(role)])
        return PriceLine(
            kind=PriceKind.TIME, name=name, quantity=Decimal(hours), rate=Decimal(rate), card=card.pk
        )
