"""What a scenario does to the plan when it is adopted. To be used inside the action that adopts."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.engagements.queries import standing
from accord.planning.checking.changes import (
    DateChange,
    DropChange,
    EffortChange,
    PeopleChange,
    PriceChange,
    read,
)
from accord.planning.models import Activity, Assignment, Link, Plan, Scenario


class Adoption:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.changes = read(scenario.changes)
        self.plan = Plan.objects.get(engagement=scenario.engagement_id)
        self.by_code: dict[str, Activity] = {a.code: a for a in self.plan.activities.all()}

    @property
    def needs_hiring(self) -> bool:
        return any(isinstance(c, PeopleChange) and c.hired for c in self.changes)

    def promises_still_stand(self) -> None:
        """
        Raises:
            Refused: what is to be promised anew was restated or withdrawn since.
        """
        about = {c.expectation for c in self.changes if isinstance(c, DateChange | PriceChange)}
        if standing().filter(engagement=self.scenario.engagement_id, pk__in=about).count() != len(about):
            raise Refused(
                _("Only what still holds is adopted."),
                _("A promise of this scenario was restated or withdrawn."),
                _("Try it again on what stands now."),
            )

    def change_the_plan(self) -> None:
        before = self.plan.revision
        for change in self.changes:
            if isinstance(change, DropChange):
                self._drop(change)
            elif isinstance(change, PeopleChange):
                self._assign(change)
            elif isinstance(change, EffortChange):
                self._resize(change)
        if self.plan.revision != before:
            self.plan.save()

    def _drop(self, change: DropChange) -> None:
        """What came after a left-out activity comes after what was before it."""
        for code in change.codes:
            gone = self._activity(code)
            before = list(gone.incoming.select_related("source"))
            for after in gone.outgoing.select_related("target"):
                for link in before:
                    _link(link.source, after.target, link.kind, link.lag)
            gone.delete()
            del self.by_code[code]
        self.plan.revision += 1

    def _assign(self, change: PeopleChange) -> None:
        for code in change.codes:
            own = self._activity(code).assignments.filter(role=change.role).first()
            if own is None:
                own = Assignment(activity=self._activity(code), role_id=change.role, units=Decimal(0))
            own.units += change.units
            own.save()
            self.plan.revision += 1

    def _resize(self, change: EffortChange) -> None:
        row, factor = self._activity(change.code), Decimal(str(change.factor))
        row.low, row.likely, row.high = (
            (p * factor).quantize(Decimal("0.01")) for p in (row.low, row.likely, row.high)
        )
        row.save()
        self.plan.revision += 1

    def _activity(self, code: str) -> Activity:
        found = self.by_code.get(code)
        if found is None:
            raise Refused(
                _("Only what still holds is adopted."),
                _("An activity of this scenario is not in the plan any more."),
                _("Try it again on the plan as it is now."),
            )
        return found


def _link(source: Activity, target: Activity, kind: str, lag: Decimal) -> None:
    if not Link.objects.filter(source=source, target=target, kind=kind).exists():
        Link(source=source, target=target, kind=kind, lag=lag).save()
