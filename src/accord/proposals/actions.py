"""What people do with proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Engagement, Expectation, Override
from accord.engagements.overriding import allows, may_override, override
from accord.engagements.queries import standing
from accord.engagements.rules import still_open
from accord.estimating.models import Assumption, Estimate
from accord.estimating.queries import approved, leaves
from accord.ledger import chain
from accord.people.models import Firm, Member
from accord.proposals import clauses, rules
from accord.proposals.answering import links
from accord.proposals.answering.rules import can_end
from accord.proposals.content import (
    Content,
    DateTerm,
    Payment,
    PriceLine,
    QualityTerm,
    ScopeItem,
    kept,
)
from accord.proposals.judging import fits_its_profile, judge
from accord.proposals.models import OfferNumber, Proposal, State
from accord.proposals.rules import Term
from accord.relationships.models import Contact


@action(permission=rules.may_write)
def begin_proposal(actor: Member, engagement: Engagement) -> Proposal:
    """The first draft: scope, assumptions and exclusions of the approved estimate, dates and price as they were told,
    the mandatory clauses of the profile, in the client's language. The offer gets its number.

    Raises:
        Refused: the engagement has ended, has a draft already, or no approved estimate.
    """
    still_open(engagement)
    estimate = _approved(engagement)
    _no_draft(engagement)
    said = list(standing().filter(engagement=engagement).select_related("coverage"))
    numbered(engagement)
    with translation.override(engagement.relationship.client.language):
        text = first_text(engagement, estimate, said)
    return _new(actor, engagement, estimate, text)


@action(permission=rules.may_change)
def save_proposal(actor: Member, proposal: Proposal, content: Content, revision: int) -> Proposal:
    """Keep the text, on the estimate that is approved now.

    Raises:
        Refused: it was sent, or changed since the page was opened.
    """
    rules.is_draft(proposal)
    rules.is_as_seen(proposal, revision)
    if _prices(content) != _prices(proposal.says):
        proposal.priced_by = sorted({*proposal.priced_by, actor.pk})
    proposal.content, proposal.says = kept(content), content
    proposal.estimate = _approved(proposal.engagement)
    proposal.revision += 1
    proposal.save()
    return proposal


@action(permission=rules.may_change)
def new_version(actor: Member, proposal: Proposal) -> Proposal:
    """A copy of this version to work on, on the estimate that is approved now; a day that is over is not copied.

    Raises:
        Refused: the engagement has ended, has a draft already, or no approved estimate.
    """
    still_open(proposal.engagement)
    _no_draft(proposal.engagement)
    says = proposal.says
    if says.valid_until is not None and says.valid_until < timezone.localdate():
        says = says.model_copy(update={"valid_until": None})
    made = _new(actor, proposal.engagement, _approved(proposal.engagement), says)
    made.priced_by = sorted({*proposal.priced_by, actor.pk})
    made.save()
    return made


@action(permission=rules.may_send)
def send_proposal(
    actor: Member,
    proposal: Proposal,
    contacts: Sequence[Contact],
    revision: int,
    site: str,
    expires_on: dt.date | None = None,
) -> Proposal:
    """Send exactly this version, to each contact with a link of their own; what was sent before is replaced by it.

    `site`: the address of this Accord as people reach it. `expires_on`: the last day of the links, usually in 30 days.

    Raises:
        WrongInput: nobody receives it, or the links would be open too long.
        Refused: it is no draft, was changed since it was looked at, says too little, or a date, price or quality term
            in it is not backed.
    """
    from accord.proposals.mail import mail_proposal

    rules.is_draft(proposal)
    rules.is_as_seen(proposal, revision)
    rules.can_receive(proposal.engagement, contacts)
    expires_on = expires_on or links.usual_end()
    can_end(expires_on)
    terms, let_pass = ready_to_send(proposal)
    for earlier in proposal.engagement.proposals.filter(state=State.SENT):
        earlier.state = State.REPLACED
        earlier.save()
    proposal.state, proposal.sent_by, proposal.sent_at = State.SENT, actor, timezone.now()
    proposal.digest = proposal.seal
    proposal.save()
    for link in links.make_links(proposal, dict.fromkeys(contacts), actor, expires_on):
        mail_proposal.enqueue(link.pk, site)
    body = {
        "proposal": proposal.pk,
        "version": proposal.version,
        "digest": proposal.digest,
        "to": [contact.pk for contact in contacts],
        "override": let_pass.pk if let_pass else None,
        "terms": [{"kind": t.kind, "name": t.name, "probability": t.probability} for t in terms],
    }
    chain.append("proposal_sent", f"engagement:{proposal.engagement_id}", actor.pk, body)
    return proposal


def ready_to_send(proposal: Proposal) -> tuple[list[Term], Override | None]:
    """Its terms as delivery judges them, and the override that lets those pass that are not backed.

    Raises:
        Refused: it says too little, its day is over, its price asks for another profile, or something in it is not backed.
    """
    rules.is_complete(proposal.says)
    rules.holds_still(proposal.says, timezone.localdate())
    fits_its_profile(proposal.engagement, proposal.says.price)
    terms = judge(proposal).terms
    let_pass = allows(proposal.engagement, Override.Deed.SEND, proposal.seal)
    rules.is_backed(terms, let_pass)
    return terms, let_pass


@action(permission=may_override)
def override_sending(actor: Member, proposal: Proposal, because: str, revision: int) -> Override:
    """Let exactly this version be sent although delivery does not back all of it.

    Raises:
        WrongInput: no reason is given.
        Refused: it is no draft, was changed since it was looked at, is backed anyway, or was let pass already.
    """
    rules.is_draft(proposal)
    rules.is_as_seen(proposal, revision)
    judgement, deed = judge(proposal), Override.Deed.SEND
    facts, covers = rules.why_not_backed(judgement.terms), [term.key for term in judgement.unbacked]
    return override(actor, proposal.engagement, deed, proposal.seal, proposal.name, facts, because, covers)


@action(permission=rules.may_send)
def withdraw_proposal(actor: Member, proposal: Proposal, because: str) -> Proposal:
    """Take back what was sent; the reason stays.

    Raises:
        WrongInput: no reason is given. Refused: it was not sent.
    """
    rules.was_sent(proposal)
    if not because.strip():
        raise WrongInput(because=_("Say why: the client asks."))
    proposal.state, proposal.withdrawn_because = State.WITHDRAWN, because.strip()[:500]
    proposal.save()
    body = {"proposal": proposal.pk, "digest": proposal.digest, "because": proposal.withdrawn_because}
    chain.append("proposal_withdrawn", f"engagement:{proposal.engagement_id}", actor.pk, body)
    return proposal


def numbered(engagement: Engagement) -> None:
    """The next number of the year. Whoever asks for one waits until the one before is written, so none is left out."""
    Firm.objects.select_for_update().filter(pk=Firm.ONLY).first()
    if OfferNumber.objects.filter(engagement=engagement).exists():
        return
    year = timezone.localdate().year
    last = OfferNumber.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0
    OfferNumber(engagement=engagement, year=year, serial=last + 1).save()


def _new(actor: Member, engagement: Engagement, estimate: Estimate, content: Content) -> Proposal:
    newest = engagement.proposals.first()
    made = Proposal(
        engagement=engagement,
        version=newest.version + 1 if newest else 1,
        estimate=estimate,
        content=kept(content),
        made_by=actor,
        priced_by=[actor.pk],
    )
    made.save()
    return made


def _prices(content: Content) -> tuple[object, ...]:
    return content.prices, content.discount, content.payments


def _approved(engagement: Engagement) -> Estimate:
    found = approved(engagement)
    if found is None:
        raise Refused(
            _("A proposal is written on an approved estimate."),
            _("There is no approved estimate."),
            _("Ask delivery for one; somebody with delivery authority approves it."),
        )
    return found


def _no_draft(engagement: Engagement) -> None:
    draft = engagement.proposals.filter(state=State.DRAFT).first()
    if draft is not None:
        raise Refused(
            _("An engagement has one draft of its proposal."),
            _("Version {version} is a draft.").format(version=draft.version),
            _("Change that one, or send it."),
        )


def first_text(engagement: Engagement, estimate: Estimate, said: Sequence[Expectation]) -> Content:
    notes = list(estimate.assumptions.all())
    prices = [e for e in said if e.kind == Expectation.Kind.COST and e.amount]
    amount = min((e.amount for e in prices if e.amount), default=engagement.value or Decimal(0))
    return Content(
        scope=tuple(
            ScopeItem(name=leaf.package.name, code=leaf.package.code, text=leaf.package.note)
            for leaf in leaves(estimate)
        ),
        assumptions=_of_kind(notes, Assumption.Kind.ASSUMPTION),
        excluded=_of_kind(notes, Assumption.Kind.EXCLUSION),
        prices=(PriceLine(name=engagement.title, rate=amount),) if amount else (),
        payments=(Payment(name=_("On acceptance"), share=Decimal(100)),),
        dates=tuple(
            DateTerm(name=e.subject, date=e.date, expectation=e.pk)
            for e in said
            if e.kind == Expectation.Kind.TIME and e.date
        ),
        quality=tuple(
            QualityTerm(
                name=e.subject, expectation=e.pk, code=e.coverage.code if hasattr(e, "coverage") else ""
            )
            for e in said
            if e.kind == Expectation.Kind.QUALITY
        ),
        clauses=clauses.mandatory(engagement),
    )


def _of_kind(notes: Sequence[Assumption], kind: str) -> tuple[str, ...]:
    """Each in one line, as the form holds them."""
    return tuple(" ".join(note.text.split()) for note in notes if note.kind == kind)
