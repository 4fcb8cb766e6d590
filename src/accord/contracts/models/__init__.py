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

__all__ = [
    "Acceptance",
    "Answer",
    "Choice",
    "Condition",
    "HandOver",
    "HandOverAnswer",
    "HandOverQuestion",
    "Question",
    "Review",
    "SeatTaken",
    "Vote",
]
