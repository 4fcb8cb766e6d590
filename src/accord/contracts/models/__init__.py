from accord.contracts.models.handing_over import Acceptance, HandOver, HandOverAnswer, HandOverQuestion
from accord.contracts.models.reviewing import (
    Answer,
    Choice,
    Condition,
    Question,
    Review,
    SeatTaken,
    Vote,
)
from accord.contracts.models.signing import Amendment, Constraint, ConstraintValue, Contract, Signature

__all__ = [
    "Acceptance",
    "Amendment",
    "Answer",
    "Choice",
    "Condition",
    "Constraint",
    "ConstraintValue",
    "Contract",
    "HandOver",
    "HandOverAnswer",
    "HandOverQuestion",
    "Question",
    "Review",
    "SeatTaken",
    "Signature",
    "Vote",
]
