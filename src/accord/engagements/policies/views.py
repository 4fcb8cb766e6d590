"""The policy's pages, and what people decide about the profile of an engagement."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accord.actions.door import obstacles, once
from accord.actions.forms import carried_out, form_page, gone, key_of
from accord.actions.refusals import WrongInput
from accord.engagements.models import Novelty, Policy, Profile, RiskLevel
from accord.engagements.pages import engagement_page, visible
from accord.engagements.policies import actions
from accord.engagements.policies.content import PolicyContent, digest_of
from accord.engagements.policies.deciding import decide, facts_of
from accord.engagements.policies.forms import PolicyForm
from accord.engagements.policies.in_force import in_force, next_after
from accord.engagements.policies.preview import Effect, effect_of
from accord.engagements.queries import open_to
from accord.people.accounts import signed_in
from accord.people.queries import the_firm


class ProfileForm(forms.Form):
    profile = forms.ChoiceField(label=gettext_lazy("Profile"), choices=Profile, widget=forms.RadioSelect)
    because = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class JudgementForm(forms.Form):
    novelty = forms.TypedChoiceField(
        label=gettext_lazy("How new is the work to us?"),
        choices=Novelty,
        coerce=int,
        widget=forms.RadioSelect,
    )
    risk = forms.TypedChoiceField(
        label=gettext_lazy("How risky is it?"), choices=RiskLevel, coerce=int, widget=forms.RadioSelect
    )


def policy(request: HttpRequest) -> HttpResponse:
    """The version in force, what comes, and what was."""
    held, versions = in_force(), list(Policy.objects.select_related("made_by"))
    page = _told(held.content) | {
        "version": next((v for v in versions if v.version == held.version), None),
        "versions": versions,
        "may_change": not obstacles("engagements.put_policy", signed_in(request)),
    }
    return render(request, "engagements/policy.html", page)


def policy_version(request: HttpRequest, version: int) -> HttpResponse:
    """One version as it was written."""
    found = get_object_or_404(Policy.objects.select_related("made_by"), version=version)
    content = PolicyContent.model_validate(found.content)
    return render(request, "engagements/policy_version.html", _told(content) | {"version": found})


def change_policy(request: HttpRequest) -> HttpResponse:
    """Write a new version; its effect on what runs is shown before exactly that is put in force."""
    actor = signed_in(request)
    actions.may_write_policy(actor, None)
    newest = Policy.objects.first()
    first = PolicyContent.model_validate(newest.content) if newest else in_force().content
    form = PolicyForm(request.POST or None, first, newest.version if newest else 0)
    effect = None
    if form.is_bound and form.can_be_previewed():
        if request.POST.get("previewed") != digest_of(form.content()):
            effect = effect_of(form.content(), open_to(actor))
            form.in_force.errors.pop("because", None)  # nothing is put in force yet
        elif form.is_valid() and _put(request, form):
            return redirect("policies:policy")
    return _change_page(request, form, effect)


def _put(request: HttpRequest, form: PolicyForm) -> bool:
    about = {name: form.in_force.cleaned_data[name] for name in ("valid_from", "because", "seen")}
    try:
        with once(key_of(request)):
            actions.put_policy(signed_in(request), the_firm(), form.content(), **about)
    except WrongInput as wrong:
        for field, message in wrong.messages.items():
            form.in_force.add_error(field, message)
        return False
    return True


def _change_page(request: HttpRequest, form: PolicyForm, effect: Effect | None) -> HttpResponse:
    wrong = form.is_bound and effect is None
    page: dict[str, object] = {"form": form, "effect": effect, "wrong": wrong}
    if form.is_bound and form.can_be_previewed():
        page["previewed"] = digest_of(form.content())
    if effect is not None:
        page["followed_by"] = next_after(form.in_force.cleaned_data.get("valid_from") or dt.date.today())
    return render(request, "engagements/change_policy.html", page, status=422 if wrong else 200)


def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Which profile applies to an engagement, and why."""
    found, held = visible(request, pk), in_force()
    facts = facts_of([found], held.content)[found.pk]
    page = {
        "facts": facts,
        "applied": decide(held.content, facts, found.currency),
        "terms": held.terms(found.profile),
        "may_change": not found.outcome
        and not obstacles("engagements.change_profile", signed_in(request), found),
    }
    return engagement_page(request, found, "engagements:profile", "engagements/profile.html", page)


def change_profile(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = ProfileForm(request.POST or None, initial={"profile": found.profile})
    if carried_out(
        request, form, lambda: actions.change_profile(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "engagements:profile", found.pk)
    explanation = _(
        "The profile sets how sure a promise must be to count as backed, the margin that a price must leave, and who "
        "sits in a review. Choosing another one than the policy's is a decision of delivery or an executive, and is "
        "kept in the ledger."
    )
    return form_page(
        request, form, _("Choose another profile"), _("Decide"), engagement=found, explanation=explanation
    )


@require_POST
def leave_profile(request: HttpRequest, pk: int) -> HttpResponse:
    actions.leave_profile_to_policy(signed_in(request), visible(request, pk))
    return gone(request, "engagements:profile", pk)


def judge(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = JudgementForm(request.POST or None, initial={"novelty": found.novelty, "risk": found.risk})
    if carried_out(
        request, form, lambda: actions.judge_engagement(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "engagements:profile", found.pk)
    explanation = _("Delivery's judgement: the policy decides by it how much method this engagement needs.")
    return form_page(
        request, form, _("How new, how risky"), _("Save"), engagement=found, explanation=explanation
    )


def _told(content: PolicyContent) -> dict[str, object]:
    currency = the_firm().currency
    return {
        "profiles": [(profile, content.profiles[profile]) for profile in Profile],
        "rules": [(rule.profile, rule.told(currency)) for rule in content.rules],
        "otherwise": content.otherwise,
    }
