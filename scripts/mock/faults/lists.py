"""Faults of lists: filters, order, pages, totals and echoes, and what is in them at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from ...behaviour import Behaviour, ListRule
from ...document import Json
from ..members import member
from ..messages import Response
from ..resource import Resource
from ..service import Call, Handler, Outcome, Service
from ..store import Held
from .fault import (
    At,
    Fault,
    Put,
    Through,
    account,
    answering,
    asked_for,
    kept,
    layered,
    lists,
    newest,
    ruled,
    showing,
    through,
    views,
)
from .values import another, leaves_at, with_member

Page = tuple[list[Resource], int]
"""The resources of a page, and how many there are in all."""


@dataclass(frozen=True)
class Query:
    """What a list asks of a store."""

    call: Call
    account: str | None
    wanted: Mapping[str, Json]
    order: str | None
    descending: bool
    start: int
    size: int | None

    @property
    def store(self) -> Held:
        """The store that is asked."""
        return self.call.store

    def page(self, **other: Json) -> Page:
        """What the store answers, where something else is asked in part."""
        asked = replace(self, **other)
        return self.store.page(
            asked.account,
            asked.wanted,
            order=asked.order,
            descending=asked.descending,
            start=asked.start,
            size=asked.size,
        )

    def whole(self, **other: Json) -> list[Resource]:
        """All that the list would have on one page."""
        return self.page(**other, start=0, size=None)[0]

    def of(self, every: list[Resource]) -> Page:
        """The page of a list that has these."""
        last = None if self.size is None else self.start + self.size
        return every[self.start : last], len(every)


class _Listed(Through):
    """A store in which lists find something else."""

    def __init__(self, call: Call, change: Callable[[Query], Page]) -> None:
        super().__init__(call)
        self._change = change

    def page(self, account: str | None, wanted: Mapping[str, Json], **asked: Any) -> Page:
        return self._change(Query(self.call, account, wanted, **asked))


def listing(change: Callable[[Query], Page]) -> Put:
    """A fault in what a list finds."""
    return through(lambda call: _Listed(call, change))


def _rule(call: Call) -> ListRule:
    rule = call.service.behaviour.rules[call.route.operation.id]
    assert isinstance(rule, ListRule)  # noqa: S101 these faults are on for lists alone
    return rule


def _query(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.request.query, keep_blank_values=True, errors="replace"))


def _where(has: Callable[[Service, ListRule], object]) -> At:
    """The lists whose rule has something."""
    return lambda service: [each.operation for each in service.behaviour.lists if has(service, each)]


_filtered = _where(lambda _, rule: rule.filters)
_filtered_twice = _where(lambda _, rule: len(rule.filters) > 1)
_ordered = _where(lambda _, rule: rule.order)
_directed = _where(lambda _, rule: rule.order and rule.order.direction)
_paged = _where(lambda _, rule: rule.pages)
_sized = _where(lambda _, rule: rule.pages and rule.pages.size)
_totalled = _where(lambda _, rule: rule.pages and rule.pages.total)


# --- Filters --------------------------------------------------------------------------------------


def _without_filters(choose: Callable[[list[str]], list[str]]) -> Put:
    """A fault that looks at some filters only; `choose` gets the members that they are about."""
    return listing(lambda asked: asked.page(wanted={name: asked.wanted[name] for name in choose(list(asked.wanted))}))


def _either(asked: Query) -> Page:
    if len(asked.wanted) < 2:
        return asked.page()
    found = [asked.whole(wanted={name: value}) for name, value in asked.wanted.items()]
    return asked.of([each for each in asked.whole(wanted={}) if any(each in some for some in found)])


def _incomplete(asked: Query) -> Page:
    return asked.of(asked.whole()[:-1]) if asked.wanted else asked.page()


def _leaky(asked: Query) -> Page:
    right = asked.whole()
    wrong = [each for each in asked.whole(wanted={}) if each not in right]
    return asked.of(right + wrong[:1]) if asked.wanted else asked.page()


# --- Order ----------------------------------------------------------------------------------------


def _sorted_within_pages(asked: Query) -> Page:
    if not asked.order or not asked.descending:
        return asked.page()
    found, total = asked.page(descending=False)
    return found[::-1], total


def _unstable(asked: Query) -> Page:
    every = asked.whole()
    order = asked.order if asked.descending else None
    values = [asked.call.service.members.value(each, order) for each in every] if order else []
    for index, (one, next_) in enumerate(pairwise(values)):
        if one != next_:
            every[index], every[index + 1] = every[index + 1], every[index]
            break
    return asked.of(every)


def _turned_by_default(asked: Query) -> Page:
    order = _rule(asked.call).order
    way = order.direction if order else None
    stated = way is None or way.parameter in _query(asked.call)
    return asked.page() if stated or not asked.order else asked.page(descending=not asked.descending)


# --- Pages ----------------------------------------------------------------------------------------


def _by_size(size: Callable[[int, int], int]) -> Put:
    """A fault in the size of pages; `size` gets that which was asked for, and the default."""

    def change(asked: Query) -> Page:
        pages = _rule(asked.call).pages
        if not asked.size or not pages:
            return asked.page()
        other = max(size(asked.size, pages.default), 1)
        return asked.page(start=asked.start // asked.size * other, size=other)

    return listing(change)


def _by_start(start: Callable[[int, int], int]) -> Put:
    """A fault in where pages begin; `start` gets where they should, and their size."""
    return listing(lambda asked: asked.page(start=start(asked.start, asked.size)) if asked.size else asked.page())


def _last_lost(asked: Query) -> Page:
    found, total = asked.page()
    last = asked.size is not None and asked.start > 0 and asked.start + asked.size >= total
    return [] if last else found, total


def _last_repeated(asked: Query) -> Page:
    found, total = asked.page()
    if found or not total or not asked.size:
        return found, total
    return asked.page(start=(total - 1) // asked.size * asked.size)


def _other_default_size(behaviour: Behaviour, operation: str) -> Behaviour:
    def change(rule: ListRule) -> ListRule:
        if rule.operation != operation or not rule.pages:
            return rule
        return replace(rule, pages=replace(rule.pages, default=max(rule.pages.default // 2, 1)))

    return replace(behaviour, lists=tuple(change(rule) for rule in behaviour.lists))


def _failing_beyond(call: Call, response: Response) -> Response:
    rule = _rule(call)
    number = _query(call).get(rule.pages.number, "") if rule.pages else ""
    if response.status >= 400 or not rule.pages or not number or int(number) <= rule.pages.first:
        return response
    items = member(response.body, rule.at)
    return response if items else call.service.refusals.refusal(call.route.operation, 500)


# --- Totals and echoes ----------------------------------------------------------------------------


def _total_of_page(asked: Query) -> Page:
    found, _ = asked.page()
    return found, len(found)


def _total_of_all(asked: Query) -> Page:
    return asked.page()[0], asked.page(wanted={})[1]


def _echoing(place: Callable[[ListRule], str], value: Callable[[Json], Json]) -> Put:
    def change(call: Call, body: Json) -> Json:
        at = place(_rule(call))
        return with_member(body, at, value(member(body, at))) if at else body

    return showing(change)


def _number_echo(rule: ListRule) -> str:
    return rule.pages.number_echo if rule.pages else ""


def _size_echo(rule: ListRule) -> str:
    return rule.pages.size_echo if rule.pages else ""


# --- What is in a list, and what reading does -------------------------------------------------------


def _without_newest(asked: Query) -> Page:
    every = asked.whole()
    last = newest(asked.call)
    return asked.of([each for each in every if not last or each.sequence != last.sequence])


def _changed_by_reading(inner: Handler, call: Call) -> Outcome:
    response, changed = inner(call)
    resource = call.store.find(account(call), asked_for(call)) if response.status == 200 else None
    if resource is None or changed is not None:
        return response, changed
    for place, leaf in leaves_at(resource.sent, kept(call.service)):
        if isinstance(leaf, str) and not leaf.endswith("."):
            return response, replace(resource, sent=with_member(resource.sent, place, another(leaf)))
    return response, None


def _added_by_listing(inner: Handler, call: Call) -> Outcome:
    response, changed = inner(call)
    last = newest(call) if response.status == 200 else None
    if last is None or changed is not None:
        return response, changed
    sequence = call.store.next_sequence
    return response, replace(last, sequence=sequence, identity=call.service.identity(sequence))


def _added_by_filtering(inner: Handler, call: Call) -> Outcome:
    filtered = set(_rule(call).filters) & set(_query(call))
    return _added_by_listing(inner, call) if filtered else inner(call)


FAULTS: Mapping[str, Fault] = {
    "ignore-filters": Fault("no filter is looked at", _without_filters(lambda _: []), _filtered),
    "ignore-first-filter": Fault(
        "the first filter of a request is not looked at", _without_filters(lambda all_: all_[1:]), _filtered
    ),
    "ignore-combined-filter": Fault(
        "of several filters, only the first is looked at", _without_filters(lambda all_: all_[:1]), _filtered_twice
    ),
    "either-filter": Fault("two filters find what fits one of them", listing(_either), _filtered_twice),
    "incomplete-filter": Fault("a filter leaves out the last that it should find", listing(_incomplete), _filtered),
    "leaky-filter": Fault("a filter lets one in that it should not", listing(_leaky), _filtered),
    "ignore-order": Fault(
        "no order is looked at", listing(lambda asked: asked.page(order=None, descending=False)), _ordered
    ),
    "ignore-direction": Fault(
        "a list is always sorted upwards", listing(lambda asked: asked.page(descending=False)), _directed
    ),
    "reverse-order": Fault(
        "a list that is sorted has the other direction",
        listing(lambda asked: asked.page(descending=bool(asked.order) and not asked.descending)),
        _ordered,
    ),
    "sort-by-identity": Fault(
        "a list that is sorted is so by identity",
        listing(lambda asked: asked.page(order=asked.order and asked.call.service.behaviour.identity)),
        _ordered,
    ),
    "sort-within-page": Fault("downwards, each page is sorted for itself", listing(_sorted_within_pages), _directed),
    "unstable-order": Fault("downwards, two neighbours change places", listing(_unstable), _directed),
    "other-default-direction": Fault(
        "a list that is sorted in no stated direction has the other", listing(_turned_by_default), _directed
    ),
    "overlap-pages": Fault(
        "a page begins with the last of the one before", _by_start(lambda start, _: max(start - 1, 0)), _paged
    ),
    "gap-pages": Fault("a page leaves out its first", _by_start(lambda start, _: start + 1 if start else 0), _paged),
    "ignore-page-number": Fault("every page is the first", _by_start(lambda *_: 0), _paged),
    "first-page-lost": Fault("pages are counted from one less", _by_start(lambda start, size: start + size), _paged),
    "ignore-page-size": Fault("every page has the default size", _by_size(lambda _, default: default), _sized),
    "short-pages": Fault("pages have one less than was asked for", _by_size(lambda size, _: size - 1), _sized),
    "long-pages": Fault("pages have one more than was asked for", _by_size(lambda size, _: size + 1), _sized),
    "other-default-size": Fault("a page of no stated size has half of the default", ruled(_other_default_size), _paged),
    "lose-last-page": Fault("the last page is empty", listing(_last_lost), _paged),
    "repeat-last-page": Fault(
        "beyond the end, the last page comes again",
        listing(_last_repeated),
        _where(
            lambda service, rule: (
                rule.pages and not service.behaviour.leaves_open("page-beyond-the-end", rule.operation)
            )
        ),
    ),
    "fail-beyond-the-end": Fault("a page beyond the end is answered 500", answering(_failing_beyond), _paged),
    "total-of-page": Fault("the total counts the page alone", listing(_total_of_page), _totalled),
    "total-off-by-one": Fault(
        "the total is one too many", listing(lambda asked: (asked.page()[0], asked.page()[1] + 1)), _totalled
    ),
    "total-unfiltered": Fault("the total does not look at filters", listing(_total_of_all), _totalled),
    "wrong-number-echo": Fault(
        "the number of the page is repeated wrongly",
        _echoing(_number_echo, lambda number: number + 1),
        _where(lambda _, rule: _number_echo(rule)),
    ),
    "wrong-size-echo": Fault(
        "the size of the page is repeated wrongly",
        _echoing(_size_echo, lambda size: size + 1),
        _where(lambda _, rule: _size_echo(rule)),
    ),
    "hide-new": Fault("the newest resource is in no list", listing(_without_newest), lists),
    "hide-ended": Fault(
        "what has ended is in no list",
        listing(lambda asked: asked.of([each for each in asked.whole() if each.ended is None])),
        lists,
    ),
    "list-twice": Fault(
        "the first of a list is in it twice", listing(lambda asked: asked.of(asked.whole()[:1] + asked.whole())), lists
    ),
    "empty-list": Fault("every list is empty", listing(lambda asked: asked.of([])), lists),
    "read-changes": Fault("reading a resource changes what was sent of it", layered(_changed_by_reading), views),
    "list-adds": Fault("listing adds a resource like the newest", layered(_added_by_listing), lists),
    "filter-adds": Fault("a filter adds a resource like the newest", layered(_added_by_filtering), _filtered),
}
