"""The page on which the sample firm's people sign in tells its stories and lets nobody else in."""

from __future__ import annotations

import pytest
from django.test import Client

from accord.people.models import AccessRole, Member

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_story_and_everybody(
    client: Client, where_it_runs: None, sample_firm: None, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = client.get("/demo/").content.decode()
    for name in Member.objects.values_list("name", flat=True):
        assert f"as {name}" in page
    stories = ("The story of the claims portal", "Nobody signs alone")
    assert page.count('class="sample-step"') == 6 * len(stories)
    assert all(name in page for name in stories)
    assert (
        page.index("Go on as Mara Kern")
        < page.index("Go on as Elif Demir")
        < page.index("Go on as Priya Raman")
    )


def test_nobody_of_the_sample_firm_has_a_password_that_anybody_knows(sample_firm: None) -> None:
    for member in Member.objects.all():
        administers = member.has_any(AccessRole.ADMINISTRATOR)
        assert administers or not member.has_usable_password()
