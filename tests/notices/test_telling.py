"""What waits is mailed once, as it is when the mail leaves, to those who may still see it."""

from __future__ import annotations

import datetime as dt
import itertools
import smtplib
from typing import Any

import pytest
import time_machine

from accord.engagements import desk
from accord.engagements.actions import Said, begin_engagement, give_part, record_expectation, take_part
from accord.engagements.models import Expectation, Part
from accord.notices import rounds
from accord.notices.models import Notice, Post
from accord.people.actions import deactivate_member, reactivate_member, record_absence
from accord.people.models import AccessRole, Member
from tests import firm
from tests.notices.builders import A_WHILE, HOUR, MONDAY, Killed, Lines, MailServer, chooses, go, told

pytestmark = pytest.mark.django_db

Clock = time_machine.Traveller
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def at_once(lines: Lines) -> Member:
    member = firm.member(name="Nora")
    chooses(member, "at_once")
    return member


def pass_time(clock: Clock, by: dt.timedelta) -> None:
    clock.shift(by)
    go()


def test_what_waits_is_told_at_once_and_once(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a", "Judge the estimate.")
    go()
    assert told() == []
    pass_time(clock, A_WHILE)
    for _ in range(5):
        pass_time(clock, A_DAY)
    assert told() == ["1 thing waits for you: Judge the estimate."]
    assert server.letters[0].to == [at_once.email]


def test_a_mail_says_what_for_which_engagement_why_until_when_and_where(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a", "Answer the question.", until=dt.date(2026, 6, 20))
    lines.put(at_once, "b", "Judge the estimate.", group=desk.Group.DECIDE)
    go()
    pass_time(clock, A_WHILE)
    body = str(server.letters[0].body)
    assert told() == ["2 things wait for you: Judge the estimate."]
    assert body.index("DECIDE") < body.index("Judge the estimate.") < body.index("ANSWER")
    for part in (
        lines.engagement.title,
        "You do it.",
        "Until 20 Jun 2026.",
        "Do it: https://accord.firm.example/do/a/",
        "not at all: https://accord.firm.example/notices/",
    ):
        assert part in body


def test_other_words_for_the_same_thing_are_not_told_again(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a", "Kept with 40%.")
    go()
    pass_time(clock, A_WHILE)
    lines.put(at_once, "a", "Kept with 39%.")
    pass_time(clock, A_WHILE)
    pass_time(clock, A_WHILE)
    assert len(told()) == 1


def test_what_comes_back_after_it_was_done_is_told_again(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    pass_time(clock, A_WHILE)
    lines.take(at_once, "a")
    pass_time(clock, A_WHILE)
    lines.put(at_once, "a")
    pass_time(clock, A_WHILE)
    pass_time(clock, A_WHILE)
    assert told() == ["1 thing waits for you: Do a."] * 2


def test_what_is_done_before_its_mail_leaves_is_not_mailed(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    clock.shift(A_WHILE)
    lines.take(at_once, "a")
    rounds.go(looks=False)
    assert told() == []
    assert Notice.objects.get().gone_at is not None
    assert Post.objects.get().problem == ""


def test_nobody_who_has_left_is_mailed_nor_told_old_things_when_they_are_back(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    deactivate_member(firm.administrator(), at_once)
    pass_time(clock, A_WHILE)
    assert told() == []
    assert not Notice.objects.filter(gone_at=None).exists()
    reactivate_member(firm.administrator(), Member.objects.get(pk=at_once.pk))
    pass_time(clock, A_WHILE)
    pass_time(clock, A_WHILE)
    assert len(told()) == 1


def test_somebody_who_leaves_while_a_round_goes_on_is_not_mailed(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    other = firm.member(name="Abel")  # before Nora
    chooses(other, "at_once")
    for member in (other, at_once):
        lines.put(member, "a")
    go()
    server.while_sending = lambda _: deactivate_member(
        firm.administrator(), Member.objects.get(pk=at_once.pk)
    )
    pass_time(clock, A_WHILE)
    assert [letter.to for letter in server.letters] == [[other.email]]


def test_who_loses_sight_of_a_confidential_engagement_is_not_mailed_about_it(
    db: None, server: MailServer, clock: Clock
) -> None:
    seller, other = firm.seller(), firm.seller()
    engagement = begin_engagement(seller, firm.relationship(), "Secret portal", confidential=True)
    give_part(seller, engagement, other, Part.SELLER)
    record_expectation(
        seller,
        engagement,
        Said(Expectation.Kind.TIME, "Go-live", MONDAY.date(), date=MONDAY.date() + 60 * A_DAY),
    )
    for member in (seller, other):
        chooses(member, "at_once")
    go()
    assert Notice.objects.filter(member=other).exists()
    clock.shift(A_WHILE)
    take_part(seller, engagement, other, Part.SELLER)
    rounds.go(looks=False)
    assert [letter.to for letter in server.letters] == [[seller.email]]
    assert "Secret portal" in str(server.letters[0].body)


def test_who_never_chose_gets_a_digest_on_the_next_working_morning(
    lines: Lines, server: MailServer, clock: Clock
) -> None:
    member = firm.member()  # in Germany, as the firm
    lines.put(member, "a")
    lines.put(member, "b")
    go()
    clock.move_to(dt.datetime(2026, 6, 2, 5, 59, tzinfo=dt.UTC))
    go()
    assert told() == []
    clock.move_to(dt.datetime(2026, 6, 2, 6, 0, tzinfo=dt.UTC))
    go()
    pass_time(clock, A_DAY)
    assert told() == ["2 things wait for you: Do a."]


def test_a_digest_does_not_repeat_what_was_told_at_once(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    pass_time(clock, A_WHILE)
    chooses(Member.objects.get(pk=at_once.pk), "daily")
    lines.put(at_once, "b")
    go()
    pass_time(clock, A_DAY)
    assert told() == ["1 thing waits for you: Do a.", "1 thing waits for you: Do b."]


def test_a_digest_waits_for_the_end_of_an_absence(lines: Lines, server: MailServer, clock: Clock) -> None:
    member = firm.member()
    record_absence(firm.administrator(), member, MONDAY.date() + A_DAY, MONDAY.date() + 9 * A_DAY, "vacation")
    lines.put(member, "a")
    go()
    for _ in range(9):
        pass_time(clock, A_DAY)
    assert told() == []
    pass_time(clock, A_DAY)
    assert len(told()) == 1


def test_who_wants_no_mail_gets_none(lines: Lines, server: MailServer, clock: Clock) -> None:
    member = firm.member()
    chooses(member, "never")
    lines.put(member, "a", until=MONDAY.date() + 2 * A_DAY)
    for _ in range(5):
        pass_time(clock, A_DAY)
    assert told() == []


def test_a_date_that_comes_near_is_told_once_more(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a", until=MONDAY.date() + 3 * A_DAY)
    go()
    for _ in range(9):
        pass_time(clock, A_DAY)
    assert told() == ["1 thing waits for you: Do a.", "Reminder: Do a."]


def test_a_date_that_moves_is_reminded_of_anew(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a", until=MONDAY.date() + 4 * A_DAY)
    go()
    for _ in range(4):
        pass_time(clock, A_DAY)
    lines.put(at_once, "a", until=MONDAY.date() + 9 * A_DAY)
    for _ in range(12):
        pass_time(clock, A_DAY)
    assert told() == ["1 thing waits for you: Do a.", "Reminder: Do a.", "Reminder: Do a."]


def test_while_the_mail_server_is_away_it_is_tried_with_growing_waits_and_nothing_is_lost(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    tries: list[dt.datetime] = []

    class Away(ConnectionRefusedError):
        def __str__(self) -> str:
            tries.append(dt.datetime.now(dt.UTC))
            return "nobody listens there"

    server.fails = Away()
    lines.put(at_once, "a")
    go()
    for _ in range(12 * 60):
        pass_time(clock, dt.timedelta(minutes=1))
    waits = [later - first for first, later in itertools.pairwise(tries)]
    assert waits == sorted(waits)
    assert waits[0] <= dt.timedelta(minutes=2)
    assert waits[-1] == HOUR
    post = Post.objects.get(member=at_once)
    assert (post.problem, post.tries) == ("nobody listens there", len(tries))
    assert Notice.objects.get().told_at is None

    server.fails = None
    pass_time(clock, HOUR)
    pass_time(clock, HOUR)
    assert len(told()) == 1
    assert Post.objects.get(member=at_once).problem == ""


def test_an_address_that_is_not_taken_keeps_nobody_else_from_being_told(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    wrong = firm.member(name="Abel")
    chooses(wrong, "at_once")

    def refuse(letter: Any) -> None:
        if letter.to == [wrong.email]:
            raise smtplib.SMTPRecipientsRefused({wrong.email: (550, b"no such mailbox")})

    server.while_sending = refuse
    for member in (wrong, at_once):
        lines.put(member, "a")
    go()
    pass_time(clock, A_WHILE)
    assert [letter.to for letter in server.letters] == [[at_once.email]]
    assert Post.objects.get(member=wrong).problem == "550 no such mailbox"


def test_one_letter_is_tried_in_a_round_while_the_mail_server_is_away(
    lines: Lines, server: MailServer, clock: Clock
) -> None:
    members = [firm.member() for _ in range(4)]
    for member in members:
        chooses(member, "at_once")
        lines.put(member, "a")
    server.fails = TimeoutError("timed out")
    go()
    pass_time(clock, A_WHILE)
    assert Post.objects.filter(tries__gt=0).count() == 1
    server.fails = None
    for _ in range(3):
        pass_time(clock, A_WHILE)
    assert sorted(letter.to[0] for letter in server.letters) == sorted(m.email for m in members)


def test_a_desk_that_breaks_keeps_nobody_else_from_being_told(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = firm.member(name="Abel")

    def breaks(member: Member) -> list[desk.Waiting]:
        if member == broken:
            raise ValueError("broken")
        return []

    monkeypatch.setattr(desk, "_sources", [(1, lines), (1, breaks)])
    lines.put(at_once, "a")
    go()
    pass_time(clock, A_WHILE)
    assert len(told()) == 1


def test_a_worker_that_dies_before_the_mail_server_took_it_loses_nothing(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    server.kills_before = True
    with pytest.raises(Killed):
        pass_time(clock, A_WHILE)
    assert Notice.objects.get().told_at is None
    pass_time(clock, A_WHILE)
    assert told() == []  # the one that died may still be at it
    pass_time(clock, 3 * A_WHILE)
    assert len(told()) == 1


def test_a_worker_that_dies_after_the_mail_server_took_it_costs_one_duplicate_known_as_such(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    server.kills_after = True
    with pytest.raises(Killed):
        pass_time(clock, A_WHILE)
    for _ in range(10):
        pass_time(clock, 4 * A_WHILE)
    assert len(told()) == 2
    assert len({letter.extra_headers["Message-ID"] for letter in server.letters}) == 1


def test_other_things_in_a_second_try_make_it_another_letter(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    lines.put(at_once, "a")
    go()
    server.kills_after = True
    with pytest.raises(Killed):
        pass_time(clock, A_WHILE)
    lines.put(at_once, "b")
    go()
    pass_time(clock, 4 * A_WHILE)
    assert "Do b." in str(server.letters[1].body)
    assert len({letter.extra_headers["Message-ID"] for letter in server.letters}) == 2


def test_a_line_is_written_down_before_its_mail_leaves(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    found: list[Any] = []
    server.while_sending = lambda _: found.extend(
        Notice.objects.values_list("first_seen", "told_at", "member__post__taken_until")
    )
    lines.put(at_once, "a")
    go()
    pass_time(clock, A_WHILE)
    ((first_seen, told_at, taken_until),) = found
    assert first_seen < MONDAY + A_WHILE < taken_until
    assert told_at is None


def test_a_very_full_desk_is_one_mail_that_counts_the_rest(
    at_once: Member, lines: Lines, server: MailServer, clock: Clock
) -> None:
    for k in range(40):
        lines.put(at_once, f"thing-{k:02}")
    go()
    pass_time(clock, A_WHILE)
    pass_time(clock, A_WHILE)
    assert told() == ["40 things wait for you: Do thing-00."]
    assert "10 more things wait on your desk." in str(server.letters[0].body)


def test_a_round_asks_the_database_as_often_for_many_members_as_for_few(
    lines: Lines, server: MailServer, clock: Clock, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        lines.put(firm.member(AccessRole.MEMBER), "a")
    go()
    with django_assert_num_queries(7):
        rounds.go(looks=False)
