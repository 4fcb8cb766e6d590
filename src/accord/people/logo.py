"""What may stand as a firm's logo on its letters: small, drawn by every reader of a PDF, running and fetching nothing."""

from __future__ import annotations

import json
import re
from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from accord.actions.refusals import WrongInput

LARGEST = 100 * 1024  # bytes
_WIDEST = 4_000  # pixels of a side: a small file can unpack to a huge picture
_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE = {"script", "foreignObject", "iframe", "image", "animate", "set"}
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:", re.IGNORECASE)
_TRIAL = b"#image(bytes(json(bytes(sys.inputs.data))), height: 1cm)"


def kind_of(content: bytes) -> str:
    """png or svg.

    Raises:
        WrongInput: it is too large, of another kind, cannot be drawn, or an SVG holds what runs or is fetched.
    """
    if len(content) > LARGEST:
        raise WrongInput(logo=_("A logo has at most 100 KB."))
    kind = "png" if content.startswith(_PNG) else "svg"
    if kind == "png":
        _is_not_huge(content)
    else:
        _is_quiet(content)
    _can_be_drawn(content)
    return kind


def _is_not_huge(png: bytes) -> None:
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    if not (0 < width <= _WIDEST and 0 < height <= _WIDEST):
        raise WrongInput(logo=_("A picture has at most 4,000 pixels a side."))


def _is_quiet(svg: bytes) -> None:
    try:
        root = fromstring(svg, forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, ValueError, LookupError):
        raise WrongInput(logo=_("Choose a PNG or an SVG file.")) from None
    if _plain(root.tag) != "svg":
        raise WrongInput(logo=_("Choose a PNG or an SVG file."))
    if any(_is_active(part) for part in root.iter()):
        raise WrongInput(
            logo=_("This SVG holds scripts, pictures or addresses of elsewhere; save it as plain drawing.")
        )


def _is_active(part: Element) -> bool:
    if _plain(part.tag) in _ACTIVE or _ELSEWHERE.search(part.text or ""):
        return True
    for name, value in part.attrib.items():
        leads_out = _plain(name) == "href" and not value.startswith("#")
        if leads_out or _plain(name).lower().startswith("on") or _ELSEWHERE.search(value):
            return True
    return False


def _plain(name: object) -> str:
    """Without its namespace; comments have no name."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _can_be_drawn(content: bytes) -> None:
    import typst

    try:
        typst.compile(_TRIAL, sys_inputs={"data": json.dumps(list(content))})
    except typst.TypstError:
        raise WrongInput(
            logo=_("This picture cannot be drawn; save it again with another program.")
        ) from None
