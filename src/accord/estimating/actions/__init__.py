"""Everything that people do with estimates, by purpose: asking, breaking down, deciding, noting, reusing."""

from accord.estimating.actions.asking import (
    add_estimator,
    ask_for_estimate,
    change_question,
    release_estimator,
    step_back,
)
from accord.estimating.actions.breaking_down import (
    agree_on_efforts,
    finish_contribution,
    save_grid,
    take_up_again,
)
from accord.estimating.actions.deciding import approve_estimate, deliver_estimate, send_back
from accord.estimating.actions.noting import (
    cover,
    drop_assumption,
    drop_risk,
    note_assumption,
    note_risk,
    uncover,
)
from accord.estimating.actions.reusing import (
    begin_new_version,
    copy_estimate,
    keep_as_template,
    use_template,
)

__all__ = [
    "add_estimator",
    "agree_on_efforts",
    "approve_estimate",
    "ask_for_estimate",
    "begin_new_version",
    "change_question",
    "copy_estimate",
    "cover",
    "deliver_estimate",
    "drop_assumption",
    "drop_risk",
    "finish_contribution",
    "keep_as_template",
    "note_assumption",
    "note_risk",
    "release_estimator",
    "save_grid",
    "send_back",
    "step_back",
    "take_up_again",
    "uncover",
    "use_template",
]
