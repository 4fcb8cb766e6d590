from accord.contracts.models.reviewing import (
    Answer,
    Choice,
    Condition,
    Question,
    Review,
    SeatTaken,
    Vote,
)

__all__ = ["Answer", "Choice", "Condition", "Question", "Review", "SeatTaken", "Vote"]
