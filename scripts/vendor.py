"""Fetch the browser's libraries that src/accord/web/vendor.json names, check their integrity, and lay them beside our files.

Only for whoever takes a newer version (npm is needed): the files are part of the repository. `version` and `integrity`
are the package's; `files` maps a path in the package to the file's SHA-384 here, which a test compares.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

WEB = Path(__file__).parent.parent / "src" / "accord" / "web"
MANIFEST = WEB / "vendor.json"
VENDOR = WEB / "static" / "vendor"


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def fetch(name: str, about: dict[str, object], folder: Path) -> tarfile.TarFile:
    command = ["npm", "pack", "--silent", f"{name}@{about['version']}"]
    said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    packed = folder / said.stdout.split()[-1]
    found = digest("sha512", packed.read_bytes())
    if about.setdefault("integrity", found) != found:
        sys.exit(f"{name}: the package is not the one that {MANIFEST.name} names: {found}")
    return tarfile.open(packed)


def sprite(packed: tarfile.TarFile, names: list[str]) -> str:
    """One SVG file with a symbol for each icon."""
    symbols = []
    for name in sorted(names):
        member = packed.extractfile(f"package/icons/outline/{name}.svg")
        assert member, name
        inside = re.sub(r"<!--.*?-->|</?svg[^>]*>", "", member.read().decode(), flags=re.DOTALL)
        inside = " ".join(inside.split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{inside}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for name, about in manifest.items():
        target = VENDOR / name.removeprefix("@").replace("/", "-")
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            packed = fetch(name, about, Path(folder))
            for inside in about["files"]:
                member = packed.extractfile(f"package/{inside}")
                assert member, inside
                # A source map that is not here would be asked for in vain.
                content = re.sub(rb"\n/[/*]# sourceMappingURL=\S+( \*/)?\s*$", b"\n", member.read())
                if inside.endswith(".css"):  # fonts come from here, never from another site
                    content = re.sub(rb"@font-face\{[^}]*url\((https?|data):[^}]*\}", b"", content)
                (target / Path(inside).name).write_bytes(content)
                about["files"][inside] = digest("sha384", content)
            if "icons" in about:
                made = sprite(packed, about["icons"])
                (target / "sprite.svg").write_text(made, encoding="utf-8")
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
