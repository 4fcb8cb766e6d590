"""Work on plans that would keep somebody waiting."""

from __future__ import annotations

from django_tasks import task

from accord.people.models import Member
from accord.planning.actions import reschedule
from accord.planning.models import Plan


@task()
def reschedule_later(plan: int, actor: int) -> None:
    """Compute a plan's dates in the name of whoever changed it; later changes are part of it."""
    found = Plan.objects.select_related("engagement__relationship").get(pk=plan)
    if found.engagement.outcome:
        return  # it ended while the job waited
    reschedule(Member.objects.get(pk=actor), found)
