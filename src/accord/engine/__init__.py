"""Pure numbers behind the promise check: no framework, no files, usable alone as a library.

`plan` holds the values that go in, `promise_check.check` answers how likely promises are kept,
`scheduling.schedule` makes the deterministic plan.
"""
