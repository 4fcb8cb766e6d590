"""What a proposal's text adds up to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from accord.proposals.content import Content, Payment, PriceKind, PriceLine, digest_of, kept
from accord.proposals.judging import differences
from tests.proposals.builders import says

_MONEY = st.decimals(0, 1_000_000, places=2)
_SHARES = st.lists(st.integers(1, 100), min_size=1, max_size=6)


@given(st.lists(_MONEY, min_size=1, max_size=6), st.decimals(0, 100, places=2))
def test_the_price_is_the_sum_less_the_discount_to_the_cent(rates: list[Decimal], discount: Decimal) -> None:
    content = Content(prices=tuple(PriceLine(name="x", rate=rate) for rate in rates), discount=discount)
    assert abs(content.price - sum(rates) * (100 - discount) / 100) <= Decimal("0.005")
    assert 0 <= content.price <= content.listed


@given(_MONEY, _SHARES)
def test_payments_of_the_whole_add_up_to_the_price(rate: Decimal, weights: list[int]) -> None:
    shares = [Decimal(100 * w) / sum(weights) for w in weights]
    shares = [share.quantize(Decimal("0.01")) for share in shares[:-1]]
    payments = (*(Payment(name="p", share=s) for s in shares), Payment(name="last", share=100 - sum(shares)))
    content = Content(prices=(PriceLine(name="x", rate=rate),), payments=payments)
    assert sum(amount for _name, amount in content.instalments()) == content.price


def test_time_and_materials_is_hours_at_a_rate() -> None:
    line = PriceLine(kind=PriceKind.TIME, name="Support", quantity=Decimal("12.5"), rate=Decimal("99.99"))
    assert line.amount == Decimal("1249.88")


def test_the_seal_follows_every_word_and_nothing_else() -> None:
    text = kept(says())
    assert digest_of(text, 1, 1) == digest_of(kept(Content.model_validate(text)), 1, 1)
    changed = kept(says(closing="With kind regards"))
    assert (
        len({digest_of(text, 1, 1), digest_of(changed, 1, 1), digest_of(text, 1, 2), digest_of(text, 2, 1)})
        == 4
    )


def test_two_versions_differ_in_what_was_changed() -> None:
    found = differences(says(), says(price=50_000, excluded=("Hosting",)), "EUR")
    assert {(d.part, bool(d.before)) for d in found} == {
        ("Not included", False),
        ("Price: The portal", True),
        ("Price", True),
    }


@pytest.mark.parametrize("wrong", [{"discount": 101}, {"prices": [{"name": "", "rate": 1}]}, {"more": 1}])
def test_what_is_no_text_is_not_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Content.model_validate(wrong)
