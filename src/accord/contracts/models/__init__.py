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
    "Amendment",
    "Answer",
    "Choice",
    "Condition",
    "Constraint",
    "ConstraintValue",
    "Contract",
    "Question",
    "Review",
    "SeatTaken",
    "Signature",
    "Vote",
]
