"""An engagement that received an estimate in confidence stays confidential."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import Refused
from accord.engagements.models import Engagement
from accord.people.models import Member


@gate("engagements.change_engagement")
def what_was_copied_in_confidence_stays_so(
    _actor: Member,
    engagement: Engagement,
    _title: str,
    _value: Decimal | None,
    _win_probability: int,
    confidential: bool,
) -> None:
    """
    Raises:
        Refused: an estimate here began as a copy from a confidential engagement, and everybody would read it.
    """
    if confidential:
        return
    elsewhere = engagement.estimates.exclude(copied_from__engagement=engagement)
    copy = elsewhere.filter(copied_from__engagement__confidential=True).first()
    if copy is not None:
        raise Refused(
            _("What is confidential stays with those who have a part in it."),
            _("Version {version} of the estimate was copied from a confidential engagement.").format(
                version=copy.version
            ),
            _("Keep this engagement confidential, or begin another one and estimate it anew."),
        )
