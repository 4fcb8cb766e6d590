"""What people type about estimates; the actions judge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accord.actions.forms import SeveralField
from accord.engagements.forms import DateInput
from accord.engagements.models import Engagement, Expectation, Part
from accord.estimating import queries
from accord.estimating.models import Assumption, Coverage, Estimate, Template, WorkPackage
from accord.people.models import AccessRole, Member


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("What is to be estimated"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the client needs, and what is left out. The estimators answer exactly this."),
    )
    due_on = forms.DateField(label=_("Needed by"), required=False, widget=DateInput())


class PeopleField(SeveralField):
    """People to tick; their roles stand above them."""

    widget = forms.CheckboxSelectMultiple


class AskForm(QuestionForm):
    estimators = PeopleField(
        label=_("Estimators"),
        queryset=Member.objects.none(),
        help_text=_("Two or more estimate independently: none sees the others' numbers before all are done."),
    )
    delivery_lead = forms.ModelChoiceField(
        label=_("Delivery lead"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=_("not named yet"),
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = queries.may_estimate(engagement)
        self.fields["estimators"].queryset = people  # type: ignore[attr-defined]
        named = engagement.parts.filter(part=Part.DELIVERY_LEAD).first()
        may_lead = Q(given_roles__role__in=[AccessRole.DELIVERY_LEAD, AccessRole.PROJECT_MANAGER])
        is_named = Q(pk=named.member_id if named else None)
        leads = Member.objects.filter(Q(pk__in=people.filter(may_lead).order_by().values("pk")) | is_named)
        self.fields["delivery_lead"].queryset = leads  # type: ignore[attr-defined]
        self.fields["delivery_lead"].initial = named.member_id if named else None


class NewVersionForm(QuestionForm):
    estimators = PeopleField(label=_("Estimators"), queryset=Member.objects.none())

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estimators"].queryset = queries.may_estimate(engagement)  # type: ignore[attr-defined]


class EstimatorForm(forms.Form):
    estimator = forms.ModelChoiceField(label=_("Who estimates as well"), queryset=Member.objects.none())

    def __init__(self, *args: Any, estimate: Estimate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        already = [c.estimator_id for c in estimate.contributions.all()]
        people = queries.may_estimate(estimate.engagement).exclude(pk__in=already)
        self.fields["estimator"].queryset = people  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    source = forms.ModelChoiceField(
        label=_("Estimate to copy"),
        queryset=Estimate.objects.none(),
        help_text=_(
            "Packages, roles, agreed hours, assumptions and risks are copied. The hours are a beginning: look at each."
        ),
    )

    def __init__(self, *args: Any, member: Member, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = queries.sources(member, engagement)  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    template = forms.ModelChoiceField(label=_("Template"), queryset=Template.objects.all())


class TemplateNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Everybody can use a template: check that no text in it names the client."),
    )


class AssumptionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Assumption.Kind,
        widget=forms.RadioSelect,
        initial=Assumption.Kind.ASSUMPTION,
    )
    text = forms.CharField(
        label=_("What is taken for granted, or left out"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RiskForm(forms.Form):
    name = forms.CharField(label=_("What may happen"), max_length=200)
    percent = forms.DecimalField(
        label=_("Chance in percent"), min_value=1, max_value=99, max_digits=4, decimal_places=1
    )
    package = forms.ModelChoiceField(
        label=_("Work package that takes longer then"),
        queryset=WorkPackage.objects.none(),
        required=False,
        empty_label=_("none: it only costs money"),
    )
    low = forms.DecimalField(label=_("Hours, low"), min_value=0, max_digits=9, decimal_places=2, initial=0)
    likely = forms.DecimalField(
        label=_("Hours, likely"), min_value=0, max_digits=9, decimal_places=2, initial=0
    )
    high = forms.DecimalField(label=_("Hours, high"), min_value=0, max_digits=9, decimal_places=2, initial=0)
    cost = forms.DecimalField(label=_("Money"), min_value=0, max_digits=12, decimal_places=2, initial=0)

    def __init__(self, *args: Any, estimate: Estimate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaves = [leaf.package.pk for leaf in queries.leaves(estimate)]
        self.fields["package"].queryset = estimate.packages.filter(pk__in=leaves)  # type: ignore[attr-defined]

    def noted(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"probability": data.pop("percent") / Decimal(100)}


class BecauseForm(forms.Form):
    because = forms.CharField(
        label=_("What is to be done before it can be approved"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ApproveForm(forms.Form):
    """Exactly what was delivered then; what the client expects and no package delivers is left out with a reason each."""

    delivered_at = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, uncovered: Sequence[Expectation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._uncovered = uncovered
        for expectation in uncovered:
            label = _("No package delivers “{subject}”. Why it is left out").format(
                subject=expectation.subject
            )
            self.fields[f"because_{expectation.pk}"] = forms.CharField(label=label, max_length=500)

    def clean_delivered_at(self) -> dt.datetime:
        seen = parse_datetime(self.cleaned_data["delivered_at"])
        if seen is None:
            raise forms.ValidationError(_("Open the page again."))
        return seen

    def left_out(self) -> dict[int, str]:
        return {e.pk: self.cleaned_data[f"because_{e.pk}"] for e in self._uncovered}


class CoverForm(forms.Form):
    """The package that delivers something; where one does already, this can be taken back."""

    TAKEN_BACK = "none"  # no package's code
    code = forms.ChoiceField(
        label=_("Work package that delivers it"),
        error_messages={"required": _("Choose the work package that delivers it.")},
    )

    def __init__(
        self, *args: Any, packages: Sequence[WorkPackage], coverage: Coverage | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].initial = coverage.code if coverage else ""
        self._names = {p.code: p.name for p in packages}
        choices = [("", str(_("Choose a work package")))]
        choices += [(p.code, "\u2003" * p.level + p.name) for p in packages]
        if coverage:
            choices.append((self.TAKEN_BACK, str(_("Take it back: no package delivers this"))))
        self.fields["code"].choices = choices  # type: ignore[attr-defined]

    @property
    def package(self) -> str:
        """The chosen package's name; '' if it is taken back."""
        return self._names.get(self.cleaned_data["code"], "")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A table (XLSX), a planning tool's plan (MSPDI, XML) or an engagement file (YAML), at most 5 MB. "
            "You see what will be taken before anything is changed."
        ),
    )
