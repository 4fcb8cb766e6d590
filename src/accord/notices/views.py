"""Pages about mails that tell what waits: a member's own choice, and what could not be sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.actions.forms import carried_out, form_page, gone
from accord.notices import actions, queries, rules
from accord.notices.forms import MailChoiceForm
from accord.people.accounts import signed_in
from accord.people.mail import folder
from accord.people.models import Member


def choose(request: HttpRequest) -> HttpResponse:
    member = Member.objects.get(pk=signed_in(request).pk)
    choice = queries.choice_of(member)
    first = {name: getattr(choice, name) for name in MailChoiceForm.base_fields}
    form = MailChoiceForm(request.POST or None, initial=first)
    if carried_out(request, form, lambda: actions.choose_mails(member, member, **form.cleaned_data)):
        messages.success(request, _("From now on you are told as you chose."))
        return gone(request, "notices:choose")
    page = {"template": "notices/choose.html", "back": reverse("people:account"), "mail": member.email}
    return form_page(request, form, _("Mail about what waits for me"), _("Save"), **page)


def undelivered(request: HttpRequest) -> HttpResponse:
    rules.may_see_undelivered(signed_in(request))
    return render(
        request, "notices/undelivered.html", {"posts": queries.undelivered()[:100], "folder": folder()}
    )
