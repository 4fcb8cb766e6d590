"""The pages of contracts and amendments, as people use them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Choice, Condition, Contract, Signature
from accord.contracts.signing.actions import prepare_contract, sign_for_firm
from accord.contracts.signing.content import Added, Kind, Worth
from accord.engagements.models import Engagement, Override, Stage
from accord.people.models import AccessRole, Member
from tests import firm
from tests.contracts.signing_builders import (
    TODAY,
    a_copy,
    amended,
    amendment,
    condition,
    decided_on,
    decided_on_amendment,
    executive,
    in_force_now,
    now,
    prepared,
    seller,
    sent,
    term,
)
from tests.engagements.builders import pages_of, queries_of
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db
MOST = 12


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def client_form(contract: Contract | Amendment, **changed: Any) -> dict[str, Any]:
    usual = {
        "name": "Bea Buyer",
        "position": "Head of IT",
        "for_whom": "The client",
        "signed_on": TODAY.isoformat(),
        "seal": contract.seal[:12],
        "copy": a_copy(),
    }
    return usual | changed


def test_the_tab_leads_from_the_decision_to_the_prepared_contract() -> None:
    text = sent()
    of, client = text.engagement, pages_of(seller(text.engagement))
    page = text_of(client, f"/contracts/of/{of.pk}/")
    assert "No review decided" in page
    assert "Let it pass" not in page
    decided_on(text)
    assert "Prepare the contract" in text_of(client, f"/contracts/of/{of.pk}/")
    wrong = client.post(
        f"/contracts/of/{of.pk}/prepare/", {"title": "The portal", "kind": "order", "begins_on": TODAY}
    )
    assert wrong.status_code == 422
    assert "Name the master agreement" in wrong.content.decode()
    page = client.post(
        f"/contracts/of/{of.pk}/prepare/",
        {"title": "The portal", "kind": "contract", "begins_on": TODAY},
        follow=True,
    ).content.decode()
    assert "Neither ours nor theirs yet." in page
    assert text.digest[:12] in page


def test_before_anything_was_sent_the_tab_leads_to_the_proposal() -> None:
    of = firm.engagement()
    assert "To the proposal" in text_of(pages_of(seller(of)), f"/contracts/of/{of.pk}/")
    assert pages_of(seller(of)).get(f"/contracts/of/{of.pk}/prepare/").status_code == 302


def test_the_page_says_first_whether_it_is_signed() -> None:
    contract, who = prepared(), executive()
    address = f"/contracts/{contract.pk}/"
    client = pages_of(who)
    assert client.post(f"{address}sign/", {"digest": contract.digest}).status_code == 302
    assert "Ours yes, theirs not yet." in text_of(client, address)
    sells = pages_of(seller(contract.engagement))
    sells.post(f"{address}client-signature/", client_form(contract))
    page = text_of(sells, address)
    assert "Yes, by both sides: in force since" in page
    assert "40\u202f000" in page
    assert "signed.pdf" in page


def test_a_stale_page_signs_nothing() -> None:
    """What it showed is not the text that is there now."""
    contract = prepared()
    answer = pages_of(executive()).post(f"/contracts/{contract.pk}/sign/", {"digest": "f" * 64})
    assert answer.status_code == 409
    assert "names the seal" in answer.content.decode()


def test_the_seller_signs_nothing_by_the_form() -> None:
    contract = prepared()
    client = pages_of(seller(contract.engagement))
    assert "Sign for the firm" not in text_of(client, f"/contracts/{contract.pk}/")
    assert client.post(f"/contracts/{contract.pk}/sign/", {"digest": contract.digest}).status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"seal": "0" * 12}, 409),
        ({"seal": "12"}, 422),
        ({"copy": ""}, 422),
        ({"copy": SimpleUploadedFile("e.pdf", b"")}, 422),
        ({"signed_on": "2999-01-01"}, 422),
        ({"signed_on": "yesterday"}, 422),
        ({"name": ""}, 422),
    ],
)
def test_wrong_input_of_the_client_s_signature_is_told(changed: dict[str, Any], status: int) -> None:
    contract = prepared()
    form = client_form(contract, **changed)
    client = pages_of(seller(contract.engagement))
    assert client.post(f"/contracts/{contract.pk}/client-signature/", form).status_code == status
    assert not Signature.objects.exists()


def test_the_seal_may_be_typed_with_spaces_and_capitals() -> None:
    contract = prepared()
    seal = f" {contract.digest[:8].upper()} {contract.digest[8:20]}"
    pages_of(seller(contract.engagement)).post(
        f"/contracts/{contract.pk}/client-signature/", client_form(contract, seal=seal)
    )
    assert Signature.objects.get().digest == contract.digest


def test_an_open_condition_is_told_and_let_pass_on_the_page_with_a_reason_that_stays() -> None:
    text = sent()
    condition(decided_on(text, Choice.CONDITIONS))
    contract, who = prepared(text), executive()
    client, address = pages_of(who), f"/contracts/{contract.pk}/"
    page = text_of(client, address)
    assert "The tester is hired" in page
    assert "Let it pass" in page
    assert "Let it pass" not in text_of(pages_of(seller(text.engagement)), address)
    assert client.post(f"{address}conditions/", {"because": ""}).status_code == 422
    shown = client.get(f"{address}conditions/").context["form"]["about"].value()
    client.post(f"{address}conditions/", {"because": "He comes on Monday.", "about": shown})
    client.post(f"{address}sign/", {"digest": contract.digest})
    assert "He comes on Monday." in text_of(client, address)


def test_a_condition_that_holds_the_start_is_let_pass_on_the_contract_s_page() -> None:
    text = sent()
    condition(decided_on(text, Choice.CONDITIONS), Condition.Blocks.START)
    contract = in_force_now(prepared(text))
    planned.saved(None, at_contract(contract))
    client, address = pages_of(executive()), f"/contracts/{contract.pk}/"
    assert f"{address}start/" in text_of(client, address)
    part = text_of(client, f"{address}start/")
    assert "The work does not start yet." in part
    assert f"{address}conditions/" in part
    assert f"{address}conditions/" not in text_of(pages_of(seller(text.engagement)), f"{address}start/")
    shown = client.get(f"{address}conditions/").context["form"]["about"].value()
    client.post(f"{address}conditions/", {"because": "He comes on Monday.", "about": shown})
    assert Override.objects.get().deed == Override.Deed.CONDITION
    assert "The work does not start yet." not in text_of(client, f"{address}start/")
    assert "He comes on Monday." in text_of(client, address)


def test_signing_without_a_decision_stays_visible() -> None:
    text = sent()
    address = f"/contracts/of/{text.engagement_id}/let-pass/"
    assert (
        pages_of(seller(text.engagement)).post(address, {"because": "x", "about": text.digest}).status_code
        == 403
    )
    client = pages_of(executive())
    client.post(address, {"because": "The quay is sinking.", "about": text.digest})
    override = Override.objects.get()
    assert (override.about, override.deed) == (text.digest, Override.Deed.SIGN)
    assert "No review decided" in override.facts
    contract = prepare_contract(seller(text.engagement), text, term())
    assert "The quay is sinking." in text_of(client, f"/contracts/{contract.pk}/")
    assert client.post(address, {"because": "x"}).status_code == 302  # it is a contract by now


def test_a_signed_copy_is_saved_never_shown_and_only_for_who_may_see_it() -> None:
    contract = in_force_now()
    pk = Signature.objects.get(side="client").pk
    answer = pages_of(seller(contract.engagement)).get(f"/contracts/copies/{pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 signed in ink"
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    hide(contract)
    assert pages_of(firm.member(AccessRole.SELLER)).get(f"/contracts/copies/{pk}/").status_code == 403
    ours = Signature.objects.get(side="firm").pk
    assert pages_of(seller(contract.engagement)).get(f"/contracts/copies/{ours}/").status_code == 404


def hide(contract: Contract) -> None:
    of = contract.engagement
    of.confidential = True
    planned.saved(None, of)


def test_a_confidential_contract_is_closed_to_others() -> None:
    contract = in_force_now()
    draft = amendment(contract, values={contract.constraints.get(kind="time").pk: Worth(date=TODAY)})
    hide(contract)
    client = pages_of(firm.member(AccessRole.SELLER))
    pages = ["", "pdf/", "sign/", "client-signature/", "conditions/", "end/", "amend/"]
    own = [f"{contract.pk}/{page}" for page in pages]
    theirs = [
        f"amendments/{draft.pk}/{page}"
        for page in ("", "pdf/", "change/", "sign/", "client-signature/", "drop/")
    ]
    first = contract.constraints.first()
    for page in (*own, *theirs, f"constraints/{first.pk}/", f"of/{contract.engagement_id}/"):
        assert client.get(f"/contracts/{page}").status_code == 403, page


def test_an_amendment_is_written_changed_signed_and_seen_in_the_history() -> None:
    contract = in_force_now()
    sells = pages_of(seller(contract.engagement))
    date = contract.constraints.get(kind="time")
    later = TODAY + dt.timedelta(330)
    page = text_of(sells, f"/contracts/{contract.pk}/amend/")
    assert "Go-live" in page
    assert "It is 40\u202f000\u00a0EUR now." in page
    form = amend_form(contract, **{f"value-{date.pk}": later.isoformat(), "price_difference": "5000"})
    wrong = sells.post(f"/contracts/{contract.pk}/amend/", form | {f"value-{date.pk}": ""})
    assert wrong.status_code == 422
    page = sells.post(f"/contracts/{contract.pk}/amend/", form, follow=True).content.decode()
    assert "Neither ours nor theirs yet." in page
    draft = Amendment.objects.get()
    sells.post(
        f"/contracts/amendments/{draft.pk}/change/", form | {"price_difference": "6000", "revision": "0"}
    )
    draft.refresh_from_db()
    assert draft.says.price_difference == 6_000
    stale = sells.post(f"/contracts/amendments/{draft.pk}/change/", form | {"revision": "0"})
    assert stale.status_code == 409
    assert "Change" in text_of(sells, f"/contracts/amendments/{draft.pk}/change/")
    decided_on_amendment(draft)
    signs = pages_of(executive())
    signs.post(f"/contracts/amendments/{draft.pk}/sign/", {"digest": draft.seal})
    sells.post(f"/contracts/amendments/{draft.pk}/client-signature/", client_form(draft))
    page = text_of(sells, f"/contracts/{contract.pk}/")
    assert "46\u202f000" in page
    assert "by amendment 1" in page
    history = text_of(sells, f"/contracts/constraints/{date.pk}/")
    assert "Amendment 1 to" in history
    assert "by the contract" in history


def test_the_page_of_a_draft_says_which_of_its_values_delivery_does_not_back() -> None:
    contract = in_force_now()
    date = contract.constraints.get(kind="time")
    draft = amendment(contract, values={date.pk: Worth(date=TODAY + dt.timedelta(1))})
    sells, address = pages_of(seller(contract.engagement)), f"/contracts/amendments/{draft.pk}/"
    assert f"{address}behind/" in text_of(sells, address)
    told = text_of(sells, f"{address}behind/")
    assert "1 is not backed" in told
    assert "It would be kept with" in told
    amended(draft)
    assert f"{address}behind/" not in text_of(sells, address)
    other = amendment(contract, added=(Added(kind=Kind.SCOPE, name="Tides", value=Worth()),))
    told = text_of(sells, f"/contracts/amendments/{other.pk}/behind/")
    assert "1 item of the scope is in no estimate." in told


def amend_form(contract: Contract, **changed: str) -> dict[str, str]:
    """What a browser sends of the form as it stands, with something changed."""
    from accord.contracts.signing.amendment_views import _start
    from accord.contracts.signing.forms import AmendmentForm

    form = AmendmentForm(None, **_start(contract))
    data = {"reason": "The client wants it later."}
    for _constraint, value, _gone in form.lines():
        data[value.html_name] = str(value.value() or "")
    for field in (*form.rows.management_form, *(field for row in form.rows for field in row)):
        data[field.html_name] = "" if field.value() is None else str(field.value())
    return data | changed


def test_an_amendment_comes_to_nothing_with_its_reason() -> None:
    contract = in_force_now()
    draft = amendment(contract, values={contract.constraints.get(kind="time").pk: Worth(date=TODAY)})
    sells = pages_of(seller(contract.engagement))
    assert sells.post(f"/contracts/amendments/{draft.pk}/drop/", {"because": ""}).status_code == 422
    sells.post(f"/contracts/amendments/{draft.pk}/drop/", {"because": "They changed their mind."})
    assert "They changed their mind." in text_of(sells, f"/contracts/amendments/{draft.pk}/")


def test_a_contract_is_ended_on_its_page() -> None:
    contract = in_force_now()
    sells = pages_of(seller(contract.engagement))
    assert (
        sells.post(f"/contracts/{contract.pk}/end/", {"on": TODAY, "because": "All done"}).status_code == 403
    )
    pages_of(executive()).post(f"/contracts/{contract.pk}/end/", {"on": TODAY, "because": "All done"})
    assert now(contract).state == Contract.State.ENDED
    assert "It ended on" in text_of(sells, f"/contracts/{contract.pk}/")


def test_the_pdfs_hold_the_seal_and_what_people_wrote_as_text() -> None:
    evil = '#panic("no markup") $x^2$ <script>'
    text = sent(proposals.says(opening=evil))
    contract = in_force_now(prepared(text, title=evil[:100]))
    client = pages_of(seller(contract.engagement))
    answer = client.get(f"/contracts/{contract.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert f"accord-seal-{contract.digest}".encode() in answer.content
    draft = amendment(
        contract, values={contract.constraints.get(kind="quality").pk: Worth(text=evil)}, reason=evil
    )
    answer = client.get(f"/contracts/amendments/{draft.pk}/pdf/")
    assert f"accord-seal-{draft.seal}".encode() in answer.content
    for page in (f"{contract.pk}/", f"amendments/{draft.pk}/", f"amendments/{draft.pk}/change/"):
        assert "<script>" + "alert" not in text_of(client, f"/contracts/{page}")


def test_no_page_asks_more_for_more_rows() -> None:
    many = tuple(proposals.says().scope[0].model_copy(update={"name": f"Part {k}"}) for k in range(12))
    contract = in_force_now(prepared(sent(proposals.says(scope=many))))
    planned.saved(None, at_contract(contract))
    time = contract.constraints.get(kind="time")
    for k in range(3):
        amended(
            amendment(contract, values={time.pk: Worth(date=TODAY + dt.timedelta(400 + k))}, reason=f"{k}")
        )
    draft = amendment(contract, values={time.pk: Worth(date=TODAY + dt.timedelta(500))})
    condition(decided_on_amendment(draft, Choice.CONDITIONS))
    for who in (Member.objects.get(pk=seller(contract.engagement).pk), executive()):
        for page in (
            f"of/{contract.engagement_id}/",
            f"{contract.pk}/",
            f"{contract.pk}/amend/",
            f"{contract.pk}/start/",
            f"amendments/{draft.pk}/",
            f"amendments/{draft.pk}/behind/",
            f"amendments/{draft.pk}/change/",
            f"constraints/{time.pk}/",
        ):
            assert queries_of(who, f"/contracts/{page}") <= MOST, page


def at_contract(contract: Contract) -> Engagement:
    of = Engagement.objects.get(pk=contract.engagement_id)
    of.stage = Stage.CONTRACT
    return of


def test_what_waits_for_signatures_is_shown_with_few_queries() -> None:
    text = sent()
    review = decided_on(text, Choice.CONDITIONS)
    for k in range(4):
        condition(review, text=f"Condition {k}")
    contract = prepared(text)
    who = executive()
    assert queries_of(who, f"/contracts/{contract.pk}/") <= MOST
    assert queries_of(who, f"/contracts/of/{text.engagement_id}/") <= MOST
    with pytest.raises(Refused, match="Condition 3"):
        sign_for_firm(who, contract, contract.digest)
