"""Which profile the policy applies to an engagement, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min
from django.utils.translation import gettext as _

from accord.engagements.models import Engagement, Expectation, Novelty, Profile, RiskLevel, Stage
from accord.engagements.policies.content import ClientKind, PolicyContent, Rule

_SIGNED = (Stage.CONTRACT, Stage.DELIVERY, Stage.CLOSING)
Margins = Callable[[Collection[Engagement]], Mapping[int, float]]
_margins: list[Margins] = []


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy looks at. None: nobody has said it yet, and no rule about it holds."""

    value: Decimal | None
    margin: float | None  # in the middle, as a share
    confidence: float | None  # of the least likely promise
    novelty: int | None
    risk: int | None
    client: frozenset[ClientKind]


def tells_margins(source: Margins) -> Margins:
    """Register who knows what engagements' prices leave, by their numbers: a higher room, from the promise checks."""
    _margins.append(source)
    return source


def facts_of(engagements: Collection[Engagement], content: PolicyContent) -> dict[int, Facts]:
    """By the number of each engagement; what no rule of the policy asks about is not looked for."""
    asks = {name for rule in content.rules for name in rule.model_fields_set}
    margins: dict[int, float] = {}
    if "margin_below" in asks:
        for tell in _margins:
            margins |= tell(engagements)
    confidences = _least_likely(engagements) if "confidence_below" in asks else {}
    signed = _signed(engagements) if "client" in asks else set()
    return {
        e.pk: Facts(e.value, margins.get(e.pk), confidences.get(e.pk), e.novelty, e.risk, _client(e, signed))
        for e in engagements
    }


def _least_likely(engagements: Collection[Engagement]) -> dict[int, float]:
    said = Expectation.objects.filter(
        engagement__in=[e.pk for e in engagements], restated_by=None, withdrawal=None, belief__stale=False
    )
    rows = said.order_by().values_list("engagement").annotate(least=Min("belief__probability"))
    return {pk: least for pk, least in rows if least is not None}


def _signed(engagements: Collection[Engagement]) -> set[tuple[int, int]]:
    """Client and engagement of everything that was ever signed with their clients."""
    clients = {e.relationship.client_id for e in engagements}
    rows = Engagement.objects.filter(relationship__client__in=clients, stage__in=_SIGNED)
    return set(rows.values_list("relationship__client", "pk"))


def _client(engagement: Engagement, signed: set[tuple[int, int]]) -> frozenset[ClientKind]:
    client = engagement.relationship.client
    before = any(of == client.pk and pk != engagement.pk for of, pk in signed)
    return frozenset({ClientKind(client.kind)} | (set() if before else {ClientKind.NEW}))


def decide(content: PolicyContent, facts: Facts, currency: str) -> tuple[Profile, str]:
    """The profile of the first rule that holds, and why in words."""
    for rule in content.rules:
        if _holds(rule, facts):
            return rule.profile, _("The policy says so, as {conditions}.").format(
                conditions=rule.told(currency)
            )
    return content.otherwise, _("The policy says so, as none of its rules holds.")


def _holds(rule: Rule, facts: Facts) -> bool:
    def at_least(value: Decimal | float | None, bound: Decimal | float | None) -> bool:
        return bound is None or (value is not None and value >= bound)

    def below(value: Decimal | float | None, bound: Decimal | float | None) -> bool:
        return bound is None or (value is not None and value < bound)

    def up_to(value: int | None, bound: Novelty | RiskLevel | None) -> bool:
        return bound is None or (value is not None and value <= bound)

    return (
        at_least(facts.value, rule.value_from)
        and below(facts.value, rule.value_below)
        and below(facts.margin, rule.margin_below)
        and below(facts.confidence, rule.confidence_below)
        and at_least(facts.novelty, rule.novelty_from)
        and up_to(facts.novelty, rule.novelty_up_to)
        and at_least(facts.risk, rule.risk_from)
        and up_to(facts.risk, rule.risk_up_to)
        and (rule.client is None or rule.client in facts.client)
    )
