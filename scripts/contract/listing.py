"""A list of the API under test: how it is asked, and its answers as values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..behaviour import Behaviour, ListRule
from ..document import Json, Operation
from .exchanges import Exchange
from .ordering import Sorting, sortings
from .sightings import value_at

Query = Mapping[str, Json]


@dataclass(frozen=True)
class Page:
    """One answer of a list."""

    exchange: Exchange
    query: Query
    items: Sequence[tuple[str, Json]]
    """Each with its identity, in order."""
    body: Json = field(repr=False)
    total: Json
    """How many items the answer says that there are; None where it says nothing."""

    @property
    def identities(self) -> list[str]:
        return [identity for identity, _ in self.items]

    @property
    def repeated(self) -> list[str]:
        """The identities that stand on it more than once."""
        return sorted(identity for identity, count in Counter(self.identities).items() if count > 1)

    @property
    def exceeds(self) -> bool:
        """Whether it has more items than its total counts."""
        return isinstance(self.total, int) and self.total < len(self.items)


@dataclass(frozen=True)
class Reading:
    """Pages of a list, the first ones or all."""

    pages: Sequence[Page]
    whole: bool
    """Whether nothing comes after them."""

    @property
    def items(self) -> dict[str, Json]:
        return {identity: item for page in self.pages for identity, item in page.items}

    @property
    def count(self) -> int:
        """How many items stand on the pages, counting what stands there twice."""
        return sum(len(page.items) for page in self.pages)

    @property
    def last(self) -> Exchange:
        return self.pages[-1].exchange

    @property
    def short(self) -> bool:
        """Whether the pages lack what the total counts: then they are to blame, not the list."""
        total = self.pages[0].total
        return isinstance(total, int) and total > len(self.items)


@dataclass(frozen=True)
class Listing:
    """One list, by its rule."""

    index: int
    """Which of the rules for lists it is."""
    rule: ListRule
    behaviour: Behaviour = field(repr=False)

    @property
    def state(self) -> str:
        """The parameter that filters by state; empty where there is none."""
        member = self.behaviour.lifecycle.member
        return next((name for name, own in self.rule.filters.items() if own == member), "")

    @property
    def fixed(self) -> dict[str, str]:
        """The filters by what does not move with the state: parameter to member."""
        return {name: own for name, own in self.rule.filters.items() if name != self.state}

    @property
    def largest(self) -> int | None:
        """The longest page that may be asked for; None where there are no pages."""
        pages = self.rule.pages
        if pages is None:
            return None
        return (pages.size and pages.maximum) or pages.default

    def shortest(self, operation: Operation) -> int | None:
        """The shortest page that the list's operation says may be asked for; None where it says nothing."""
        size = self.rule.pages.size if self.rule.pages else ""
        sizes = [each for each in operation.parameters if (each["name"], each["in"]) == (size, "query")]
        minimum = sizes[0].get("schema", {}).get("minimum") if sizes else None
        return minimum if isinstance(minimum, int) and minimum > 0 else None

    @property
    def numbered(self) -> bool:
        return bool(self.rule.pages and self.rule.pages.number)

    def leaves_open(self, point: str) -> bool:
        return self.behaviour.leaves_open(point, self.rule.operation)

    def sortings(self) -> Iterator[Sorting]:
        """Every order that the texts promise."""
        return sortings(self.rule.order, unasked=not self.leaves_open("unasked-order"))

    def sized(self, query: Query, size: int | None) -> dict[str, Json]:
        """A query with the size of its pages, where a request can choose it."""
        return {**query, self.rule.pages.size: size} if self.rule.pages and self.rule.pages.size else dict(query)

    def numbered_page(self, query: Query, number: int) -> dict[str, Json]:
        """A query for the page of a number, counted from 0; the query itself where there are no pages."""
        pages = self.rule.pages
        return {**query, pages.number: pages.first + number} if pages and pages.number else dict(query)

    def cut(self, count: int, *, least: int) -> int | None:
        """The size of a few pages for so many items; None where a request cannot have several.

        So few items as `least` are cut into pages of two.
        """
        pages = self.rule.pages
        if pages is None:
            return None
        size = math.ceil(count / 3) if pages.size else pages.default
        if count == least and pages.size:
            size = 2
        return size if count > size <= (self.largest or size) else None

    def page(self, query: Query, exchange: Exchange) -> Page | None:
        """An answer as a page; None where it is a refusal, or has another form than a list of resources."""
        try:
            body = exchange.json()
        except (ValueError, RecursionError):
            return None
        items = value_at(body, self.rule.at)
        if not exchange.succeeded or not isinstance(items, list):
            return None
        named = [(value_at(item, self.behaviour.identity), item) for item in items]
        if any(identity is None for identity, _ in named):
            return None
        total = value_at(body, self.rule.pages.total) if self.rule.pages and self.rule.pages.total else None
        return Page(exchange, query, [(str(identity), item) for identity, item in named], body, total)

    def whole(self, page: Page) -> bool:
        """Whether a first page is the whole list for certain."""
        pages = self.rule.pages
        if pages is None:
            return not self.leaves_open("length-of-list")
        if isinstance(page.total, int) and page.total > len(page.items):
            return False
        if pages.size in page.query or not self.leaves_open("default-size"):
            return bool(len(page.items) < page.query.get(pages.size, pages.default))
        return page.total is not None

    def echoes(self, page: Page) -> Iterator[tuple[str, Json, str]]:
        """What a page repeats of its query: the member, what it shows, and what is wrong with it or nothing."""
        pages = self.rule.pages
        if pages is None:
            return
        size = page.query.get(pages.size, pages.default)
        for name, echo, due in ((pages.number, pages.number_echo, pages.first), (pages.size, pages.size_echo, size)):
            shown = value_at(page.body, echo) if echo else None
            wanted = page.query.get(name, due)
            left_open = name == pages.size and name not in page.query and self.leaves_open("default-size")
            if shown is not None and not left_open:
                said = f"{name}={wanted}" if name in page.query else f"{wanted}, the default"
                yield echo, shown, f"{echo}: {shown}, asked was {said}" if shown != wanted else ""


def worded(query: Query) -> dict[str, Json]:
    """A query as it is sent: booleans as JSON has them."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


def in_words(query: Query) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items()) or "no parameters"
