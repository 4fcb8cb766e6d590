"""Two people act at the same moment: a contract is signed once by each side, and numbers have no gaps."""

from __future__ import annotations

import pytest

from accord.actions.refusals import Refused
from accord.contracts.models import Contract, Signature
from accord.contracts.signing.actions import prepare_contract, record_client_signature, sign_for_firm
from accord.ledger import chain
from accord.proposals.actions import withdraw_proposal
from tests.contracts.signing_builders import (
    by_client,
    decided_on,
    executive,
    now,
    prepared,
    seller,
    sent,
    term,
)
from tests.estimating.test_at_the_same_moment import at_once
from tests.proposals.builders import now as as_it_is

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_executives_sign_at_once() -> None:
    contract, one, other = prepared(), executive(), executive()
    got = at_once(
        lambda: sign_for_firm(one, now(contract), contract.digest),
        lambda: sign_for_firm(other, now(contract), contract.digest),
    )
    assert sum(isinstance(result, Refused) for result in got) == 1
    assert Signature.objects.count() == 1
    assert chain.verify().holds


def test_both_sides_sign_at_once_and_it_is_in_force_once() -> None:
    contract, one = prepared(), executive()
    sells = seller(contract.engagement)
    at_once(
        lambda: sign_for_firm(one, now(contract), contract.digest),
        lambda: record_client_signature(sells, now(contract), contract.digest, by_client()),
    )
    assert now(contract).state == Contract.State.IN_FORCE
    assert contract.constraints.count() == 4
    assert chain.verify().holds


def test_a_version_becomes_one_contract() -> None:
    text = sent()
    decided_on(text)
    who = seller(text.engagement)
    got = at_once(
        lambda: prepare_contract(who, as_it_is(text), term()),
        lambda: prepare_contract(who, as_it_is(text), term()),
    )
    assert sum(isinstance(result, Refused) for result in got) == 1


def test_contracts_of_two_clients_prepared_at_once_get_numbers_of_their_own() -> None:
    texts = [sent(), sent()]
    for text in texts:
        decided_on(text)
    at_once(
        *(
            lambda text=text: prepare_contract(seller(text.engagement), as_it_is(text), term())
            for text in texts
        )
    )
    assert sorted(Contract.objects.values_list("serial", flat=True)) == [1, 2]


def test_what_is_withdrawn_at_the_same_moment_is_not_half_signed() -> None:
    contract, one = prepared(), executive()
    sells = seller(contract.engagement)
    got = at_once(
        lambda: sign_for_firm(one, now(contract), contract.digest),
        lambda: withdraw_proposal(sells, as_it_is(contract.proposal), "The tester left"),
    )
    signed_first = Signature.objects.exists()
    assert signed_first != isinstance(got[0], Refused)
