"""The list of engagements and the board: what their address narrows them to, how it sorts them, which columns it shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.engagements.models import Engagement, Expectation, Outcome, Part, Stage, TakenPart
from accord.engagements.queries import Row, for_rows, not_backed, row_of, standing, visible_to, with_unbacked
from accord.engagements.rules import MOVES
from accord.people.models import Member

ENDED, EVERYTHING = "ended", "all"
OUTCOMES = (
    ("", _("running")),
    (Outcome.LOST, _("lost")),
    (Outcome.DECLINED, _("declined by us")),
    (Outcome.CLOSED, _("closed")),
    (ENDED, _("all ended ones")),
    (EVERYTHING, _("all")),
)
PIPELINE = tuple(s for s in Stage if s not in (Stage.DELIVERY, Stage.CLOSING))
CARDS = 24  # of each stage on the board
_NEXT_FIRST = (F("next_step_on").asc(nulls_last=True), "title", "pk")
_NOT_KEPT = ("page", "csv")  # of an address: where somebody is in the list says nothing about what it shows


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; it stands in the page's address."""

    search: str = ""
    stage: str = ""
    outcome: str = ""
    seller: int | None = None
    owner: int | None = None
    mine: bool = False
    unbacked: bool = False
    confidential: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> Filter:
        """What makes no sense in an address narrows nothing."""
        stage, outcome = asked.get("stage", ""), asked.get("outcome", "")
        return cls(
            search=asked.get("search", "").strip(),
            stage=stage if stage in Stage.values else "",
            outcome=outcome if outcome in dict(OUTCOMES) else "",
            seller=_number(asked.get("seller")),
            owner=_number(asked.get("owner")),
            mine="mine" in asked,
            unbacked="unbacked" in asked,
            confidential="confidential" in asked,
        )

    @property
    def rare(self) -> int:
        """How many of the filters are chosen that the page folds away."""
        return sum(map(bool, (self.seller, self.owner, self.confidential)))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: how it is told in plain text, and by what it sorts."""

    name: str
    label: str | Promise
    text: Callable[[Row], str]
    order: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage on the board: its first cards, how many there are, and what all are worth in each currency, whole and by chance."""

    stage: Stage
    rows: list[Row]
    count: int
    totals: list[tuple[str, Decimal, Decimal]]
    moves: tuple[Stage, ...]  # where its cards may go

    @property
    def more(self) -> int:
        """How many cards are not shown."""
        return self.count - len(self.rows)


def _money(row: Row) -> str:
    return "" if row.engagement.value is None else f"{row.engagement.value} {row.engagement.currency}"


def _said(row: Row) -> str:
    return f"{row.said.date} ({row.said.backing.word})" if row.said else ""


def _step(row: Row) -> str:
    e = row.engagement
    return " ".join(filter(None, (e.next_step, str(e.next_step_on or ""))))


COLUMNS = {
    column.name: column
    for column in (
        Column("client", _("Client"), lambda r: str(r.engagement.relationship), "relationship__client__name"),
        Column("stage", _("Stage"), lambda r: r.engagement.get_stage_display(), "stage_order"),
        Column("seller", _("Seller"), lambda r: r.sellers, "seller_name"),
        Column(
            "owner", _("Owner"), lambda r: r.engagement.relationship.owner.name, "relationship__owner__name"
        ),
        Column("said", _("Date said"), _said, "said_date"),
        Column("next", _("Next step"), _step, "next_step_on"),
        Column("value", _("Value"), _money, "value", is_number=True),
        Column("chance", _("Chance"), lambda r: f"{r.engagement.win_probability} %", "win_probability", True),
        Column("quiet", _("Days quiet"), lambda r: str(r.age), "-happened_on", is_number=True),
        Column("profile", _("Profile"), lambda r: r.engagement.get_profile_display(), "profile"),
        Column("begun", _("Begun"), lambda r: str(r.engagement.begun_on), "begun_on"),
    )
}
TITLE = Column("title", _("Engagement"), lambda r: r.engagement.title, "title")
USUAL = ("stage", "seller", "said", "next", "value")


def columns_of(asked: QueryDict) -> list[Column]:
    """The chosen columns in their order; the usual ones where none is chosen."""
    chosen = set(asked.getlist("columns")) & set(COLUMNS)
    return [column for name, column in COLUMNS.items() if name in (chosen or USUAL)]


def kept_query(asked: QueryDict) -> str:
    """What an address says about the list, without empty parts: what a saved view keeps."""
    kept = QueryDict(mutable=True)
    for name in sorted(asked):
        values = [value for value in asked.getlist(name) if value]
        if values and name not in _NOT_KEPT:
            kept.setlist(name, values)
    return kept.urlencode()


def engagements(member: Member, chosen: Filter, sort: str = "") -> QuerySet[Engagement]:
    """Those of the list that the member may see, sorted by a column's name (with a minus: the other way round)."""
    parts = Prefetch("parts", TakenPart.objects.select_related("member"))
    found = _narrowed(for_rows(visible_to(member)), member, chosen).prefetch_related(parts)
    if chosen.unbacked:
        found = with_unbacked(found)
    column = COLUMNS.get(sort.removeprefix("-")) or (TITLE if sort.removeprefix("-") == "title" else None)
    if column is None:
        return found.order_by(*_NEXT_FIRST)
    back = sort.startswith("-") != column.order.startswith("-")
    by = F(column.order.removeprefix("-"))
    ordered = by.desc(nulls_last=True) if back else by.asc(nulls_last=True)
    return _with_order(found, column.name).order_by(ordered, "title", "pk")


def board(member: Member, chosen: Filter) -> list[BoardColumn]:
    """What is on its way to a contract, by stage: of each stage those whose next step comes first."""
    narrowed = _narrowed(visible_to(member), member, chosen).filter(stage__in=PIPELINE)
    place = Window(RowNumber(), partition_by="stage", order_by=_NEXT_FIRST)
    shown = narrowed.annotate(place=place).filter(place__lte=CARDS).values_list("pk", flat=True)
    found = for_rows(Engagement.objects.filter(pk__in=list(shown)))
    if chosen.unbacked:
        found = with_unbacked(found)
    rows = [row_of(e) for e in found.order_by(*_NEXT_FIRST)]
    sums = _sums(narrowed)
    return [_column(s, [row for row in rows if row.engagement.stage == s], sums[s]) for s in PIPELINE]


def as_csv(rows: Iterable[Row], columns: Iterable[Column]) -> str:
    """What the list shows, for a spreadsheet: no cell of it is taken for a formula."""
    shown = [TITLE, *columns]
    if "client" not in {column.name for column in shown}:
        shown.insert(1, COLUMNS["client"])  # the list shows it under the title
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(column.label) for column in shown])
    writer.writerows([_harmless(column.text(row)) for column in shown] for row in rows)
    return "\ufeff" + out.getvalue()


def _narrowed(found: QuerySet[Engagement], member: Member, chosen: Filter) -> QuerySet[Engagement]:
    if chosen.outcome == ENDED:
        found = found.exclude(outcome="")
    elif chosen.outcome != EVERYTHING:
        found = found.filter(outcome=chosen.outcome)
    if chosen.search:
        by_name = Q(title__icontains=chosen.search) | Q(relationship__client__name__icontains=chosen.search)
        found = found.filter(by_name)
    if chosen.stage:
        found = found.filter(stage=chosen.stage)
    if chosen.owner:
        found = found.filter(relationship__owner=chosen.owner)
    if chosen.seller:
        found = found.filter(_has_part(member=chosen.seller, part=Part.SELLER))
    if chosen.mine:
        found = found.filter(_has_part(member=member))
    if chosen.confidential:
        found = found.filter(confidential=True)
    if chosen.unbacked:
        found = found.filter(Exists(standing().filter(not_backed(), engagement=OuterRef("pk"))))
    return found


def _has_part(**about: object) -> Exists:
    return Exists(TakenPart.objects.filter(engagement=OuterRef("pk"), **about))


def _with_order(found: QuerySet[Engagement], column: str) -> QuerySet[Engagement]:
    """Annotated with what the column sorts by, where that is no field."""
    if column == "stage":
        places = [When(stage=stage, then=Value(k)) for k, stage in enumerate(Stage)]
        return found.annotate(stage_order=Case(*places, output_field=IntegerField()))
    if column == "seller":
        sellers = TakenPart.objects.filter(engagement=OuterRef("pk"), part=Part.SELLER).order_by("pk")
        return found.annotate(seller_name=Subquery(sellers.values("member__name")[:1]))
    if column == "said":
        times = standing().filter(engagement=OuterRef("pk"), kind=Expectation.Kind.TIME)
        return found.annotate(said_date=Subquery(times.values("date")[:1]))
    return found


@dataclass(frozen=True, slots=True)
class _Sum:
    """What is in a stage in one currency."""

    currency: str
    count: int
    valued: int  # those that have a value
    whole: Decimal
    by_chance: Decimal


def _sums(found: QuerySet[Engagement]) -> dict[str, list[_Sum]]:
    chance = F("value") * F("win_probability") / Value(Decimal(100))
    rows = found.order_by("currency").values_list("stage", "currency")
    sums: dict[str, list[_Sum]] = {stage: [] for stage in PIPELINE}
    for stage, *values in rows.annotate(
        count=Count("pk"),
        valued=Count("value"),
        whole=Sum("value"),
        by_chance=Sum(chance, output_field=DecimalField()),
    ):
        sums[stage].append(_Sum(*values))
    return sums


def _column(stage: Stage, rows: list[Row], sums: list[_Sum]) -> BoardColumn:
    totals = [(s.currency, s.whole, s.by_chance) for s in sums if s.valued]
    return BoardColumn(stage, rows, sum(s.count for s in sums), totals, MOVES[stage])


def _harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula; a quote before it makes it text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
