"""The job that takes a version of the policy in force on its day."""

from __future__ import annotations

from django_tasks import task


@task()
def follow_policy_in_force() -> None:
    from accord.engagements.policies.actions import take_policy_in_force

    take_policy_in_force(None)
