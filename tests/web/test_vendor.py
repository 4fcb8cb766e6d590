from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import accord.web

_WEB = Path(accord.web.__file__).parent
_MANIFEST = json.loads((_WEB / "vendor.json").read_text(encoding="utf-8"))


def test_every_vendored_file_is_the_one_that_the_manifest_names() -> None:
    for name, about in _MANIFEST.items():
        folder = _WEB / "static" / "vendor" / name.removeprefix("@").replace("/", "-")
        for inside, integrity in about["files"].items():
            content = (folder / Path(inside).name).read_bytes()
            found = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
            assert found == integrity, inside


def test_nothing_is_vendored_that_the_manifest_does_not_name() -> None:
    named = {
        f"{name.removeprefix('@').replace('/', '-')}/{Path(inside).name}"
        for name, about in _MANIFEST.items()
        for inside in about["files"]
    } | {"tabler-icons/sprite.svg"}
    vendor = _WEB / "static" / "vendor"
    assert {str(file.relative_to(vendor)) for file in vendor.rglob("*") if file.is_file()} == named


def test_the_sprite_holds_every_icon_that_a_page_names() -> None:
    import re

    used = set()
    for template in _WEB.parent.rglob("templates/**/*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text(encoding="utf-8")))
    assert used <= set(_MANIFEST["@tabler/icons"]["icons"])
