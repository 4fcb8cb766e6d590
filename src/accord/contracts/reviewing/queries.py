"""What reviews decided."""

from __future__ import annotations

from accord.contracts.models import Choice, Condition, Review
from accord.engagements.models import Engagement

MAY_BE_SIGNED = (Choice.SIGN, Choice.CONDITIONS)


def decision_on(engagement: Engagement, about: str) -> Review | None:
    """The newest decided review of exactly this text (its SHA-256)."""
    return Review.objects.filter(engagement=engagement, about=about, state=Review.State.DECIDED).first()


def open_conditions(engagement: Engagement, blocks: Condition.Blocks) -> list[Condition]:
    """Conditions of decisions to sign that nobody confirmed yet."""
    rows = Condition.objects.filter(
        review__engagement=engagement, review__state=Review.State.DECIDED, review__decision=Choice.CONDITIONS,
        blocks=blocks, confirmed_by=None,
    )  # fmt: skip
    return list(rows.select_related("owner", "review"))
