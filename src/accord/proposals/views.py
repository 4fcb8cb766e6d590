"""Pages about proposals."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.door import obstacles, once
from accord.actions.forms import carried_out, form_page, gone, key_of
from accord.engagements.models import Engagement, Override
from accord.engagements.pages import FOR_PAGES, engagement_page, seen, visible
from accord.people.accounts import signed_in
from accord.proposals import actions, clauses, judging, mail, pdf, rates, rules
from accord.proposals.answering.queries import DECISIONS, answers, links_of
from accord.proposals.forms import OverrideForm, ProposalForm, SendForm, WithdrawForm
from accord.proposals.models import Proposal, Sending, State
from accord.proposals.telling import Money

TAB = "proposals:proposals"
_TOLD = ("estimate", "made_by", "sent_by", "engagement__offer_number")
_WITH_ENGAGEMENT = (*_TOLD, *(f"engagement__{name}" for name in FOR_PAGES))


def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest version; before there is one, what it takes to begin."""
    found = visible(request, pk)
    versions = list(found.proposals.select_related(*_TOLD))  # newest first
    for row in versions:
        _put_into(found, row)
    if versions:
        return _page(request, versions[0], versions)
    refused = obstacles("proposals.begin_proposal", signed_in(request), found)
    page = {
        "estimate": found.estimates.filter(state="approved").first(),
        "may_begin": not refused and not found.outcome,
    }
    return engagement_page(request, found, TAB, "proposals/none.html", page)


def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    rows = list(Proposal.objects.filter(engagement__proposals=pk).select_related(*_WITH_ENGAGEMENT))
    if not rows:
        raise Http404
    found = seen(request, rows[0].engagement)
    for row in rows:
        _put_into(found, row)
    return _page(request, next(row for row in rows if row.pk == pk), rows)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    with once(key_of(request)):
        made = actions.begin_proposal(signed_in(request), visible(request, pk))
    return gone(request, "proposals:proposal", made.pk)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    form = ProposalForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with once(key_of(request)):
            actions.save_proposal(signed_in(request), found, form.content(), form.revision)
        messages.success(request, _("The text is saved."))
        return gone(request, "proposals:proposal", found.pk)
    page = {"proposal": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return engagement_page(request, found.engagement, TAB, "proposals/change.html", page, status)


def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    answer = HttpResponse(pdf.of(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{pdf.name_of(found)}"'
    return answer


def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    found = _proposal(request, pk)
    before = get_object_or_404(Proposal, pk=other, engagement=found.engagement_id)
    page = {
        "proposal": found,
        "before": before,
        "differences": judging.differences(before.says, found.says, found.engagement.currency),
    }
    return engagement_page(request, found.engagement, TAB, "proposals/compare.html", page)


@require_POST
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    with once(key_of(request)):
        made = actions.new_version(signed_in(request), _proposal(request, pk))
    return gone(request, "proposals:proposal", made.pk)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    if request.method != "POST":
        rules.is_draft(found)
        actions.ready_to_send(found)  # nobody is asked to whom, where it cannot be sent at all
    seen = {"revision": request.GET.get("seen", found.revision)}
    form = SendForm(request.POST if request.method == "POST" else None, proposal=found, initial=seen)

    def act() -> Proposal:
        given = form.cleaned_data
        to, site = list(given["contacts"]), request.build_absolute_uri("/")
        return actions.send_proposal(
            signed_in(request), found, to, given["revision"], site, given["expires_on"]
        )

    if carried_out(request, form, act):
        messages.success(request, _("Sent. The mail with the PDF leaves now; this version stays as it is."))
        return gone(request, "proposals:proposal", found.pk)
    title = _("Send version {version}").format(version=found.version)
    told = _(
        "The PDF of exactly this version goes to them by mail, with a link of their own to read and answer it. "
        "It is not changed afterwards."
    )
    told = f"{told} {pdf.held_until(found)}"
    return form_page(request, form, title, _("Send it"), engagement=found.engagement, explanation=told)


def let_pass(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    seen = {"revision": request.GET.get("seen", found.revision)}
    form = OverrideForm(request.POST if request.method == "POST" else None, initial=seen)
    if carried_out(
        request, form, lambda: actions.override_sending(signed_in(request), found, **form.cleaned_data)
    ):
        messages.success(request, _("Overridden. Whoever speaks with the client can send exactly this text."))
        return gone(request, "proposals:proposal", found.pk)
    told = _(
        "Exactly this text may then be sent although delivery does not stand behind it. Your name and reason stay on "
        "every page of this engagement and in the over-sold report. Another word in the text, and it needs a new one."
    )
    facts = rules.why_not_backed(judging.judge(found).terms)
    told = f"{facts} {told}"
    title = _("Override: send version {version}").format(version=found.version)
    return form_page(request, form, title, _("Override"), engagement=found.engagement, explanation=told)


@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Sending.objects.select_related("proposal"), pk=pk)
    visible(request, found.proposal.engagement_id)
    with once(key_of(request)):
        mail.mail_again(signed_in(request), found, request.build_absolute_uri("/"))
    messages.success(request, _("The mail is tried anew."))
    return gone(request, "proposals:proposal", found.proposal_id)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if carried_out(
        request, form, lambda: actions.withdraw_proposal(signed_in(request), found, **form.cleaned_data)
    ):
        messages.success(request, _("Withdrawn. Tell the client; Accord does not."))
        return gone(request, "proposals:proposal", found.pk)
    title = _("Withdraw version {version}").format(version=found.version)
    return form_page(request, form, title, _("Withdraw it"), engagement=found.engagement)


def _page(request: HttpRequest, found: Proposal, versions: list[Proposal]) -> HttpResponse:
    member, engagement = signed_in(request), found.engagement
    is_draft = found.state == State.DRAFT and not engagement.outcome
    says, links = found.says, [] if is_draft else links_of(found)
    said = answers(found) if links else []
    judgement = judging.judge(found)
    page = {
        "proposal": found,
        "says": says,
        "instalments": says.instalments(),
        "judgement": judgement,
        "versions": versions,
        "earlier": next((v for v in versions if v.version < found.version), None),
        "prices": rates.beside_cards(says.prices),
        "departures": clauses.departures(says, engagement) if is_draft else [],
        "held": pdf.held_until(found),
        "money": Money.in_text(says, engagement.currency),
        "may_mail_again": found.state == State.SENT
        and not obstacles("proposals.send_proposal", member, found),
        "links": links,
        "may_handle_links": bool(links) and not obstacles("proposals.revoke_link", member, links[0]),
        "answers": said,
        "decision": next((answer for answer in said if answer.kind in DECISIONS), None),
        "may_reply": bool(said)
        and not engagement.outcome
        and not obstacles("proposals.answer_comment", member, said[0]),
        "may_change": is_draft and not obstacles("proposals.save_proposal", member, found),
        "let_pass": _let_pass(engagement, found, judgement),
        "may_override": is_draft and not obstacles("proposals.override_sending", member, found),
        "may_send": is_draft and not obstacles("proposals.send_proposal", member, found),
        "may_withdraw": found.state == State.SENT
        and not engagement.outcome
        and not obstacles("proposals.send_proposal", member, found),
        "may_renew": not engagement.outcome
        and all(v.state != State.DRAFT for v in versions)
        and not obstacles("proposals.new_version", member, found),
    }
    return engagement_page(request, engagement, TAB, "proposals/proposal.html", page)


def _let_pass(engagement: Engagement, found: Proposal, judgement: judging.Judgement) -> Override | None:
    """The override of exactly this text, if it covers all that is not backed now."""
    made = next((o for o in engagement.let_pass if o.about == found.seal), None)
    covers = made is not None and all(term.key in made.covers for term in judgement.unbacked)
    return made if covers else None


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    found: Proposal = get_object_or_404(Proposal.objects.select_related(*_WITH_ENGAGEMENT), pk=pk)
    seen(request, found.engagement)
    return found


def _put_into(engagement: Engagement, row: Proposal) -> None:
    """The version gets the engagement that was judged to be visible, and that one the offer's number."""
    engagement.offer_number = row.engagement.offer_number
    row.engagement = engagement
