"""What clients said by their links, on the desk of those who speak with them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Part, TakenPart
from accord.engagements.queries import visible_to
from accord.engagements.rules import SIGNED
from accord.exchange.wording import day
from accord.people.models import Member
from accord.proposals.answering.queries import DECISIONS
from accord.proposals.models import Answer, Link, Proposal, Reply, State

_SOON = dt.timedelta(3)
_SHOWN = 120  # letters of a comment


@waits(part=2)
def said_by_clients(member: Member) -> list[Waiting]:
    """Two queries, however much waits."""
    sent: dict[int, list[Link]] = defaultdict(list)
    for link in _links(member):
        sent[link.proposal_id].append(link)
    said: dict[int, list[Answer]] = defaultdict(list)
    for answer in _answers(list(sent)):
        said[answer.proposal_id].append(answer)
    return [line for pk, links in sent.items() for line in _waiting(member, links, said[pk])]


def _links(member: Member) -> QuerySet[Link]:
    """Of what was sent in engagements that the member sells, or whose relationship they own."""
    sells = TakenPart.objects.filter(engagement=OuterRef("pk"), member=member, part=Part.SELLER)
    mine = visible_to(member).filter(Q(Exists(sells)) | Q(relationship__owner=member), outcome="")
    rows = Link.objects.filter(proposal__state=State.SENT, proposal__engagement__in=mine)
    about = rows.select_related("contact", "proposal__engagement__relationship__client")
    found: QuerySet[Link] = about.defer("proposal__content")
    return found


def _answers(proposals: list[int]) -> list[Answer]:
    if not proposals:
        return []
    replied = Exists(Reply.objects.filter(comment=OuterRef("pk")))
    rows = Answer.objects.filter(proposal__in=proposals).select_related("link__contact")
    return list(rows.annotate(replied=replied))


def _waiting(member: Member, links: list[Link], said: list[Answer]) -> Iterator[Waiting]:
    proposal = links[0].proposal
    for answer in said:
        if answer.kind == Answer.Kind.COMMENT and not answer.replied:  # type: ignore[attr-defined]
            yield _to_answer(member, proposal, answer)
    if proposal.engagement.stage in SIGNED:
        return
    decisions = [answer for answer in said if answer.kind in DECISIONS]
    for decision in decisions:
        yield _decided(member, proposal, decision)
    if not decisions:
        yield from _ending(member, links, {answer.link_id for answer in said})


def _ending(member: Member, links: list[Link], answered: set[int]) -> Iterator[Waiting]:
    soon = dt.date.today() + _SOON
    for link in links:
        if link.pk not in answered and link.revoked_at is None and link.expires_on <= soon:
            yield _ends(member, link.proposal, link)


def _to_answer(member: Member, proposal: Proposal, comment: Answer) -> Waiting:
    text = " ".join(comment.text.split())
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    what = _("{name} asks: “{text}”").format(name=comment.link.contact, text=text)
    address = reverse("proposals:answer_comment", args=[comment.pk])
    return Waiting(
        Group.ANSWER, what, proposal.engagement, _why(member, proposal), None, address, _("Answer"), True
    )


def _decided(member: Member, proposal: Proposal, answer: Answer) -> Waiting:
    words = (
        _("{name} accepted version {version}. The contract stands once the firm has signed too.")
        if answer.kind == Answer.Kind.ACCEPT
        else _("{name} declined version {version}. Send another one, or end the engagement.")
    )
    what = words.format(name=answer.link.contact, version=proposal.version)
    return _look(member, proposal, what, None, _("See what the client said"))


def _ends(member: Member, proposal: Proposal, link: Link) -> Waiting:
    words = (
        _("The link of {name} expired on {day} without an answer.")
        if link.expires_on < dt.date.today()
        else _("The link of {name} is open until {day}, and nothing was answered.")
    )
    what = words.format(name=link.contact, day=day(link.expires_on))
    return _look(member, proposal, what, link.expires_on, _("See the links"))


def _look(member: Member, proposal: Proposal, what: str, until: dt.date | None, button: str) -> Waiting:
    address = reverse("proposals:proposal", args=[proposal.pk])
    return Waiting(Group.LOOK, what, proposal.engagement, _why(member, proposal), until, address, button)


def _why(member: Member, proposal: Proposal) -> str:
    if proposal.engagement.relationship.owner_id == member.pk:
        return _("You own the relationship.")
    return _("You sell this engagement.")
