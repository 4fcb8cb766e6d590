"""Whatever a client reads has words in each language that a client can have, found where it is said."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Template
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import accord
from accord.relationships.models import Language

HERE = Path(accord.__file__).parent
OTHERS = [language for language in Language.values if language != "en"]
TRANSLATES = ("_", "gettext", "gettext_lazy")
FOR_CLIENTS = (  # all that these say is said to clients; the door's refusals stand on their page too
    *sorted(HERE.glob("portal/*.py")),
    *(HERE / "proposals" / name for name in ("content.py", "mail.py", "pdf.py", "telling.py")),
    HERE / "actions" / "door.py",
)
ANSWERING = [HERE / "proposals" / "answering" / name for name in ("actions.py", "rules.py", "links.py")]


def words_of_a_page(name: str, seen: set[str]) -> Iterator[str]:
    """Of a template, of what it extends and of what it includes."""
    if name in seen:
        return
    seen.add(name)
    template: Template = get_template(name).template
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        yield str(node.filter_expression.var.literal)
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]
    for node in template.nodelist.get_nodes_by_type(IncludeNode):
        yield from words_of_a_page(node.template.var, seen)
    for node in template.nodelist.get_nodes_by_type(ExtendsNode):
        yield from words_of_a_page(node.parent_name.var, seen)


def words_of_code(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATES:
            yield ast.literal_eval(node.args[0])


def told_by_link() -> Iterator[str]:
    """What the actions of clients say, and whatever they call to say it."""
    trees = [ast.parse(file.read_text()) for file in ANSWERING]
    functions = {f.name: f for tree in trees for f in tree.body if isinstance(f, ast.FunctionDef)}
    to_read, read = [name for name in functions if name.endswith("_by_link")], set[str]()
    assert len(to_read) == 3
    while to_read:
        name = to_read.pop()
        if name in read:
            continue
        read.add(name)
        for statement in functions[name].body:
            yield from words_of_code(statement)
            for node in ast.walk(statement):
                called = getattr(node, "id", getattr(node, "attr", ""))
                to_read += [called] if called in functions else []


def said_to_clients() -> set[str]:
    seen: set[str] = set()
    templates = [file.name for file in HERE.glob("portal/templates/portal/*")]
    words = {word for name in templates for word in words_of_a_page(f"portal/{name}", seen)}
    words |= set(words_of_a_page("proposals/mail/proposal.txt", seen))
    for file in FOR_CLIENTS:
        words |= set(words_of_code(ast.parse(file.read_text())))
    return words | set(told_by_link())


def catalogue(language: str) -> dict[str, str]:
    found = gettext.translation("django", HERE / "locale", [language])
    return found._catalog  # type: ignore[attr-defined,no-any-return]


def test_the_search_finds_words_wherever_they_are_said() -> None:
    said = said_to_clients()
    for word in (
        "Read or keep it as PDF",  # a page
        "What is delivered",  # what it includes
        "(optional)",
        "For %(name)s, from %(sender)s.",
        "Your position",  # a form
        "Only exactly what was sent can be accepted.",  # a rule
        "{name} declined this version on {day}.",
        "A form can be sent once.",
        "fixed price",
        "Seal of this version (SHA-256)",  # the letter
        "Dear %(name)s,",  # its mail
    ):
        assert word in said
    assert "Comments are answered." not in said  # to members


@pytest.mark.parametrize("language", OTHERS)
def test_all_that_is_said_to_clients_has_words(language: str) -> None:
    assert sorted(said_to_clients() - {word for word, told in catalogue(language).items() if told}) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_what_the_original_names(language: str) -> None:
    def named(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))

    words = {word: told for word, told in catalogue(language).items() if word}
    assert {word: told for word, told in words.items() if named(word) != named(told)} == {}


def test_no_french_line_begins_with_a_mark() -> None:
    """What stands before : ; ? ! » and behind « is a space that does not break."""
    told = [told for word, told in catalogue("fr").items() if word]
    wrong = re.compile(r"(?<![\xa0\u202f])[:;?!»]|«(?![\xa0\u202f])|[“”„']")
    assert [text for text in told if wrong.search(text)] == []
