"""What the client was promised, what of it is contracted, and how it changed on the way."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accord.contracts.handing_over.content import Sentence
from accord.contracts.models import Contract
from accord.contracts.signing.queries import Bound, bound_by
from accord.engagements.models import Engagement, Expectation
from accord.engagements.queries import Statement
from accord.exchange.wording import day, money, share
from accord.proposals.models import Proposal, State


def promises(said: Sequence[Statement]) -> list[Sentence]:
    """What still stands, and whether a contract answers it."""
    order = list(Expectation.Kind)
    standing = [s for s in said if not s.withdrawn]
    standing.sort(key=lambda s: (order.index(Expectation.Kind(s.expectation.kind)), s.expectation.said_on))
    return [_promise(s) for s in standing]


def what_is_contracted(engagement: Engagement) -> list[Sentence]:
    """Time, cost, scope and quality as they bind both sides; before a contract is there, what the last text offered."""
    bound = [
        line for contract in _in_force(engagement) for group in bound_by(contract) for line in group.lines
    ]
    if bound:
        return [_bound(line) for line in bound if line.value is not None]
    last = engagement.proposals.filter(state=State.SENT).first()
    return [] if last is None else _offered(last)


def changes(said: Sequence[Statement]) -> list[Sentence]:
    """Restatements and withdrawals, the newest first: what somebody at the client may still remember."""
    found = [(s.earlier[0].said_on, _restated(s)) for s in said if s.earlier]
    found += [(s.expectation.withdrawal.told_on, _withdrawn(s)) for s in said if s.withdrawn]
    return [sentence for _on, sentence in sorted(found, key=lambda one: one[0], reverse=True)]


def value_of(e: Expectation) -> str:
    if e.date is not None:
        return day(e.date)
    return money(float(e.amount), e.engagement.currency) if e.amount is not None else ""


def _promise(s: Statement) -> Sentence:
    e = s.expectation
    note, is_good = _backed(s), s.backing.backed
    if s.contracted is not None:
        words = _("In contract {number}, as “{name}”.")
        note += " " + words.format(number=s.contracted.number, name=s.contracted.name)
    elif s.has_contract:
        note, is_good = note + " " + _("Said, but in no contract."), False
    return Sentence(
        text=_told(e), source=f"expectation:{e.pk}", note=note.strip(), tone="good" if is_good else "bad"
    )


def _told(e: Expectation) -> str:
    """Who said it to whom, when, where, and with which words."""
    words = (
        _("{member} told {contact} on {day} ({where}): {what}.")
        if e.direction == Expectation.Direction.TOLD
        else _("{contact} told {member} on {day} ({where}) what they expect: {what}.")
    )
    told = words.format(
        member=e.member,
        contact=e.contact or _("the client"),
        day=day(e.said_on),
        where=e.get_channel_display(),
        what=_what(e),
    )
    return f"{told} “{e.words}”" if e.words else told


def _what(e: Expectation) -> str:
    return f"{e.subject}, {value}" if (value := value_of(e)) else e.subject


def _backed(s: Statement) -> str:
    belief = getattr(s.expectation, "belief", None)
    if belief is not None and belief.probability is not None and not belief.stale:
        sure = _("kept with {share}").format(share=share(belief.probability))
        return capfirst(f"{s.backing.word}: {sure}.")
    return capfirst(f"{s.backing.word}. {s.backing.because}".strip())


def _restated(s: Statement) -> Sentence:
    newest, *before = s.expectation, *s.earlier
    was = "; ".join(
        _("{value} on {day} by {name}").format(
            value=value_of(e) or e.subject, day=day(e.said_on), name=e.member
        )
        for e in reversed(before)
    )
    text = _("“{subject}” was said otherwise before: {was}. Since {day} it is {value}.").format(
        subject=newest.subject, was=was, day=day(newest.said_on), value=value_of(newest) or newest.subject
    )
    return Sentence(text=text, source=f"expectation:{newest.pk}")


def _withdrawn(s: Statement) -> Sentence:
    e, gone = s.expectation, s.expectation.withdrawal
    text = _("{what} was withdrawn; {name} told the client on {day}. {because}").format(
        what=_what(e), name=gone.told_by, day=day(gone.told_on), because=gone.because
    )
    return Sentence(text=text, source=f"expectation:{e.pk}")


def _in_force(engagement: Engagement) -> list[Contract]:
    return list(Contract.objects.filter(engagement=engagement, state=Contract.State.IN_FORCE).order_by("pk"))


def _bound(line: Bound) -> Sentence:
    constraint, value = line.constraint, line.values[0]
    told = day(value.date) if value.date else value.text
    if value.amount is not None:
        told = money(float(value.amount), constraint.contract.engagement.currency)
    text = f"{constraint.name}: {told}" if told else constraint.name
    note = _("amended") if line.was_amended else ""
    return Sentence(text=text, source=f"constraint:{constraint.pk}", note=note, tone="good")


def _offered(last: Proposal) -> list[Sentence]:
    says, currency = last.says, last.engagement.currency
    told = [
        *(_("{name}: {day}").format(name=d.name, day=day(d.date)) for d in says.dates),
        *([_("Price: {price}").format(price=money(float(says.price), currency))] if says.prices else []),
        *(item.name for item in says.scope),
        *(f"{q.name}. {q.criterion}" if q.criterion else q.name for q in says.quality),
    ]
    note = _("offered in version {version}").format(version=last.version)
    return [Sentence(text=text, source=f"proposal:{last.pk}", note=note, tone="wait") for text in told]
