"""One row of the ledger. The database refuses to change or delete it (triggers in the first migration)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LedgerEntry(models.Model):
    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=80)  # what happened: expectation_recorded, vote_cast
    subject = models.CharField(max_length=80, db_index=True)  # what it is about: engagement:12
    body = models.TextField()  # canonical JSON
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.subject}"
