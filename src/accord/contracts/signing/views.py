"""Pages about contracts."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.actions.forms import carried_out, form_page, gone
from accord.actions.refusals import Refused
from accord.contracts.models import Constraint, Contract, Signature
from accord.contracts.signing import actions, deciding, pdf, queries, rules
from accord.contracts.signing.forms import (
    ClientSignatureForm,
    EndForm,
    LetPassForm,
    PrepareForm,
    SignForm,
)
from accord.contracts.signing.showing import standing
from accord.engagements.models import Engagement, Override, Stage
from accord.engagements.overriding import override
from accord.engagements.pages import engagement_page, visible
from accord.people.accounts import signed_in
from accord.proposals.models import Proposal, State

TAB = "signing:contracts"


def contracts(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest contract that has not ended; before there is one, what it takes to prepare it."""
    found = visible(request, pk)
    rows = queries.load_contracts(found)
    shown = next((row for row in rows if row.state != Contract.State.ENDED), rows[0] if rows else None)
    if shown is not None:
        return _page(request, found, shown, rows)
    return engagement_page(request, found, TAB, "contracts/none.html", _to_prepare(request, found))


def contract(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk, by="contracts")
    rows = queries.load_contracts(found)
    return _page(request, found, next(row for row in rows if row.pk == pk), rows)


def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    proposal = _sent(found)
    if proposal is None:  # a stale page: it is a contract by now, or was taken back
        return gone(request, "signing:contracts", found.pk)
    start = {"title": found.title}
    sent = request.POST if request.method == "POST" else None
    form = PrepareForm(sent, engagement=found, member=signed_in(request), initial=start)
    done = carried_out(
        request, form, lambda: actions.prepare_contract(signed_in(request), proposal, form.term())
    )
    if done:
        messages.success(request, _("Prepared. Now both sides sign exactly this text."))
        return gone(request, "signing:contract", done.result.pk)
    title = _("Prepare a contract of version {version}").format(version=proposal.version)
    told = _("Its text is the proposal as it was sent and decided on, with the seal {seal}.")
    told = told.format(seal=proposal.seal[:12])
    return form_page(request, form, title, _("Prepare it"), engagement=found, explanation=told)


def let_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign without the review's decision: whom the policy names, with a reason that stays visible."""
    found = visible(request, pk)
    proposal = _sent(found)
    if proposal is None:  # a stale page: it is a contract by now, or was taken back
        return gone(request, "signing:contracts", found.pk)
    refused, back = _undecided(found, proposal.seal), ("signing:contracts", found.pk)
    if refused is None:  # a stale page: it was decided since
        return gone(request, *back)
    name = _("proposal, version {version}").format(version=proposal.version)
    return override_page(request, found, Override.Deed.SIGN, proposal.seal, name, str(refused), back)


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contract(request, pk)
    form = SignForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        initial={"digest": found.digest, "position": signed_in(request).title},
    )
    if carried_out(
        request, form, lambda: actions.sign_for_firm(signed_in(request), found, **form.cleaned_data)
    ):
        messages.success(request, _("Signed for the firm."))
        return gone(request, "signing:contract", found.pk)
    return sign_page(request, form, found)


def client_signature(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contract(request, pk)
    form = client_form(request, found.engagement)
    if carried_out(
        request,
        form,
        lambda: actions.record_client_signature(signed_in(request), found, form.names(found), form.signed()),
    ):
        messages.success(request, _("The client's signature is kept."))
        return gone(request, "signing:contract", found.pk)
    return client_page(request, form, found)


def let_conditions_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, or start the work, before a condition is confirmed: exactly those that are open now."""
    found = _contract(request, pk)
    open_ones = deciding.holds_now(found)
    if not open_ones:
        return gone(request, "signing:contract", found.pk)
    about = deciding.seal_of(open_ones, found.digest)
    back = ("signing:contract", found.pk)
    told = deciding.told(open_ones)
    return override_page(request, found.engagement, Override.Deed.CONDITION, about, found.name, told, back)


def start(request: HttpRequest, pk: int) -> HttpResponse:
    """What a contract in force asks before the work starts: a part of its page, which asks for it once it is shown."""
    found, held = _contract(request, pk), None
    try:
        deciding.conditions_met(found.engagement, deciding.holds_now(found), found.digest)
    except Refused as refused:
        held = refused
    may = held is not None and not obstacles("engagements.override", signed_in(request), found.engagement)
    return render(request, "contracts/start.html", {"contract": found, "held": held, "may_let_pass": may})


def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contract(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if carried_out(
        request, form, lambda: actions.end_contract(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "signing:contract", found.pk)
    title = _("End {name}").format(name=found.name)
    told = _("Accord tells nobody: the client hears it from you.")
    return form_page(request, form, title, _("End it"), engagement=found.engagement, explanation=told)


def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contract(request, pk)
    return pdf_answer(pdf.of_contract(found), pdf.name_of(found))


def constraint(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Constraint.objects.select_related("contract", "expectation")
    found = get_object_or_404(rows, pk=pk)
    engagement = visible(request, found.contract.engagement_id)
    values = found.values.select_related("amendment__contract").order_by("-pk")
    page = {"constraint": found, "values": list(values)}
    return engagement_page(request, engagement, TAB, "contracts/constraint.html", page)


def copy(request: HttpRequest, pk: int) -> FileResponse:
    """A signed copy, always to be saved and never shown: it came from outside, and a browser would run what it shows."""
    found = get_object_or_404(Signature.objects.exclude(copy="").select_related("contract"), pk=pk)
    visible(request, found.contract.engagement_id)
    return FileResponse(
        found.copy.open(),
        as_attachment=True,
        filename=found.copy_name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )


# What amendments share


def override_page(
    request: HttpRequest,
    engagement: Engagement,
    deed: Override.Deed,
    about: str,
    name: str,
    facts: str,
    back: tuple[str, int],
) -> HttpResponse:
    form = LetPassForm(request.POST if request.method == "POST" else None, initial={"about": about})

    def act() -> Override:
        rules.is_as_shown(form.cleaned_data["about"], about)
        return override(
            signed_in(request), engagement, deed, about, name, facts, form.cleaned_data["because"]
        )

    if carried_out(request, form, act):
        return gone(request, *back)
    return let_pass_page(request, form, engagement, facts)


def let_pass_page(
    request: HttpRequest, form: LetPassForm, engagement: Engagement, facts: str
) -> HttpResponse:
    told = _(
        "{facts} Your reason stays visible on every page of this engagement, and in the over-sold report."
    )
    return form_page(
        request,
        form,
        _("Let it pass"),
        _("Let it pass"),
        engagement=engagement,
        explanation=told.format(facts=facts),
    )


def sign_page(request: HttpRequest, form: SignForm, found: rules.Document) -> HttpResponse:
    told = _("You bind the firm to exactly the text with the seal {seal}.").format(seal=found.seal[:12])
    title = _("Sign {name} for the firm").format(name=found.name)
    return form_page(request, form, title, _("Sign"), engagement=found.engagement, explanation=told)


def client_form(request: HttpRequest, engagement: Engagement) -> ClientSignatureForm:
    start = {"for_whom": str(engagement.relationship.client)}
    is_sent = request.method == "POST"
    return ClientSignatureForm(request.POST if is_sent else None, request.FILES or None, initial=start)


def client_page(request: HttpRequest, form: ClientSignatureForm, found: rules.Document) -> HttpResponse:
    title = _("The client signed {name}").format(name=found.name)
    return form_page(request, form, title, _("Keep the signature"), engagement=found.engagement)


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _page(
    request: HttpRequest, engagement: Engagement, found: Contract, rows: list[Contract]
) -> HttpResponse:
    was_bound = found.in_force_since is not None
    today = dt.date.today()
    is_master = found.kind == Contract.Kind.MASTER
    page = {
        "contract": found,
        "contracts": rows,
        "starts": found.state == Contract.State.IN_FORCE and engagement.stage == Stage.CONTRACT,
        "standing": standing(signed_in(request), found, found.own_signatures),  # type: ignore[attr-defined]
        "may_end": not obstacles("contracts.end_contract", signed_in(request), found),
        "groups": queries.bound_by(found) if was_bound else [],
        "amendments": list(found.amendments.all()) if was_bound else [],
        "orders": list(queries.orders_under(found, signed_in(request))) if is_master else [],
        "runs_until": queries.runs_until(found, today),
        "notice_until": queries.notice_until(found, today),
        "another": None
        if is_master or any(r.state == Contract.State.PREPARED for r in rows)
        else _sent(engagement),
    }
    return engagement_page(request, engagement, TAB, "contracts/contract.html", page)


def _to_prepare(request: HttpRequest, engagement: Engagement) -> dict[str, object]:
    proposal = _sent(engagement)
    refused = _undecided(engagement, proposal.seal) if proposal is not None else None
    return {
        "proposal": proposal,
        "refused": refused,
        "may_prepare": proposal is not None
        and refused is None
        and not engagement.outcome
        and not obstacles("contracts.prepare_contract", signed_in(request), proposal),
        "may_override": refused is not None
        and not engagement.outcome
        and not obstacles("engagements.override", signed_in(request), engagement),
    }


def _sent(engagement: Engagement) -> Proposal | None:
    """The version that was sent last, while it is no contract."""
    rows = Proposal.objects.filter(engagement=engagement, state=State.SENT)
    found = rows.exclude(contracts__state__in=[Contract.State.PREPARED, Contract.State.IN_FORCE]).first()
    if found is not None:
        found.engagement = engagement
    return found


def _undecided(engagement: Engagement, seal: str) -> Refused | None:
    try:
        deciding.passed(engagement, seal)
    except Refused as refused:
        return refused
    return None


def _contract(request: HttpRequest, pk: int) -> Contract:
    rows = Contract.objects.select_related("proposal", "master")
    found: Contract = get_object_or_404(rows, pk=pk)
    found.engagement = visible(request, found.engagement_id)
    found.proposal.engagement = found.engagement
    return found
