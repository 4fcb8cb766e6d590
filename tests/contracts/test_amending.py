"""What is contracted changes by an amendment only: reviewed, signed by both, with its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import Amendment, Choice, Constraint, ConstraintValue, Contract
from accord.contracts.reviewing.queries import room
from accord.contracts.signing.actions import end_contract
from accord.contracts.signing.amending import (
    Wanted,
    drop_amendment,
    record_client_signature_of_amendment,
    save_amendment,
    sign_amendment_for_firm,
)
from accord.contracts.signing.content import Added, Worth
from accord.contracts.signing.queries import bound_by, values_now
from accord.engagements.models import Override
from accord.engagements.overriding import override
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from tests.contracts.signing_builders import (
    TODAY,
    amended,
    amendment,
    by_client,
    condition,
    decided_on_amendment,
    executive,
    in_force_now,
    let_pass_unbacked,
    prepared,
    seller,
)
from tests.planning import check_builders as planned

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(330)


@pytest.fixture(autouse=True)
def _the_ledger_holds_after_each(db: None) -> Iterator[None]:
    yield
    assert chain.verify().holds


@pytest.fixture
def contract() -> Contract:
    return in_force_now()


def of(contract: Contract, kind: str) -> Constraint:
    return contract.constraints.get(kind=kind)


def later(contract: Contract) -> dict[int, Worth | None]:
    return {of(contract, "time").pk: Worth(date=LATER)}


def fresh(row: Amendment) -> Amendment:
    return Amendment.objects.get(pk=row.pk)


def test_signed_by_both_its_values_are_what_the_contract_asks_and_the_old_ones_stay(
    contract: Contract,
) -> None:
    wanted = {
        "values": later(contract) | {of(contract, "quality").pk: None},
        "added": (Added(kind="scope", name="Reports", value=Worth(text="Three of them")),),
        "price_difference": Decimal(5_000),
    }
    done = amended(amendment(contract, **wanted))
    assert (done.state, done.in_force_since) == (Amendment.State.IN_FORCE, TODAY)
    now = values_now(contract)
    assert now[of(contract, "time").pk].date == LATER
    assert now[of(contract, "cost").pk].amount == 45_000
    assert of(contract, "quality").pk not in now
    assert contract.constraints.get(name="Reports").values.get().amendment == done
    history = of(contract, "time").values.all()
    assert [v.amendment for v in history] == [None, done]
    gone = next(line for g in bound_by(contract) if g.kind == "quality" for line in g.lines)
    assert gone.value is None
    body = LedgerEntry.objects.get(kind="contract_amended").body
    assert str(LATER) in body
    assert done.digest in body


def test_before_both_signed_nothing_changes(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    before = values_now(contract)
    decided_on_amendment(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    assert values_now(contract) == before
    assert fresh(draft).digest == draft.seal


def test_without_its_review_neither_side_signs(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    with pytest.raises(Refused, match="No review decided"):
        sign_amendment_for_firm(executive(), draft, draft.seal)
    with pytest.raises(Refused, match="No review decided"):
        record_client_signature_of_amendment(seller(draft.engagement), draft, draft.seal, by_client())


def test_a_change_after_the_decision_makes_it_void(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    seal = draft.seal
    decided_on_amendment(draft)
    wanted = Wanted("The client wants it earlier.", later(contract), price_difference=Decimal(1))
    save_amendment(seller(draft.engagement), draft, wanted, 0)
    with pytest.raises(Refused, match="No review decided"):
        sign_amendment_for_firm(executive(), fresh(draft), seal)
    with pytest.raises(Refused, match="No review decided"):
        sign_amendment_for_firm(executive(), fresh(draft), fresh(draft).seal)


def test_what_one_side_signed_is_not_changed_and_not_rewritten(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    decided_on_amendment(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    wanted = Wanted("Cheaper", price_difference=Decimal(-1))
    with pytest.raises(Refused, match="not changed any more"):
        save_amendment(seller(draft.engagement), fresh(draft), wanted, 0)
    row = fresh(draft)
    row.content = row.content | {"reason": "Something else"}
    planned.saved(None, row)
    with pytest.raises(Refused, match="The text was changed"):
        record_client_signature_of_amendment(seller(draft.engagement), fresh(draft), draft.seal, by_client())


def test_a_stale_page_overwrites_nothing(contract: Contract) -> None:
    draft, who = amendment(contract, values=later(contract)), seller(contract.engagement)
    save_amendment(who, draft, Wanted("Really", later(contract)), 0)
    with pytest.raises(Refused, match="since you opened it"):
        save_amendment(who, fresh(draft), Wanted("Old", later(contract)), 0)


def test_its_conditions_and_overrides_are_as_a_contracts(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    condition(decided_on_amendment(draft, Choice.CONDITIONS))
    with pytest.raises(Refused, match="The tester is hired"):
        sign_amendment_for_firm(executive(), draft, draft.seal)
    drop_amendment(seller(contract.engagement), draft, "Not now")
    other, who = amendment(contract, values=later(contract), reason="Anew"), executive()
    override(who, contract.engagement, Override.Deed.SIGN, other.seal, other.name, "No review", "It burns.")
    assert sign_amendment_for_firm(who, other, other.seal).amendment == other


def test_the_seller_does_not_sign_it_for_the_firm(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    decided_on_amendment(draft)
    with pytest.raises(NotAllowed):
        sign_amendment_for_firm(seller(draft.engagement), draft, draft.seal)


def test_a_contract_has_one_draft_and_only_in_force(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    with pytest.raises(Refused, match="one draft"):
        amendment(contract, values=later(contract))
    drop_amendment(seller(contract.engagement), draft, "Not now")
    with pytest.raises(Refused, match="is dropped"):
        sign_amendment_for_firm(executive(), fresh(draft), draft.seal)
    assert amendment(contract, values=later(contract)).serial == 2
    with pytest.raises(Refused, match="in force is amended"):
        amendment(prepared(), price_difference=Decimal(1))


def test_an_ended_contract_is_not_amended_any_more(contract: Contract) -> None:
    draft = amendment(contract, values=later(contract))
    decided_on_amendment(draft)
    end_contract(executive(), contract, TODAY, "All done")
    with pytest.raises(Refused, match="is ended"):
        sign_amendment_for_firm(executive(), fresh(draft), draft.seal)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " ", "price_difference": Decimal(1)},
        {},
        {"price_difference": Decimal(-50_000)},
        {"price_difference": Decimal("0.001")},
        {"values": "amount for a date"},
    ],
)
def test_what_is_no_change_is_told(contract: Contract, wrong: dict[str, object]) -> None:
    if "values" in wrong:
        wrong = {"values": {of(contract, "time").pk: Worth(amount=Decimal(1))}}
    with pytest.raises(WrongInput):
        amendment(contract, **wrong)
    assert ConstraintValue.objects.filter(amendment__isnull=False).count() == 0


def test_a_constraint_of_another_contract_is_not_touched(contract: Contract) -> None:
    other = in_force_now()
    with pytest.raises(WrongInput, match="Nothing is changed"):
        amendment(contract, values=later(other))


def test_nobody_signs_what_delivery_does_not_back_unless_somebody_else_lets_it_pass(
    contract: Contract,
) -> None:
    tomorrow = Worth(date=TODAY + dt.timedelta(1))
    draft = amendment(contract, values={of(contract, "time").pk: tomorrow})
    decided_on_amendment(draft)
    sells = seller(contract.engagement)
    with pytest.raises(Refused, match="backed by an approved estimate"):
        sign_amendment_for_firm(executive(), draft, draft.seal)
    with pytest.raises(Refused, match="backed by an approved estimate"):
        record_client_signature_of_amendment(sells, draft, draft.seal, by_client())
    let_pass_unbacked(draft)
    sign_amendment_for_firm(executive(), fresh(draft), draft.seal)
    record_client_signature_of_amendment(sells, fresh(draft), draft.seal, by_client())
    assert fresh(draft).state == Amendment.State.IN_FORCE


def test_an_amount_of_its_own_is_part_of_the_price_that_delivery_has_to_back(contract: Contract) -> None:
    hosting = Added(kind="cost", name="Hosting", value=Worth(amount=Decimal(1)))
    amended(amendment(contract, added=(hosting,), price_difference=Decimal(-39_000)))
    cost = contract.constraints.get(kind="cost", is_price=False)
    for value in (Worth(amount=Decimal(2)), None):
        draft = amendment(contract, values={cost.pk: value})
        decided_on_amendment(draft)
        with pytest.raises(Refused, match="backed by an approved estimate"):
            sign_amendment_for_firm(executive(), draft, draft.seal)
        drop_amendment(draft.made_by, draft, "Only tried.")


def test_what_an_amendment_leaves_as_it_is_does_not_hold_it(contract: Contract) -> None:
    amended(amendment(contract, values={of(contract, "time").pk: Worth(date=TODAY + dt.timedelta(1))}))
    draft = amendment(contract, price_difference=Decimal(5000))
    decided_on_amendment(draft)
    assert sign_amendment_for_firm(executive(), draft, draft.seal)


def test_the_review_of_an_amendment_in_force_is_not_told_as_changed(contract: Contract) -> None:
    made = amended(amendment(contract, price_difference=Decimal(5000)))
    assert not room(made.reviews.get(), made.made_by).is_changed
