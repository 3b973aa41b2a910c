"""Lists: filters, order, pages, totals and echoes, and what is in them at all.

Lists are read by filters that find what the run itself created, so that what others write at the same
time is not in them. What looks broken is asked again after a pause, and blamed if it looks the same.
"""

from __future__ import annotations

import datetime
import math
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from scripts.contract.plugin import Exchange, Held, Unanswered, at, run, share

PROMISES = {
    "list-complete": ("A list without filters has everything that is there.", ""),
    "list-unique": ("A list has everything once.", ""),
    "reads-change-nothing": ("Reading a list adds nothing to it.", ""),
    "filter-sound": ("A filter finds nothing that has another value.", "/filters"),
    "filter-complete": ("A filter finds everything that has the value.", "/filters"),
    "filters-combined": ("Several filters find what each of them finds.", "/filters"),
    "list-ordered": ("A list is sorted by the key and in the direction asked for.", "/order"),
    "default-direction": ("A list that is sorted has the documented direction where none is asked for.", "/order"),
    "page-size": ("Every page but the last is as long as was asked for, and none is longer.", "/pages"),
    "default-page-size": ("A page is as long as is documented where no length is asked for.", "/pages"),
    "pages-disjoint": ("No page repeats what is on another.", "/pages"),
    "pages-complete": ("The pages together have all that the list has.", "/pages"),
    "beyond-the-end": ("A page beyond the end has nothing.", "/pages"),
    "list-total": ("The total counts what the list has, and is the same on every page.", "/pages"),
    "page-echo": ("The number and length of a page are repeated as they were asked for.", "/pages"),
}
"""Id to the sentence, and the part of a list's rule that promises it."""

FILTERS = frozenset({"filter-sound", "filter-complete"})

BUSY = frozenset({429, 503})
PAUSES = (0.0, 0.2, 0.6, 1.5)
"""Seconds before a list is asked, and asked again while the server is busy."""

AGAIN_SECONDS = 0.3
"""Before what looks broken is asked again."""

MOST_PAGES = 4
"""As many pages are read of a list at most; of a longer one, it is not judged what it lacks."""

GROUP = 3
"""As many resources are wanted that one filter finds: enough for two pages of two."""

LOOKS = 4
"""A list is looked at so often before it is said that each look adds something."""

QUERY_WORDS = re.compile(r"[\\\[\](){}*+?^$|\"'~&:<>]")
"""Characters that may mean something to a filter which matches more than what is equal."""


@dataclass(frozen=True)
class Listing:
    """One list of the API under test."""

    index: int
    rule: Any

    @property
    def operation(self):
        return run().operations[self.rule.operation]

    @property
    def state(self) -> str:
        """The parameter that filters by state; empty where there is none."""
        member = run().behaviour.lifecycle.member
        return next((name for name, own in self.rule.filters.items() if own == member), "")

    @property
    def largest(self) -> int | None:
        """The longest page that may be asked for; None where there are no pages."""
        pages = self.rule.pages
        return pages and ((pages.size and pages.maximum) or pages.default)

    @property
    def numbered(self) -> bool:
        return bool(self.rule.pages and self.rule.pages.number)

    def leaves_open(self, point: str) -> bool:
        return run().behaviour.leaves_open(point, self.rule.operation)

    def sized(self, query: Mapping[str, Any], size: int | None) -> dict[str, Any]:
        """A query with the size of its pages, where a request can choose it."""
        return {**query, self.rule.pages.size: size} if self.rule.pages and self.rule.pages.size else dict(query)


LISTINGS = [
    Listing(index, rule)
    for index, rule in enumerate(run().behaviour.lists if run().behaviour else ())
    if rule.operation in {operation.id for operation in run().scope}
]

each_list = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rule.operation)


@dataclass(frozen=True)
class Page:
    """One answer of a list."""

    exchange: Exchange
    query: Mapping[str, Any]
    items: Sequence[tuple[str, Any]]
    """Each with its identity, in order."""
    total: int | None
    """None where the answer has none."""

    @property
    def identities(self) -> list[str]:
        return [identity for identity, _ in self.items]


@dataclass(frozen=True)
class Reading:
    """Pages of a list, the first ones or all."""

    pages: Sequence[Page]
    whole: bool
    """Whether nothing comes after them."""

    @property
    def items(self) -> dict[str, Any]:
        return {identity: item for page in self.pages for identity, item in page.items}

    @property
    def last(self) -> Exchange:
        return self.pages[-1].exchange


@dataclass(frozen=True)
class Seen:
    """What of a promise was seen in an exchange."""

    promise: str
    exchange: Exchange
    wrong: str = ""
    """What is wrong; empty where it was kept."""


@dataclass
class Sight:
    """What was seen in one look at a list."""

    seen: list[Seen] = field(default_factory=list)

    def look(self, promise: str, exchange: Exchange, wrong: str = "") -> None:
        self.seen.append(Seen(promise, exchange, wrong))

    @property
    def broken(self) -> dict[tuple[str, str], Seen]:
        return {(each.promise, each.wrong): each for each in self.seen if each.wrong}


# --- Asking ---------------------------------------------------------------------------------------


def ask(listing: Listing, query: Mapping[str, Any]) -> Page | None:
    """One page; None where the server stays busy, refuses, or answers in another form, judged elsewhere."""
    words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    for pause in PAUSES:
        time.sleep(pause)
        try:
            exchange = run().ask(listing.operation, query=words)
        except Unanswered:
            continue
        if exchange.status not in BUSY:
            return _page(listing, query, exchange)
    run().ledger.note(f"{listing.rule.operation}: {in_words(query)} was left out, the server is busy")
    return None


def in_words(query: Mapping[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items()) or "no parameters"


def _page(listing: Listing, query: Mapping[str, Any], exchange: Exchange) -> Page | None:
    try:
        body = exchange.json()
        found = at(body, listing.rule.at)
    except (ValueError, KeyError):
        return None
    if not exchange.succeeded or not isinstance(found, list):
        return None
    named = [(member(item, run().behaviour.identity), item) for item in found]
    if any(identity is None for identity, _ in named):
        return None
    total = member(body, listing.rule.pages.total) if listing.rule.pages and listing.rule.pages.total else None
    return Page(exchange, query, [(str(identity), item) for identity, item in named], total)


def member(value: Any, pointer: str) -> Any:
    """A member of an answer; None where it is null, or not there."""
    try:
        return at(value, pointer)
    except KeyError:
        return None


def read(listing: Listing, query: Mapping[str, Any], *, size: int | None = None) -> Reading | None:
    """The pages that a query finds, as many as are read at most; None where one was not answered."""
    size = size or listing.largest
    asked = listing.sized(query, size)
    pages: list[Page] = []
    while len(pages) < MOST_PAGES:
        number = (
            {listing.rule.pages.number: listing.rule.pages.first + len(pages)} if listing.numbered and pages else {}
        )
        page = ask(listing, {**asked, **number})
        if page is None:
            return None
        pages.append(page)
        if not listing.numbered or size is None or len(page.items) < size:
            return Reading(pages, listing.numbered or not listing.leaves_open("length-of-list"))
    return Reading(pages, whole=False)


# --- What the lists should find -------------------------------------------------------------------


def sent(held: Held, own: str) -> Any:
    """The value of a member as it was sent; None where it was not, or need not come back."""
    behaviour = run().behaviour
    for rule in behaviour.kept:
        if rule.operations and behaviour.create.operation not in rule.operations:
            continue
        for place, kept in rule.members.items():
            if f"{own}/".startswith(f"{kept}/"):
                return member(held.body, place + own[len(kept) :])
    return None


def values(listing: Listing) -> dict[str, dict[str, Any]]:
    """Identity to the filtered members' values, of what the run created; else of what the list starts with."""
    fixed = {name: own for name, own in listing.rule.filters.items() if name != listing.state}
    created = [held for held in run().held if held.created is not None]
    if created:
        return {held.identity: {name: sent(held, own) for name, own in fixed.items()} for held in created}
    page = ask(listing, listing.sized({}, listing.largest))
    return {
        identity: {name: member(item, own) for name, own in fixed.items()}
        for identity, item in (page.items if page else ())
    }


def groups(known: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, Any], list[str]]:
    """(Parameter, value) to what has the value; the largest groups first, texts before what many others have."""
    found: dict[tuple[str, Any], list[str]] = {}
    for identity, held in known.items():
        for name, value in held.items():
            if isinstance(value, (bool, int, str)) and value != "" and _plain(name, value):
                found.setdefault((name, _key(value)), []).append(identity)
    ranked = sorted(found.items(), key=lambda each: (not isinstance(each[0][1], str), -len(each[1])))
    return {(name, value): identities for (name, value), identities in ranked}


def _plain(name: str, value: Any) -> bool:
    """Whether every lawful filter finds what equals the value."""
    if not isinstance(value, str) or not run().behaviour.leaves_open("filter-match", name):
        return True
    return not QUERY_WORDS.search(value) and value == value.strip() == unicodedata.normalize("NFC", value)


@dataclass(frozen=True)
class Truth:
    """A boolean as a key that no number equals."""

    value: bool


def _key(value: Any) -> Any:
    return Truth(value) if isinstance(value, bool) else value


def _value(key: Any) -> Any:
    return key.value if isinstance(key, Truth) else key


def scope(known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The filter that finds most of what is known, by a text where there is one; none where there is no filter."""
    return next(({name: _value(key)} for name, key in groups(known) if name not in doubtful()), {})


def doubtful() -> set[str]:
    """The filters that were seen broken: what is read by them would break promises that are not theirs."""
    findings = run().ledger.findings.values()
    return {each.detail.partition(":")[0] for each in findings if each.promise.id in FILTERS}


def matching(known: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Any]) -> set[str]:
    return {
        identity
        for identity, held in known.items()
        if all(_key(held.get(name)) == _key(value) for name, value in wanted.items())
    }


def fits(name: str, wanted: Any, shown: Any) -> bool:
    """Whether a filter may find a value: what equals it, and what is like it where the texts leave that open."""
    if _key(wanted) == _key(shown):
        return True
    if not run().behaviour.leaves_open("filter-match", name):
        return False
    one, other = _folded(wanted), _folded(shown)
    return one in other or other in one


def _folded(value: Any) -> str:
    apart = unicodedata.normalize("NFKD", str(value))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


# --- Blame ----------------------------------------------------------------------------------------


def settle(listing: Listing, look: Callable[[], Sight], *, again: int = 1) -> None:
    """Look, look again while the same is wrong, and note what was kept and what was broken every time."""
    first = look()
    suspects = first.broken
    for _ in range(again):
        if not suspects:
            break
        time.sleep(AGAIN_SECONDS)
        repeated = look().broken
        suspects = {cause: seen for cause, seen in suspects.items() if cause in repeated}
    doubted = {promise for promise, _ in first.broken}
    for seen in first.seen:
        if seen.promise not in doubted:
            run().kept(_promise(listing, seen.promise), seen.exchange)
    for seen in suspects.values():
        _blame(listing, seen)


def _blame(listing: Listing, seen: Seen) -> None:
    """Report a broken promise, once an operation and parameter: more of the same would tell nothing more."""
    about = seen.wrong.partition(":")[0]
    for finding in run().ledger.findings.values():
        same = (finding.promise.id, finding.operation) == (seen.promise, listing.rule.operation)
        if same and finding.detail.partition(":")[0] == about:
            return
    run().broken(_promise(listing, seen.promise), seen.exchange, seen.wrong)


def _promise(listing: Listing, promise: str):
    sentence, part = PROMISES[promise]
    made = run().promised(promise, sentence, f"/lists/{listing.index}{part}")
    if promise == "filters-combined":  # where no text says what several find, each of them is our reading
        return replace(made, standing="inferred")
    return made


def some(identities) -> str:
    """Identities in words, the first few of them."""
    ordered = sorted(identities)
    return ", ".join(ordered[:3]) + (f" and {len(ordered) - 3} more" if len(ordered) > 3 else "")


# --- What one answer says of itself ---------------------------------------------------------------


def look_at(listing: Listing, page: Page, sight: Sight) -> None:
    """What is promised of every single answer."""
    twice = sorted({each for each in page.identities if page.identities.count(each) > 1})
    sight.look("list-unique", page.exchange, f"twice: one answer has {some(twice)} more than once" if twice else "")
    pages = listing.rule.pages
    if pages is None:
        return
    asked = page.query.get(pages.size, pages.default)
    if pages.size in page.query:
        long = len(page.items) > asked
        wrong = f"length: {len(page.items)} items on a page of {asked}" if long else ""
        sight.look("page-size", page.exchange, wrong)
    for name, echo, default in ((pages.number, pages.number_echo, pages.first), (pages.size, pages.size_echo, asked)):
        shown = member(at(page.exchange.json(), ""), echo) if echo else None
        wanted = page.query.get(name, default)
        left_open = name == pages.size and name not in page.query and listing.leaves_open("default-size")
        if shown is not None and not left_open:
            said = f"{name}={wanted}" if name in page.query else f"{wanted}, the default"
            sight.look("page-echo", page.exchange, f"{echo}: {shown}, asked was {said}" if shown != wanted else "")


# --- Everything is there, once ---------------------------------------------------------------------


@each_list
def test_a_list_has_everything_once(listing: Listing) -> None:
    with share("lists", of=2 * len(LISTINGS)):
        settle(listing, lambda: _everything(listing))


def _everything(listing: Listing) -> Sight:
    """A list as it is without any parameter, and as a whole."""
    sight = Sight()
    plain = ask(listing, {})
    if plain is not None:
        look_at(listing, plain, sight)
        _default_size(listing, plain, sight)
    reading = read(listing, {})
    if reading is None:
        return sight
    for page in reading.pages:
        look_at(listing, page, sight)
    lost = {held.identity for held in run().held if held.created} - set(reading.items)
    if reading.whole and lost and _short(reading):
        _blame_pages(reading, lost, sight)
    elif reading.whole:
        sight.look("list-complete", reading.last, f"lost: {some(lost)} is not in the list" if lost else "")
    return sight


def _short(reading: Reading) -> bool:
    """Whether the pages lack what the total counts: then they are to blame, not the list."""
    total = reading.pages[0].total
    return total is not None and total > len(reading.items)


def _blame_pages(reading: Reading, lost: set[str], sight: Sight) -> None:
    have = f"{len(reading.items)} of {reading.pages[0].total}"
    sight.look("pages-complete", reading.last, f"lost: the pages have {have}, and leave out {some(lost)}")


def _default_size(listing: Listing, page: Page, sight: Sight) -> None:
    pages = listing.rule.pages
    if pages is None or listing.leaves_open("default-size"):
        return
    due = pages.default if page.total is None else min(pages.default, page.total)
    long, short = len(page.items) > pages.default, page.total is not None and pages.default < page.total
    if long or (short and len(page.items) != due):
        wrong = f"{len(page.items)} items where no length is asked for, {due} are due"
        sight.look("default-page-size", page.exchange, wrong)
    elif short:
        sight.look("default-page-size", page.exchange)


# --- Filters --------------------------------------------------------------------------------------


@each_list
def test_filters_find_what_they_should(listing: Listing) -> None:
    if not listing.rule.filters:
        pytest.skip("the list has no filters")
    with share("lists", of=2 * len(LISTINGS)):
        _grow(listing)
        known = values(listing)
        for wanted in _singly(known):
            settle(listing, lambda wanted=wanted: _filtered(listing, known, wanted))
        for wanted in () if doubtful() else _together(known):
            settle(listing, lambda wanted=wanted: _filtered(listing, known, wanted))


def _grow(listing: Listing) -> None:
    """Create what is lacking for pages of more than one item, where that may be."""
    this = run()
    creating = this.operations[this.behaviour.create.operation]
    if not this.mode.creates or creating not in this.usable or not any(held.created for held in this.held):
        return
    for body, _ in zip(this.bodies(creating), range(GROUP), strict=False):
        if this.budget.creations_left < 2 or max(map(len, groups(values(listing)).values()), default=GROUP) >= GROUP:
            return
        created = this.ask(creating, body=body)
        identity = (
            member(created.json(), this.behaviour.create.at + this.behaviour.identity) if created.succeeded else None
        )
        if identity is None:
            return
        this.held.append(Held(str(identity), body, created))


def _singly(known: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The values to filter by: of each parameter the two that most have, and the most unusual text."""
    by_name: dict[str, list[Any]] = {}
    for name, key in groups(known):
        by_name.setdefault(name, []).append(_value(key))
    for name, found in by_name.items():
        unusual = [value for value in found[2:] if isinstance(value, str) and not value.isascii()]
        for value in (*found[:2], *unusual[:1]):
            yield {name: value}


def _together(known: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Two filters at once, each of which finds something that the other does not; in both orders."""
    found = groups(known)
    for one, ones in found.items():
        for other, others in found.items():
            both = set(ones) & set(others)
            if one[0] != other[0] and both and set(ones) - both and set(others) - both:
                pair = [(name, _value(key)) for name, key in (one, other)]
                yield from (dict(pair), dict(pair[::-1]))
                return


def _filtered(listing: Listing, known: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Any]) -> Sight:
    """What filters find, and leave out."""
    sight = Sight()
    reading = read(listing, wanted)
    if reading is None:
        return sight
    about = "+".join(sorted(wanted))
    sound, complete = ("filter-sound", "filter-complete") if len(wanted) == 1 else ("filters-combined",) * 2
    for page in reading.pages:
        look_at(listing, page, sight)
        others = dict(_misfits(listing, known, page, wanted))
        found = f"{about}: {in_words(wanted)} finds {next(iter(others.items()))}" if others else ""
        sight.look(sound, page.exchange, found)
    lost = matching(known, wanted) - set(reading.items) - _absent(listing)
    if reading.whole and lost and _short(reading):
        _blame_pages(reading, lost, sight)
    elif reading.whole:
        wrong = f"{about}: {in_words(wanted)} leaves out {some(lost)}" if lost else ""
        sight.look(complete, reading.last, wrong)
    if reading.whole and not lost:
        _total(reading, sight)
    return sight


def _misfits(listing: Listing, known, page: Page, wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a filter should not have found, with the values that it has instead."""
    for identity, item in page.items:
        for name, value in wanted.items():
            shown = member(item, listing.rule.filters[name])
            shown = known.get(identity, {}).get(name) if shown is None else shown
            never = shown is None and identity in known and isinstance(value, str)
            if never or (shown is not None and not fits(name, value, shown)):
                yield identity, shown


def _absent(listing: Listing) -> set[str]:
    """What the list lacks even without filters, so that no filter is to blame."""
    for promise, operation, _ in run().ledger.findings:
        if (promise, operation) == ("list-complete", listing.rule.operation):
            return {held.identity for held in run().held}
    return set()


def _total(reading: Reading, sight: Sight) -> None:
    """The totals of a list that was read as a whole."""
    if reading.pages[0].total is None:
        return
    totals = [page.total for page in reading.pages]
    count = sum(len(page.items) for page in reading.pages)
    told = f"total: it is {' then '.join(map(str, totals))}, the list has {count}"
    sight.look("list-total", reading.pages[0].exchange, told if {*totals} != {count} else "")


# --- States ---------------------------------------------------------------------------------------


@each_list
def test_each_state_finds_what_is_in_it(listing: Listing) -> None:
    behaviour = run().behaviour
    if not listing.state or behaviour.leaves_open("text-form", behaviour.lifecycle.member):
        pytest.skip("the list is not filtered by states")
    with share("lists", of=2 * len(LISTINGS)):
        combined = any(promise == "filters-combined" for promise, *_ in run().ledger.findings)
        known = values(listing)
        wanted = {} if combined else scope(known)
        settle(listing, lambda: _by_state(listing, known, wanted))


def _by_state(listing: Listing, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> Sight:
    """Each state's list against the states before and after; what moved in between is in any, or in none."""
    sight, states = Sight(), run().behaviour.lifecycle.states
    before = read(listing, wanted)
    found = {state: read(listing, {**wanted, listing.state: state}) for state in states}
    after = read(listing, wanted)
    if before is None or after is None:
        return sight
    resting = {
        identity: state
        for identity, state in _states(before).items()
        if _states(after).get(identity) == state and state not in reachable(state)
    }
    for state, reading in found.items():
        if reading is not None:
            _one_state(listing, state, reading, resting, sight)
            others = {each for page in reading.pages for each, _ in _misfits(listing, known, page, wanted)}
            asked = in_words(reading.pages[0].query)
            if wanted:
                told = f"{listing.state}: {asked} finds {some(others)}, which have another value" if others else ""
                sight.look("filters-combined", reading.last, told)
    return sight


def _states(reading: Reading) -> dict[str, Any]:
    return {identity: member(item, run().behaviour.lifecycle.member) for identity, item in reading.items.items()}


def reachable(state: str) -> set[str]:
    """The states that may come after one."""
    moves, found, fresh = run().behaviour.lifecycle.moves, set(), [state]
    while fresh:
        for after in moves.get(fresh.pop(), ()):
            if after not in found:
                found.add(after)
                fresh.append(after)
    return found


def _one_state(listing: Listing, state: str, reading: Reading, resting: Mapping[str, str], sight: Sight) -> None:
    shown = _states(reading)
    stay = {state, None} | reachable(state)
    wrong = sorted(each for each in shown if resting.get(each, state) != state or shown[each] not in stay)
    others = f"{listing.state}: {listing.state}={state} finds {some(wrong)}, of another state" if wrong else ""
    sight.look("filter-sound", reading.last, others)
    lost = {each for each, rests in resting.items() if rests == state} - set(shown)
    if reading.whole and not _short(reading):
        wrong_ = f"{listing.state}: {listing.state}={state} leaves out {some(lost)}" if lost else ""
        sight.look("filter-complete", reading.last, wrong_)


# --- Order ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sorting:
    """A way to ask for an order."""

    query: Mapping[str, str]
    member: str
    descending: bool
    asked: bool
    """Whether the direction is asked for."""


def sortings(listing: Listing) -> Iterator[Sorting]:
    """Every order that the texts promise."""
    order = listing.rule.order
    if order is None:
        return
    way = order.direction
    for name, own in order.keys.items() if order.by else ():
        if way:
            yield Sorting({order.by: name, way.parameter: way.descending}, own, descending=True, asked=True)
            yield Sorting({order.by: name, way.parameter: way.ascending}, own, descending=False, asked=True)
        if not way or way.default:
            yield Sorting({order.by: name}, own, descending=bool(way) and way.default == "descending", asked=False)
    if order.unasked and not listing.leaves_open("unasked-order"):
        yield Sorting({}, order.unasked, order.unasked_descending, asked=False)


@each_list
def test_a_list_is_sorted_as_asked(listing: Listing) -> None:
    ways = list(sortings(listing))
    if not ways:
        pytest.skip("no order is promised")
    with share("lists", of=2 * len(LISTINGS)):
        wanted = scope(values(listing))
        for way in ways:
            settle(listing, lambda way=way: _sorted(listing, wanted, way))


def _sorted(listing: Listing, wanted: Mapping[str, Any], way: Sorting) -> Sight:
    sight = Sight()
    page = ask(listing, listing.sized({**wanted, **way.query}, listing.largest))
    if page is not None:
        look_at(listing, page, sight)
        in_order(page.items, way, page.exchange, sight)
    return sight


def in_order(items: Sequence[tuple[str, Any]], way: Sorting, exchange: Exchange, sight: Sight) -> None:
    """Whether items are sorted; nothing is seen where none differ."""
    shown = [(identity, member(item, way.member)) for identity, item in items]
    shown = [(identity, value) for identity, value in shown if value is not None]
    compared = [(one, other, ascends(one[1], other[1])) for one, other in pairwise(shown)]
    wrong = next((pair for *pair, up in compared if up is way.descending and up is not None), None)
    promise = "list-ordered" if way.asked else "default-direction"
    if wrong:
        key = way.member.rpartition("/")[2]
        direction = "downwards" if way.descending else "upwards"
        sight.look(promise, exchange, f"{key}: {_said(wrong[0])} stands before {_said(wrong[1])}, sorted {direction}")
    elif any(up is not None for *_, up in compared):
        sight.look(promise, exchange)


def _said(shown: tuple[str, Any]) -> str:
    return f"{shown[1]} ({shown[0]})"


def ascends(one: Any, other: Any) -> bool | None:
    """Whether a value is sorted before another; None where they are equal, or servers may sort them either way."""
    if isinstance(one, str) and isinstance(other, str):
        times = _moment(one), _moment(other)
        readings = [times] if None not in times else list(zip(_collations(one), _collations(other), strict=True))
    elif all(isinstance(each, (int, float)) for each in (one, other)):
        readings = [(one, other)]
    else:
        return None
    if all(first < second for first, second in readings):
        return True
    return False if all(first > second for first, second in readings) else None


def _collations(text: str) -> tuple[Any, ...]:
    """A text as those who sort texts see it: by code point, without case, without marks, with numbers as such."""
    letters = "".join(each for each in _folded(text) if each.isalnum())
    natural = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", text)]
    return text, text.casefold(), letters, natural


def _moment(text: str) -> tuple[datetime.datetime, str] | None:
    """A time stamp to any number of fraction digits; None where it is none."""
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text)
    if parts is None:
        return None
    try:
        whole = datetime.datetime.fromisoformat(parts[1].upper() + parts[3].upper().replace("Z", "+00:00"))
    except ValueError:
        return None
    return whole.astimezone(datetime.UTC), (parts[2] or "").rstrip("0")


# --- Pages ----------------------------------------------------------------------------------------


@each_list
def test_pages_are_the_whole_list_cut_up(listing: Listing) -> None:
    if not listing.numbered:
        pytest.skip("the list has no pages")
    with share("lists", of=2 * len(LISTINGS)):
        wanted = scope(values(listing))
        way = next(iter(sortings(listing)), None)
        asked = {**wanted, **(way.query if way else {})}
        ties = _ties(listing, asked, way)
        settle(listing, lambda: _cut(listing, wanted, asked, way), again=3 if ties else 1)


def _ties(listing: Listing, asked: Mapping[str, Any], way: Sorting | None) -> bool:
    """Whether items may stand in either order, so that a page may lawfully repeat one by chance."""
    reading = read(listing, asked)
    if way is None or reading is None:
        return True
    keys = [member(item, way.member) for item in reading.items.values()]
    return any(ascends(one, other) is None for one, other in pairwise(keys))


def _cut(listing: Listing, wanted: Mapping[str, Any], asked: Mapping[str, Any], way: Sorting | None) -> Sight:
    """A list on one page, against the same on several."""
    sight = Sight()
    reading = read(listing, wanted)
    if reading is None or not reading.whole:
        return sight
    every = set(reading.items)
    if len(every) < sum(len(page.items) for page in reading.pages):
        return sight
    size = _size(listing, len(every))
    if size is None:
        run().ledger.note(f"{listing.rule.operation}: pages were not judged, there are {len(every)} items to cut up")
        return sight
    count = math.ceil(len(every) / size)
    pages = list(_walk(listing, asked, size, count + 1))
    if len(pages) == count + 1 and not listing.leaves_open("page-beyond-the-end"):
        _beyond(pages, sight)
    if len(pages) >= count:
        _judge_pages(pages[:count], every, size, sight)
        if way and not sight.broken:
            items = [item for page in pages[:count] for item in page.items]
            in_order(items, way, pages[1].exchange, sight)
    for page in pages:
        look_at(listing, page, sight)
    return sight


def _size(listing: Listing, count: int) -> int | None:
    """The size of a few pages for so many items; None where a request cannot have several."""
    pages = listing.rule.pages
    size = math.ceil(count / 3) if pages.size else pages.default
    if count == GROUP:
        size = 2 if pages.size else size
    return size if count > size <= (listing.largest or size) else None


def _walk(listing: Listing, asked: Mapping[str, Any], size: int, count: int) -> Iterator[Page]:
    for number in range(count):
        query = {**listing.sized(asked, size), listing.rule.pages.number: listing.rule.pages.first + number}
        page = ask(listing, query)
        if page is None:
            return
        yield page


def _judge_pages(pages: Sequence[Page], every: set[str], size: int, sight: Sight) -> None:
    """Pages that should have all of a list between them. Of what goes together, one thing is blamed."""
    words = " | ".join(" ".join(page.identities) for page in pages)
    placed = [(number, identity) for number, page in enumerate(pages) for identity in set(page.identities)]
    repeated = len(placed) > len({identity for _, identity in placed})
    uneven = next((page for page in pages[:-1] if len(page.items) != size), None)
    lost = every - {identity for _, identity in placed}
    if any(len(page.items) > size for page in pages):
        return
    if uneven:
        wrong = f"length: {len(uneven.items)} items on a page of {size} that is not the last"
        sight.look("page-size", uneven.exchange, wrong)
        return
    sight.look("page-size", pages[0].exchange)
    told = f"repeated: the pages of {size} are {words}" if repeated else ""
    sight.look("pages-disjoint", pages[-1].exchange, told)
    if not repeated:
        told = f"lost: {some(lost)}, the pages of {size} are {words}" if lost else ""
        sight.look("pages-complete", pages[-1].exchange, told)
    if not repeated and not lost and pages[0].total is not None:
        wrong_ = next((page for page in pages if page.total != len(every)), None)
        told = f"total: it is {wrong_.total} on one of {len(pages)} pages with {len(every)} items" if wrong_ else ""
        sight.look("list-total", (wrong_ or pages[0]).exchange, told)


def _beyond(pages: Sequence[Page], sight: Sight) -> None:
    *before, last = pages
    again = {identity for page in before for identity in page.identities} & set(last.identities)
    wrong = f"the page beyond the end repeats {some(again)}" if again else ""
    sight.look("beyond-the-end", last.exchange, wrong)


# --- Reads change nothing -------------------------------------------------------------------------


@each_list
def test_reading_adds_nothing(listing: Listing) -> None:
    with share("lists", of=2 * len(LISTINGS)):
        created = [held for held in run().held if held.created]
        if not created:
            pytest.skip("nothing in the list is the run's own")
        newest = values(listing).get(created[-1].identity, {})
        wanted = scope({created[-1].identity: newest})
        sight = _grown(listing, wanted, created[-1])
        settle(listing, lambda: sight, again=0)


def _grown(listing: Listing, wanted: Mapping[str, Any], newest: Held) -> Sight:
    """Whether every look at a list finds one more that has a text of what the run itself created last."""
    sight = Sight()
    seen: set[str] = set()
    for look in range(LOOKS + 1):
        reading = read(listing, wanted)
        if reading is None:
            return sight
        ours = {identity for identity, item in reading.items.items() if _like(item, newest)}
        if look and not ours - seen:
            sight.look("reads-change-nothing", reading.last)
            return sight
        seen |= ours
    if reading.whole:
        wrong = f"each of {LOOKS} reads found one more like the newest, which nobody created"
        sight.look("reads-change-nothing", reading.last, wrong)
    return sight


def _like(item: Any, newest: Held) -> bool:
    """Whether an item has every text that was sent of a resource, as far as a list shows them."""
    behaviour = run().behaviour
    own = {member for rule in behaviour.kept for member in rule.members.values()}
    pairs = [(member(item, each), sent(newest, each)) for each in sorted(own)]
    texts = [(shown, wanted) for shown, wanted in pairs if isinstance(shown, str) and isinstance(wanted, str)]
    return bool(texts) and all(shown == wanted for shown, wanted in texts)
