"""The sample firm, the same every time, with dates relative to today."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accord.engagements.actions import Said, begin_engagement, record_expectation
from accord.people.actions import add_member, appoint_first_administrator
from accord.people.models import AccessRole, Member
from accord.relationships.actions import add_contact, begin_relationship


def load() -> None:
    """Fill an empty firm."""
    if Member.objects.exists():
        return
    admin = appoint_first_administrator(
        None, "Ines Albrecht", "ines@sample.example", "sample firm, not secret"
    )
    mara = add_member(
        admin,
        "Mara Kern",
        "mara@sample.example",
        "Seller",
        [AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER],
    )
    bond = begin_relationship(mara, "Northwind Insurance", mara, industry="Insurance")
    head = add_contact(mara, bond, "Judith Brandt", "Head of claims", part="decides")
    portal = begin_engagement(mara, bond, "Claims portal", Decimal(180_000))
    today = dt.date.today()
    said = Said(
        "time",
        "Go-live",
        today - dt.timedelta(20),
        date=today + dt.timedelta(120),
        words="Before the half-year closing, that is settled.",
        contact=head,
    )
    record_expectation(mara, portal, said)
