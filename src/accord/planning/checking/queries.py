"""What pages show of promise checks."""

from __future__ import annotations

from accord.engagements.models import Engagement


def codes_expected_by_name(engagement: Engagement) -> list[str]:
    """Codes of the activities that deliver what the client expects in scope or quality."""
    from accord.planning.checking.portfolio import standing
    from accord.planning.models import Activity

    covered = standing().filter(engagement=engagement, coverage__isnull=False).values("coverage__code")
    rows = Activity.objects.filter(plan__engagement=engagement, package__code__in=covered)
    return list(rows.values_list("code", flat=True))
