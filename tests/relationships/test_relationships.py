"""Clients, their people, what passed with them, and files that came along."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accord.actions.refusals import NotAllowed, WrongInput
from accord.people.actions import deactivate_member
from accord.people.models import AccessRole
from accord.relationships import rules
from accord.relationships.actions import (
    add_contact,
    begin_relationship,
    change_client,
    change_contact,
    hand_over_relationship,
    judge_health,
    record_interaction,
)
from accord.relationships.models import Attachment, Contact, Interaction, Relationship
from tests import firm
from tests.engagements.builders import TODAY, pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def a_file(name: str = "draft.pdf", content: bytes = b"hello") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_health_that_is_not_good_needs_a_reason() -> None:
    bond = firm.relationship()
    with pytest.raises(WrongInput):
        judge_health(bond.owner, bond, "strained", " ")
    judge_health(bond.owner, bond, "strained", "Two late invoices.")
    text = pages_of(bond.owner).get(f"/relationships/{bond.pk}/").content.decode()
    assert "strained" in text
    assert "Two late invoices." in text


def test_only_its_owner_or_an_executive_hands_a_relationship_over() -> None:
    bond, successor = firm.relationship(), firm.member(AccessRole.RELATIONSHIP_MANAGER)
    with pytest.raises(NotAllowed):
        hand_over_relationship(successor, bond, successor)
    hand_over_relationship(bond.owner, bond, successor)
    assert Relationship.objects.get().owner == successor


def test_a_relationship_is_not_owned_by_who_has_left_or_only_reads() -> None:
    bond, gone = firm.relationship(), firm.seller()
    deactivate_member(firm.administrator(), gone)
    for nobody in (gone, firm.member(AccessRole.AUDITOR), bond.owner):
        with pytest.raises(WrongInput):
            hand_over_relationship(bond.owner, bond, nobody)


def test_two_clients_do_not_have_the_same_name() -> None:
    bond, other = firm.relationship(), firm.relationship()
    with pytest.raises(WrongInput):
        change_client(bond.owner, bond, other.client.name.upper(), "external")
    with pytest.raises(WrongInput):
        begin_relationship(bond.owner, other.client.name.lower(), bond.owner)


def test_a_contact_is_changed_and_its_page_tells_how() -> None:
    bond = firm.relationship()
    contact = add_contact(bond.owner, bond, "Per Holm")
    change_contact(bond.owner, contact, "Per Holm", "Director", part=Contact.Part.DECIDES)
    text = pages_of(bond.owner).get(f"/relationships/contacts/{contact.pk}/").content.decode()
    assert "changed contact" in text
    assert "part unknown" in text
    assert "decides" in text


def test_a_reader_writes_nothing() -> None:
    bond = firm.relationship()
    with pytest.raises(NotAllowed):
        record_interaction(firm.member(AccessRole.AUDITOR), bond, "call", TODAY, "Hello")


def test_files_come_back_as_they_went_in_and_are_only_ever_saved() -> None:
    bond = firm.relationship()
    evil = b"<script>alert(1)</script>"
    sent = {
        "kind": "mail",
        "on": TODAY,
        "text": "See the files.",
        "attachments": [a_file("page.html", evil), a_file("setup.exe", b"MZ")],
    }
    page = pages_of(bond.owner)
    assert page.post(f"/relationships/{bond.pk}/record/", sent).status_code == 302
    html, program = Attachment.objects.all()
    assert html.digest == hashlib.sha256(evil).hexdigest()
    for kept, content in ((html, evil), (program, b"MZ")):
        answer = page.get(f"/relationships/attachments/{kept.pk}/")
        assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "." not in Path(kept.file.name).name


def test_nobody_outside_the_firm_gets_a_file() -> None:
    bond = firm.relationship()
    record_interaction(bond.owner, bond, "mail", TODAY, "See.", attachments=[a_file()])
    address = f"/relationships/attachments/{Attachment.objects.get().pk}/"
    from django.test import Client

    assert Client().get(address).status_code == 302
    left = firm.seller()
    page = pages_of(left)
    deactivate_member(firm.administrator(), left)
    assert page.get(address).status_code in (302, 403)


def test_too_big_too_many_and_empty_files_are_refused_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bond = firm.relationship()
    monkeypatch.setattr(rules, "LARGEST_FILE", 10)
    for files in ([a_file(content=b"x" * 11)], [a_file()] * 11, [a_file(content=b"")]):
        with pytest.raises(WrongInput):
            record_interaction(bond.owner, bond, "mail", TODAY, "See.", attachments=files)
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\draft.pdf", "draft.pdf"),
        ("a\nb\x00.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_files_name_loses_folders_and_tricks_but_keeps_its_ending(sent: str, kept: str) -> None:
    file = a_file()
    file._name = sent  # as it comes from a request that no browser made
    assert rules.name_of(file) == kept


def test_the_list_is_narrowed_by_its_address() -> None:
    strained, good = firm.relationship(), firm.relationship()
    judge_health(strained.owner, strained, "strained", "Why.")
    page = pages_of(good.owner)

    def shown(query: str) -> tuple[bool, bool]:
        text = page.get(f"/relationships/?{query}").content.decode().partition("<tbody>")[2]
        return f">{strained}</a>" in text, f">{good}</a>" in text

    assert shown("") == (True, True)
    assert shown("health=strained") == (True, False)
    assert shown(f"owner={good.owner.pk}") == (False, True)
    assert shown("kind=internal") == (False, False)
    assert shown(f"search={good.client.name}") == (False, True)
    assert shown("health=nonsense&owner=x") == (True, True)
