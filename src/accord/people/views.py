"""Pages about the firm and its members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, gone, row_number
from accord.actions.refusals import NotAllowed, Refused
from accord.people import actions, forms, invitations, mail, queries, rules
from accord.people.accounts import let_in, signed_in
from accord.people.actions import FirmProfile, MemberProfile
from accord.people.logo import LARGEST
from accord.people.models import Absence, AccessRole, Logo, Member, Role, Skill, Team
from accord.people.places import place_name, subdivisions

_HISTORY = 50
_EACH_PAGE = 100


# Lists


def members(request: HttpRequest) -> HttpResponse:
    chosen = _filter(request)
    found = list(queries.member_list(chosen)[: _EACH_PAGE + 1])
    page = {
        "members": found[:_EACH_PAGE],
        "more": len(found) > _EACH_PAGE,
        "chosen": chosen,
        "roles": Role.objects.all(),
        "teams": Team.objects.all(),
        "skills": Skill.objects.all(),
        "levels": forms.LEVELS,
        "may_manage": _may(request, rules.may_manage_members),
        "now": timezone.now(),
    }
    return render(request, "people/members.html", page)


def teams(request: HttpRequest) -> HttpResponse:
    found = [(team, _may(request, rules.may_move_team, team)) for team in queries.teams()]
    return render(
        request,
        "people/teams.html",
        {"teams": found, "may_shape": _may(request, rules.may_shape_delivery)},
    )


def roles(request: HttpRequest) -> HttpResponse:
    page = {
        "lines": list(queries.roles(dt.date.today())),
        "firm": queries.the_firm(),
        "sees_costs": rules.sees_costs(signed_in(request)),
        "may_shape": _may(request, rules.may_shape_delivery),
        "may_set_rates": _may(request, rules.may_set_rates),
        "today": dt.date.today(),
    }
    return render(request, "people/roles.html", page)


def skills(request: HttpRequest) -> HttpResponse:
    page = {"skills": queries.skills(), "may_shape": _may(request, rules.may_shape_delivery)}
    return render(request, "people/skills.html", page)


def firm(request: HttpRequest) -> HttpResponse:
    found = queries.the_firm()
    page = {
        "firm": found,
        "place": place_name(found.country, found.subdivision),
        "days": [forms.DAYS[day] for day in found.days],
        "may_change": _may(request, rules.may_set_up_firm),
        "mail_folder": mail.folder(),
        "logo": Logo.objects.first(),
    }
    return render(request, "people/firm.html", page)


# One member


def member(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = signed_in(request), dt.date.today()
    found = get_object_or_404(
        queries.with_invitation(Member.objects.select_related("role").prefetch_related("given_roles")), pk=pk
    )
    own_firm = queries.the_firm()
    page: dict[str, Any] = {
        "member": found,
        "own": found.pk == actor.pk,
        "firm": own_firm,
        "days": [forms.DAYS[day] for day in found.days],
        "place": place_name(*queries.place_of(found, own_firm)),
        "skills": found.skills.select_related("skill"),
        "levels": forms.LEVELS,
        "absences": list(queries.absences_ahead(found, today)),
        "holidays": list(queries.holidays_ahead(found, own_firm, today).items()),
        "teams": found.team_places.select_related("team"),
        "now": timezone.now(),
        "today": today,
        "may_manage": _may(request, rules.may_manage_members),
        "may_tell_skills": _may(request, rules.may_tell_skills, found),
        "may_tell_absences": _may(request, rules.may_tell_absences, found),
        "may_set_rates": _may(request, rules.may_set_rates),
        "sees_why": rules.sees_why_away(actor, found),
        "sees_costs": rules.sees_costs(actor),
        "mail_folder": mail.folder(),
    }
    if page["own"] or page["sees_costs"]:
        page["rates"] = queries.rate_history(found)
        page["rate"] = queries.rate_now(found, page["rates"], today)
    return render(request, "people/member.html", page)


def history(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    page = {"member": found, "history": queries.history_of_member(found, _HISTORY)}
    return render(request, "people/history.html", page)


def add(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    rules.may_manage_members(actor, None)
    form = forms.AddMemberForm(request.POST or None)

    def act() -> Member:
        about = dict(form.cleaned_data)
        invite = about.pop("invite")
        return actions.add_member(actor, **about, invited_from=_site(request) if invite else None)

    done = carried_out(request, form, act)
    if done:
        return gone(request, "people:member", done.result.pk)
    return form_page(request, form, _("Add a member"), _("Add"))


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    rules.may_manage_members(signed_in(request), found)
    profile = MemberProfile.of(found)
    first = {name: getattr(profile, name) for name in MemberProfile.__dataclass_fields__}
    form = forms.MemberForm(request.POST or None, initial=first)
    return _changing(
        request,
        form,
        found,
        _("Change %(who)s") % {"who": found},
        lambda: actions.change_member(signed_in(request), found, form.profile()),
    )


def access(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    rules.may_manage_members(signed_in(request), found)
    form = forms.RolesForm(request.POST or None, initial={"roles": list(found.access_roles)})

    def act() -> None:
        chosen = [AccessRole(role) for role in form.cleaned_data["roles"]]
        actions.set_roles(signed_in(request), found, chosen)

    return _changing(request, form, found, _("What may %(who)s do?") % {"who": found}, act)


def set_skill(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    rules.may_tell_skills(signed_in(request), found)
    form = forms.SkillForm(request.POST or None, initial={"skill": request.GET.get("skill")})
    return _changing(
        request,
        form,
        found,
        _("A skill of %(who)s") % {"who": found},
        lambda: actions.set_skill(signed_in(request), found, **form.cleaned_data),
    )


@require_POST
def remove_skill(request: HttpRequest, pk: int, skill: int) -> HttpResponse:
    found = _member(pk)
    actions.remove_skill(signed_in(request), found, get_object_or_404(Skill, pk=skill))
    return gone(request, "people:member", pk)


def record_absence(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    rules.may_tell_absences(signed_in(request), found)
    form = forms.AbsenceForm(request.POST or None)
    return _changing(
        request,
        form,
        found,
        _("When is %(who)s away?") % {"who": found},
        lambda: actions.record_absence(signed_in(request), found, **form.cleaned_data),
    )


@require_POST
def cancel_absence(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Absence.objects.select_related("member"), pk=pk)
    actions.cancel_absence(signed_in(request), found)
    messages.success(request, _("The absence was cancelled."))
    return gone(request, "people:member", found.member_id)


def set_member_rate(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    rules.may_set_rates(signed_in(request), found)
    now = queries.rates_at(dt.date.today()).of_member(found)
    return _rate(request, found, now, "people:member", pk)


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    found = _member(pk)
    invitations.invite_member(signed_in(request), found, _site(request))
    messages.success(request, _("An invitation to %(mail)s is on its way.") % {"mail": found.email})
    return gone(request, "people:member", pk)


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    actions.deactivate_member(signed_in(request), _member(pk))
    return gone(request, "people:member", pk)


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    actions.reactivate_member(signed_in(request), _member(pk))
    return gone(request, "people:member", pk)


# Roles, skills, teams, the firm


def add_role(request: HttpRequest) -> HttpResponse:
    return _named(request, _("Add a role"), actions.add_role, "people:roles")


def add_skill(request: HttpRequest) -> HttpResponse:
    return _named(request, _("Add a skill"), actions.add_skill, "people:skills")


def set_role_rate(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    rules.may_set_rates(signed_in(request), role)
    return _rate(request, role, queries.rates_at(dt.date.today()).of_role(role), "people:roles")


def make_team(request: HttpRequest) -> HttpResponse:
    rules.may_shape_delivery(signed_in(request), None)
    form = forms.TeamForm(request.POST or None)
    if carried_out(request, form, lambda: actions.make_team(signed_in(request), **form.cleaned_data)):
        return gone(request, "people:teams")
    return form_page(request, form, _("Make a team"), _("Make it"))


def join_team(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    rules.may_move_team(signed_in(request), team)
    form = forms.JoinForm(request.POST or None, team=team)
    if carried_out(request, form, lambda: actions.join_team(signed_in(request), team, **form.cleaned_data)):
        return gone(request, "people:teams")
    return form_page(request, form, _("Who joins %(team)s?") % {"team": team}, _("Add"))


def lead_team(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    rules.may_shape_delivery(signed_in(request), team)
    form = forms.LeadForm(request.POST or None, initial={"lead": team.lead_id})
    if carried_out(request, form, lambda: actions.lead_team(signed_in(request), team, **form.cleaned_data)):
        return gone(request, "people:teams")
    return form_page(request, form, _("Who leads %(team)s?") % {"team": team}, _("Save"))


@require_POST
def leave_team(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    actions.leave_team(signed_in(request), get_object_or_404(Team, pk=pk), _member(member))
    return gone(request, "people:teams")


def set_up_firm(request: HttpRequest) -> HttpResponse:
    rules.may_set_up_firm(signed_in(request), None)
    found = queries.the_firm()
    first = {name: getattr(found, name) for name in FirmProfile.__dataclass_fields__}
    form = forms.FirmForm(request.POST or None, initial=first | {"workdays": found.days})
    if carried_out(request, form, lambda: actions.set_up_firm(signed_in(request), form.profile())):
        return gone(request, "people:firm")
    return form_page(request, form, _("Settings of the firm"), _("Save"))


def set_logo(request: HttpRequest) -> HttpResponse:
    rules.may_set_up_firm(signed_in(request), None)
    form = forms.LogoForm(request.POST or None, request.FILES or None)

    def act() -> Logo:
        # One byte more than is allowed is enough to know that it is too large.
        return actions.set_logo(signed_in(request), form.cleaned_data["logo"].read(LARGEST + 1))

    if carried_out(request, form, act):
        return gone(request, "people:firm")
    return form_page(request, form, _("Logo on letters"), _("Take it"))


@require_POST
def remove_logo(request: HttpRequest) -> HttpResponse:
    actions.remove_logo(signed_in(request))
    return gone(request, "people:firm")


@login_not_required
def parts_of_country(request: HttpRequest) -> HttpResponse:
    """The choices of a state or province, asked for when a country was chosen."""
    parts = subdivisions(request.GET.get("country", ""))
    return render(request, "people/parts_of_country.html", {"parts": parts})


# One's own account


def account(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    kinds = [a.type for a in Authenticator.objects.filter(user=actor)]
    page = {
        "has_code": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "sessions": len(UserSession.objects.purge_and_list(actor)),
    }
    return render(request, "people/account.html", page)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions elsewhere."""
    get_object_or_404(UserSession, pk=pk, user=signed_in(request)).end()
    messages.success(request, _("That session was ended."))
    return redirect("usersessions_list")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens: choose a password, and be signed in."""
    invitation = invitations.by_token(token)
    try:
        if invitation is None:
            raise Refused(
                _("An invitation is opened by its whole link."),
                _("This link was not made by Accord, or a part of it is missing."),
                _("Open it from the mail itself, or copy all of it."),
            )
        rules.invitation_stands(invitation, timezone.now())
    except Refused as refused:
        return render(request, "people/no_invitation.html", {"refused": refused}, status=410)
    invited = invitation.member
    form = forms.JoinFirmForm(request.POST or None)

    def act() -> None:
        let_in(
            request,
            invitations.accept_invitation(invited, invitation, form.cleaned_data["password"]),
        )

    if carried_out(request, form, act):
        messages.success(request, _("Welcome, %(who)s. You are signed in.") % {"who": invited})
        return redirect("web:desk")
    page = {"form": form, "invited": invited, "firm": queries.the_firm()}
    return render(request, "people/join.html", page, status=422 if form.errors else 200)


# What the above share


def _filter(request: HttpRequest) -> queries.Filter:
    def number(name: str) -> int | None:
        return row_number(request.GET.get(name, ""))

    return queries.Filter(
        search=request.GET.get("search", "").strip(),
        role=number("role"),
        team=number("team"),
        skill=number("skill"),
        level=number("level") or 1,
        left=request.GET.get("state") == "left",
    )


def _may(request: HttpRequest, permission: Callable[[Any, Any], None], about: Any = None) -> bool:
    try:
        permission(signed_in(request), about)
    except NotAllowed:
        return False
    return True


def _member(pk: int) -> Member:
    return get_object_or_404(Member.objects.select_related("role"), pk=pk)


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _changing(
    request: HttpRequest,
    form: django_forms.Form,
    found: Member,
    title: str,
    act: Callable[[], Any],
) -> HttpResponse:
    if carried_out(request, form, act):
        return gone(request, "people:member", found.pk)
    return form_page(request, form, title, _("Save"))


def _named(request: HttpRequest, title: str, act: Callable[..., Any], to: str) -> HttpResponse:
    rules.may_shape_delivery(signed_in(request), None)
    form = forms.NameForm(request.POST or None)
    if carried_out(request, form, lambda: act(signed_in(request), **form.cleaned_data)):
        return gone(request, to)
    return form_page(request, form, title, _("Add"))


def _rate(
    request: HttpRequest, of: Role | Member, now: queries.Hourly | None, to: str, *args: Any
) -> HttpResponse:
    first = {"cost": now.cost, "bill": now.bill} if now else None
    form = forms.RateForm(request.POST or None, initial=first)
    if carried_out(request, form, lambda: actions.set_rate(signed_in(request), of, **form.cleaned_data)):
        return gone(request, to, *args)
    return form_page(request, form, _("What does an hour of %(who)s cost?") % {"who": of}, _("Save"))
