"""Pages about amendments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.actions.forms import carried_out, form_page, gone
from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Contract
from accord.contracts.signing import amending, deciding, pdf, queries
from accord.contracts.signing.amended import as_amended, unbacked
from accord.contracts.signing.forms import AmendmentForm, LetPassForm, ReasonForm, SignForm
from accord.contracts.signing.showing import standing
from accord.contracts.signing.views import (
    TAB,
    client_form,
    client_page,
    let_pass_page,
    override_page,
    pdf_answer,
    sign_page,
)
from accord.contracts.signing.wording import lines_of
from accord.engagements.models import Override
from accord.engagements.overriding import allows
from accord.engagements.pages import FOR_PAGES, engagement_page, seen, visible
from accord.estimating.models import State, WorkPackage
from accord.exchange.wording import money
from accord.people.accounts import signed_in
from accord.proposals.judging import judge
from accord.proposals.rules import why_not_backed


def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    # With the first signature it has its digest.
    signed = list(found.signatures.select_related("override__by")) if found.digest else []
    page = {
        "amendment": found,
        "says": found.says,
        "rows": lines_of(found.says),
        "standing": standing(signed_in(request), found, signed),
    }
    return engagement_page(request, found.engagement, TAB, "contracts/amendment.html", page)


def behind(request: HttpRequest, pk: int) -> HttpResponse:
    """What delivery says of the contract with a draft: a part of its page, which asks for it once it is shown."""
    found = _amendment(request, pk)
    engagement, judgement = found.engagement, judge(as_amended(found))
    open_terms = unbacked(found, judgement)
    let_pass = allows(engagement, Override.Deed.SEND, found.seal)
    asks = bool(open_terms) and let_pass is None
    page = {
        "amendment": found,
        "judgement": judgement,
        "engagement": engagement,
        "unbacked": open_terms,
        "let_pass": let_pass,
        "may_let_pass": asks and not obstacles("engagements.override", signed_in(request), engagement),
    }
    return render(request, "contracts/behind.html", page)


def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Promise what delivery does not back: whom the policy names, with a reason that stays visible."""
    found = _amendment(request, pk)
    form = LetPassForm(request.POST if request.method == "POST" else None, initial={"about": found.seal})

    def act() -> Override:
        return amending.override_promising(signed_in(request), found, **form.cleaned_data)

    if carried_out(request, form, act):
        return gone(request, "signing:amendment", found.pk)
    return let_pass_page(request, form, found.engagement, why_not_backed(unbacked(found)))


def begin(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(Contract, pk=pk)
    contract.engagement = visible(request, contract.engagement_id)
    form = AmendmentForm(request.POST if request.method == "POST" else None, **_start(contract))
    done = carried_out(
        request, form, lambda: amending.begin_amendment(signed_in(request), contract, form.wanted())
    )
    if done:
        return gone(request, "signing:amendment", done.result.pk)
    title = _("Amend {name}").format(name=contract.name)
    return _form(request, form, contract, title, ("signing:contract", contract.pk))


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    data = request.POST if request.method == "POST" else None
    form = AmendmentForm(data, **_start(found.contract), text=found.says, revision=found.revision)

    def act() -> Amendment:
        seen = form.cleaned_data["revision"]
        return amending.save_amendment(signed_in(request), found, form.wanted(), -1 if seen is None else seen)

    if carried_out(request, form, act):
        messages.success(request, _("Saved. What was decided on the text before does not hold for it."))
        return gone(request, "signing:amendment", found.pk)
    title = _("Change {name}").format(name=found.name)
    return _form(request, form, found.contract, title, ("signing:amendment", found.pk))


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    if request.method != "POST":
        amending.can_be_signed(found)  # nobody is asked to sign what cannot be signed at all
    form = SignForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        initial={"digest": found.seal, "position": signed_in(request).title},
    )
    if carried_out(
        request,
        form,
        lambda: amending.sign_amendment_for_firm(signed_in(request), found, **form.cleaned_data),
    ):
        messages.success(request, _("Signed for the firm."))
        return gone(request, "signing:amendment", found.pk)
    return sign_page(request, form, found)


def client_signature(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    form = client_form(request, found.engagement)
    if carried_out(
        request,
        form,
        lambda: amending.record_client_signature_of_amendment(
            signed_in(request), found, form.names(found), form.signed()
        ),
    ):
        messages.success(request, _("The client's signature is kept."))
        return gone(request, "signing:amendment", found.pk)
    return client_page(request, form, found)


def let_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign without the review's decision, or before its conditions are confirmed."""
    found = _amendment(request, pk)
    engagement, back = found.engagement, ("signing:amendment", found.pk)
    try:
        deciding.passed(engagement, found.seal)
    except Refused as refused:
        deed = Override.Deed.SIGN
        return override_page(request, engagement, deed, found.seal, found.name, str(refused), back)
    open_ones = deciding.held_by(found)
    if not open_ones:
        return gone(request, *back)
    about, told = deciding.seal_of(open_ones, found.seal), deciding.told(open_ones)
    return override_page(request, engagement, Override.Deed.CONDITION, about, found.name, told, back)


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if carried_out(
        request, form, lambda: amending.drop_amendment(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "signing:contract", found.contract_id)
    title = _("Drop {name}").format(name=found.name)
    return form_page(request, form, title, _("Drop it"), engagement=found.engagement)


def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found = _amendment(request, pk)
    return pdf_answer(pdf.of_amendment(found), pdf.name_of(found))


def _form(
    request: HttpRequest, form: AmendmentForm, contract: Contract, title: str, back: tuple[str, int]
) -> HttpResponse:
    page = {"contract": contract, "form": form, "title": title, "back": back[0], "back_to": back[1]}
    status = 422 if request.method == "POST" else 200
    return engagement_page(request, contract.engagement, TAB, "contracts/amend.html", page, status)


def _start(contract: Contract) -> dict[str, Any]:
    """What a form about a contract begins with: what binds now, and the work that the estimate knows."""
    now = queries.values_now(contract)
    bound = [(c, now[c.pk]) for c in contract.constraints.all() if c.pk in now]
    price = next((worth.amount for c, worth in bound if c.is_price), None)
    approved = WorkPackage.objects.filter(
        estimate__engagement=contract.engagement_id, estimate__state=State.APPROVED
    )
    return {
        "bound": bound,
        "packages": dict(approved.values_list("code", "name")),
        "price_now": "" if price is None else money(float(price), contract.engagement.currency),
    }


def _amendment(request: HttpRequest, pk: int) -> Amendment:
    shown = (f"contract__engagement__{name}" for name in FOR_PAGES)
    rows = Amendment.objects.select_related("contract__proposal", "made_by", *shown)
    found: Amendment = get_object_or_404(rows, pk=pk)
    seen(request, found.contract.engagement)
    return found
