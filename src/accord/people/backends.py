"""Whose request it is, asked on every page: the member with their access roles, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Aggregate, CharField, OuterRef, Subquery

from accord.people.models import GivenRole, Member


class _Joined(Aggregate):
    """All values in one, with commas between them."""

    function = "GROUP_CONCAT"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s, ',')", **more
        )


class Backend(AuthenticationBackend):  # type: ignore[misc]
    def get_user(self, user_id: int) -> Member | None:
        given = GivenRole.objects.filter(member=OuterRef("pk")).order_by().values("member")
        roles = Subquery(given.annotate(told=_Joined("role")).values("told"))
        member: Member | None = (
            Member.objects.filter(pk=user_id, is_active=True).annotate(roles_told=roles).first()
        )
        if member is not None:
            told: str | None = member.roles_told  # type: ignore[attr-defined]
            member.access_roles = frozenset(told.split(",") if told else ())
        return member
