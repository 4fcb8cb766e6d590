"""An estimate's content as plain values: what is approved by its digest, kept as a template and copied.

Only agreed efforts belong to it; what estimators gave on their own never does.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from accord.estimating.models import Effort, Estimate
from accord.estimating.rules import is_leaf
from accord.ledger.chain import canonical

Content = dict[str, Any]
POINTS = ("low", "likely", "high")


def content_of(estimate: Estimate) -> Content:
    """Packages in order with role names and agreed points, assumptions, exclusions and risks; amounts as text."""
    agreed = {e.package_id: e for e in Effort.objects.filter(package__estimate=estimate, contribution=None)}
    packages = list(estimate.packages.select_related("role"))
    levels = [p.level for p in packages]
    leaves = {p.pk for k, p in enumerate(packages) if is_leaf(levels, k)}
    return {
        "packages": [
            {
                "code": p.code,
                "level": p.level,
                "name": p.name,
                "role": p.role.name if p.role else None,
                "units": _text(p.units),
                "note": p.note,
                **{
                    name: _text(getattr(agreed[p.pk], name))
                    for name in POINTS
                    if p.pk in agreed and p.pk in leaves
                },
            }
            for p in packages
        ],
        "assumptions": [{"kind": a.kind, "text": a.text} for a in estimate.assumptions.all()],
        "risks": [
            {
                "name": r.name,
                "probability": _text(r.probability),
                "package": r.package.code if r.package else None,
                **{name: _text(getattr(r, name)) for name in (*POINTS, "cost")},
            }
            for r in estimate.risks.select_related("package")
        ],
    }


def digest_of(estimate: Estimate) -> str:
    """SHA-256 of the canonical content of exactly this version."""
    about = {"engagement": estimate.engagement_id, "version": estimate.version}
    return hashlib.sha256(canonical(about | content_of(estimate)).encode()).hexdigest()


def _text(value: Decimal) -> str:
    """One spelling for one number, however the database writes it."""
    return f"{value.normalize():f}"
