from __future__ import annotations

from django.db import models

from accord.relationships.models import Interaction, Relationship


def relationships(search: str = "") -> models.QuerySet[Relationship]:
    found = Relationship.objects.select_related("client", "owner")
    return found.filter(client__name__icontains=search) if search else found


def stream(relationship: Relationship) -> models.QuerySet[Interaction]:
    """What passed between the firm and the client, newest first."""
    return relationship.interactions.select_related("by").prefetch_related("contacts", "attachments")
