"""The firm's pages about links and what clients said by them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.door import once
from accord.actions.forms import carried_out, form_page, gone, key_of
from accord.engagements.pages import visible
from accord.people.accounts import signed_in
from accord.proposals.answering import actions
from accord.proposals.answering.forms import RenewForm, ReplyForm
from accord.proposals.models import Answer, Link


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk)
    with once(key_of(request)):
        actions.revoke_link(signed_in(request), link)
    messages.success(request, _("Revoked. The address opens nothing from now on."))
    return gone(request, "proposals:proposal", link.proposal_id)


def renew(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk)
    form = RenewForm(request.POST if request.method == "POST" else None)
    site = request.build_absolute_uri("/")
    if carried_out(
        request, form, lambda: actions.renew_link(signed_in(request), link, site, **form.cleaned_data)
    ):
        messages.success(request, _("Renewed. The new address leaves by mail now."))
        return gone(request, "proposals:proposal", link.proposal_id)
    title = _("A new link for {name}").format(name=link.contact)
    told = _("A new address goes to them by mail. The old one opens nothing from then on.")
    of = link.proposal.engagement
    return form_page(request, form, title, _("Renew and mail it"), engagement=of, explanation=told)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_object_or_404(Answer.objects.select_related("proposal", "link__contact"), pk=pk)
    comment.proposal.engagement = visible(request, comment.proposal.engagement_id)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if carried_out(
        request, form, lambda: actions.answer_comment(signed_in(request), comment, **form.cleaned_data)
    ):
        messages.success(request, _("Answered. The client reads it on its page."))
        return gone(request, "proposals:proposal", comment.proposal_id)
    title = _("Answer to {name}").format(name=comment.link.contact)
    return form_page(
        request,
        form,
        title,
        _("Answer"),
        "proposals/answer.html",
        engagement=comment.proposal.engagement,
        comment=comment,
    )


def _link(request: HttpRequest, pk: int) -> Link:
    found: Link = get_object_or_404(Link.objects.select_related("proposal", "contact"), pk=pk)
    found.proposal.engagement = visible(request, found.proposal.engagement_id)
    return found
