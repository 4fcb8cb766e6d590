"""At which widths people's journeys are walked: always on a phone, where least fits; at a desk by `make test-everything`."""

import pytest

WIDTHS = [375, pytest.param(1440, marks=pytest.mark.thorough)]
