"""Putting a signature down; with the second one a document comes into force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone

from accord.contracts.models import Amendment, Contract, Signature
from accord.contracts.signing import rules
from accord.contracts.signing.binding import amend, bind
from accord.contracts.signing.copies import kept_of
from accord.contracts.signing.rules import Document
from accord.engagements.models import Override
from accord.ledger import chain
from accord.people.models import Member
from accord.people.queries import the_firm
from accord.proposals.models import Answer

Side, Way = Signature.Side, Signature.Way


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands under a text: who, as what, on which day, and the signed copy if it was on paper."""

    name: str
    on: dt.date
    position: str = ""
    for_whom: str = ""
    copy: UploadedFile[Any] | None = None


def of(document: Document) -> QuerySet[Signature]:
    if isinstance(document, Amendment):
        return document.signatures.all()
    return document.signatures.filter(amendment=None)


def for_the_firm(
    actor: Member, document: Document, named: str, signed: Signed, override: Override | None
) -> Signature:
    """By the actor, signed in or on paper."""
    way = Way.PAPER if signed.copy is not None else Way.SIGNED_IN
    about = {"member": actor, "override": override, "for_whom": the_firm().name, "recorded_by": actor}
    return _put(actor, document, named, signed, Side.FIRM, {"way": way, **about})


def for_the_client(actor: Member, document: Document, named: str, signed: Signed) -> Signature:
    about = {"for_whom": signed.for_whom.strip() or str(document.engagement.relationship.client)}
    return _put(
        actor, document, named, signed, Side.CLIENT, {"way": Way.PAPER, "recorded_by": actor, **about}
    )


def by_link(document: Contract, answer: Answer) -> Signature:
    """What the client accepted by its link: nobody of the firm did it."""
    signed = Signed(answer.name, timezone.localdate(answer.at), answer.position)
    client = str(document.engagement.relationship.client)
    about = {"way": Way.LINK, "for_whom": client, "answer": answer}
    return _put(None, document, answer.digest, signed, Side.CLIENT, about)


def _put(
    actor: Member | None,
    document: Document,
    named: str,
    signed: Signed,
    side: Signature.Side,
    about: dict[str, Any],
) -> Signature:
    rules.waits_for_signatures(document)
    rules.signs_once(of(document).filter(side=side).first())
    rules.names_this_text(document, named)
    rules.is_unchanged(document)
    rules.signs(signed.name, about["for_whom"], signed.on, dt.date.today())
    row = Signature(
        contract=document.contract if isinstance(document, Amendment) else document,
        amendment=document if isinstance(document, Amendment) else None,
        side=side,
        name=signed.name.strip()[:120],
        position=signed.position.strip()[:120],
        signed_on=signed.on,
        digest=document.seal,
        **about,
        **kept_of(signed.copy, document.seal),
    )
    if isinstance(document, Amendment) and not document.digest:
        document.digest = document.seal
        document.save()
    row.save()
    _tell(actor, document, row)
    _in_force_with_both(actor, document)
    return row


def _tell(actor: Member | None, document: Document, row: Signature) -> None:
    body = {
        "document": document.name,
        "side": row.side,
        "who": row.name,
        "position": row.position,
        "for": row.for_whom,
        "on": row.signed_on,
        "way": row.way,
        "digest": row.digest,
        "copy": row.copy_digest,
        "override": row.override_id,
    }
    happened = "amendment_signed" if isinstance(document, Amendment) else "contract_signed"
    chain.append(happened, f"engagement:{document.engagement_id}", actor.pk if actor else None, body)


def _in_force_with_both(actor: Member | None, document: Document) -> None:
    days = dict(of(document).values_list("side", "signed_on"))
    if set(days) != set(Side):
        return
    if isinstance(document, Amendment):
        amend(actor, document, max(days.values()))
    else:
        bind(actor, document, max(days.values()))
