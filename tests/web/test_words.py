"""What Accord says goes through translation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import accord

ROOMS = ("actions", "people", "relationships", "engagements", "estimating", "planning", "web")
TRANSLATES = ("_", "gettext", "gettext_lazy", "ngettext")
FOR_DEVELOPERS = ("TypeError", "ValueError", "LookupError")


def untranslated(tree: ast.AST) -> Iterator[int]:
    """The lines of sentences that stand in functions as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            for statement in node.body[has_docstring:]:
                yield from _sentences(statement)


def _sentences(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATES + FOR_DEVELOPERS:
        return
    if isinstance(node, ast.FunctionDef):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        if _is_sentence(node):
            yield node.lineno
        return
    for child in ast.iter_child_nodes(node):
        yield from _sentences(child)


def _is_sentence(node: ast.Constant | ast.JoinedStr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    words = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
    is_prose = any(letter.islower() for letter in words)
    return (
        is_prose
        and " " in words
        and (words[0].isupper() or words[0] == "“")
        and words.rstrip().endswith((".", "?", "!"))
    )


def test_the_search_finds_plain_sentences() -> None:
    source = (
        'def f():\n    """A docstring."""\n    a(_("One two."), "One two.", f"{a} two.")\n    "no sentence"\n'
    )
    assert list(untranslated(ast.parse(source))) == [3, 3]


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_bypasses_translation(room: str) -> None:
    files = (Path(accord.__file__).parent / room).rglob("*.py")
    found = {str(file): list(untranslated(ast.parse(file.read_text()))) for file in files}
    assert {file: lines for file, lines in found.items() if lines} == {}
