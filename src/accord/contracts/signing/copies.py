"""Signed copies: what people upload, and which text it is if the file is one that Accord made."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accord.actions.refusals import WrongInput
from accord.relationships.rules import LARGEST_FILE, name_of

_MARK = re.compile(rb"accord-seal-([0-9a-f]{64})")
_OVERLAP = 100  # bytes that are read again: a mark may lie across two chunks


def mark_of(seal: str) -> str:
    """What the program's own PDFs carry among their keywords."""
    return f"accord-seal-{seal}"


def kept_of(copy: UploadedFile[Any] | None, seal: str) -> dict[str, Any]:
    """The fields of a signature that its signed copy fills; none without one.

    Raises:
        WrongInput: the file is empty or too large, or was made from another text.
    """
    if copy is None:
        return {}
    if not copy.size:
        raise WrongInput(copy=_("The file is empty."))
    if copy.size > LARGEST_FILE:
        raise WrongInput(copy=_("A signed copy has at most 20 MB."))
    digest, made_of, before = hashlib.sha256(), set(), b""
    for chunk in copy.chunks():
        digest.update(chunk)
        made_of |= {found.decode() for found in _MARK.findall(before + chunk)}
        before = chunk[-_OVERLAP:]
    if made_of and made_of != {seal}:
        other = sorted(made_of - {seal})[0]
        raise WrongInput(
            copy=_("This file was made from another text: its seal is {other}, not {seal}.").format(
                other=other[:12], seal=seal[:12]
            )
        )
    return {
        "copy": copy,
        "copy_name": name_of(copy),
        "copy_size": copy.size,
        "copy_digest": digest.hexdigest(),
    }
