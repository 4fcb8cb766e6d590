from accord.proposals.models.answering import Answer, Link, Reply
from accord.proposals.models.offering import VALID_FOR, OfferNumber, Proposal, Sending, State
from accord.proposals.models.standards import CardLine, Clause, RateCard

__all__ = [
    "VALID_FOR",
    "Answer",
    "CardLine",
    "Clause",
    "Link",
    "OfferNumber",
    "Proposal",
    "RateCard",
    "Reply",
    "Sending",
    "State",
]
