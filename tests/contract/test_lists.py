"""Lists: filters, order, pages, totals and echoes, and what is in them at all.

Lists are read by filters that find what the run itself created, so that what others write at the same
time is not in them. What looks broken is asked again after a pause, and blamed if it looks the same.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pytest

from scripts.contract.plugin import (
    Exchange,
    Held,
    Listing,
    Page,
    Reading,
    Sorting,
    Unanswered,
    comes_back,
    compared,
    groups,
    in_words,
    matching,
    misfits,
    reachable,
    run,
    sent,
    share,
    singly,
    ties,
    together,
    value_at,
    worded,
)

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
SAYS_NOTHING = frozenset({401, 403, 408, 425, 429})
"""Refusals that say nothing of what was asked for."""

PAUSES = (0.0, 0.2, 0.6, 1.5)
"""Seconds before a list is asked, and asked again while the server is busy."""

AGAIN_SECONDS = 0.3
"""Before what looks broken is asked again."""

MOST_PAGES = 4
"""As many pages are read of a list at most; of a longer one, it is not judged what it lacks."""

GROUP = 3
"""As many resources are wanted that one filter finds: enough for two pages of two."""

UNUSUAL = 4
"""The number of the first body with unusual texts."""

LOOKS = 4
"""A list is looked at so often before it is said that each look adds something."""

LISTINGS = [
    Listing(index, rule, run().behaviour)
    for index, rule in enumerate(run().behaviour.lists if run().behaviour else ())
    if rule.operation in {operation.id for operation in run().scope}
]

each_list = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rule.operation)


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
    for pause in PAUSES:
        time.sleep(pause)
        try:
            exchange = run().ask(run().operations[listing.rule.operation], query=worded(query))
        except Unanswered:
            continue
        if exchange.status not in BUSY:
            return listing.page(query, exchange)
    run().ledger.note(f"{listing.rule.operation}: {in_words(query)} was left out, the server is busy")
    return None


def read(listing: Listing, query: Mapping[str, Any], *, size: int | None = None) -> Reading | None:
    """The pages that a query finds, as many as are read at most; None where one was not answered."""
    size = size or listing.largest
    asked = listing.sized(query, size)
    pages: list[Page] = []
    while len(pages) < MOST_PAGES:
        page = ask(listing, listing.numbered_page(asked, len(pages)) if pages else asked)
        if page is None:
            return None
        pages.append(page)
        if not listing.numbered or size is None or len(page.items) < size:
            return Reading(pages, listing.numbered or not listing.leaves_open("length-of-list"))
    return Reading(pages, whole=False)


# --- What the lists should find -------------------------------------------------------------------


def values(listing: Listing) -> dict[str, dict[str, Any]]:
    """Identity to the filtered members' values, of what the run created; else of what the list starts with."""
    fixed, behaviour = listing.fixed, listing.behaviour
    created = [held for held in run().held if held.created is not None]
    if created:
        return {held.identity: {name: sent(behaviour, held, own) for name, own in fixed.items()} for held in created}
    page = ask(listing, listing.sized({}, listing.largest))
    return {
        identity: {name: value_at(item, own) for name, own in fixed.items()}
        for identity, item in (page.items if page else ())
    }


def scope(known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The filter that finds most of what is known, by a text where there is one; none where there is no filter."""
    found = (group for group in groups(run().behaviour, known) if group.parameter not in doubtful())
    return next(({group.parameter: group.value} for group in found), {})


def doubtful() -> set[str]:
    """The filters that were seen broken: what is read by them would break promises that are not theirs."""
    findings = run().ledger.findings.values()
    return {each.detail.partition(":")[0] for each in findings if each.promise.id in FILTERS}


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
    twice = page.repeated
    sight.look("list-unique", page.exchange, f"twice: one answer has {some(twice)} more than once" if twice else "")
    pages = listing.rule.pages
    if pages is not None and pages.size in page.query:
        asked = page.query[pages.size]
        wrong = f"length: {len(page.items)} items on a page of {asked}" if len(page.items) > asked else ""
        sight.look("page-size", page.exchange, wrong)
    if not twice and page.exceeds:
        wrong = f"total: it is {page.total}, and one page has {len(page.items)} items"
        sight.look("list-total", page.exchange, wrong)
    for _, _, wrong in listing.echoes(page):
        sight.look("page-echo", page.exchange, wrong)


# --- Everything is there, once ---------------------------------------------------------------------


@pytest.mark.judges(
    "list-complete",
    "list-unique",
    "list-total",
    "default-page-size",
    "page-size",
    "page-echo",
    "pages-complete",
)
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
    if reading.whole and lost and reading.short:
        _blame_pages(reading, lost, sight)
    elif reading.whole:
        sight.look("list-complete", reading.last, f"lost: {some(lost)} is not in the list" if lost else "")
    if reading.whole and not lost and len(reading.pages) == 1:  # of several, others may add to the list in between
        _total(reading, sight)
    return sight


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


@pytest.mark.judges("list-total", "list-ordered", "default-direction", "list-unique", "page-size", "page-echo")
@each_list
def test_a_list_takes_in_what_is_created(listing: Listing) -> None:
    if not run().mode.creates:
        pytest.skip("nothing is created in this mode")
    with share("lists", of=2 * len(LISTINGS)):
        way = next(listing.sortings(), None)
        if ask(listing, _sized(listing, {}, way)) is None or not _create(UNUSUAL):
            pytest.skip("nothing more could be created")
        settle(listing, lambda: _sorted(listing, {}, way))


def _create(number: int) -> bool:
    """Whether something was created from the body of a number."""
    this = run()
    creating = this.operations[this.behaviour.create.operation]
    mine = any(held.created for held in this.held)
    if not this.mode.creates or creating not in this.usable or not mine or this.budget.creations_left < 1:
        return False
    body = next(islice(this.bodies(creating), number, None))
    created = this.ask(creating, body=body)
    place = this.behaviour.create.at + this.behaviour.identity
    identity = value_at(created.json(), place) if created.succeeded else None
    if identity is not None:
        this.held.append(Held(str(identity), body, created))
    return identity is not None


# --- Filters --------------------------------------------------------------------------------------


@pytest.mark.judges(
    "filter-sound",
    "filter-complete",
    "filters-combined",
    "list-total",
    "list-unique",
    "page-size",
    "page-echo",
)
@each_list
def test_filters_find_what_they_should(listing: Listing) -> None:
    if not listing.rule.filters:
        pytest.skip("the list has no filters")
    with share("lists", of=2 * len(LISTINGS)):
        _grow(listing)
        known = values(listing)
        found = groups(listing.behaviour, known)
        for wanted in singly(found):
            settle(listing, lambda wanted=wanted: _filtered(listing, known, wanted))
        for wanted in () if doubtful() else together(found):
            settle(listing, lambda wanted=wanted: _filtered(listing, known, wanted))


def _grow(listing: Listing) -> None:
    """Create what is lacking for pages of more than one item, where that may be."""
    this = run()
    creating = this.operations[this.behaviour.create.operation]
    if not this.mode.creates or creating not in this.usable or not any(held.created for held in this.held):
        return
    for number in range(GROUP):
        found = groups(this.behaviour, values(listing))
        if this.budget.creations_left < 2 or max((len(each.identities) for each in found), default=GROUP) >= GROUP:
            return
        if not _create(number):
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
        others = dict(misfits(listing.behaviour, listing.rule, known, page.items, wanted))
        found = f"{about}: {in_words(wanted)} finds {next(iter(others.items()))}" if others else ""
        sight.look(sound, page.exchange, found)
    lost = matching(known, wanted) - set(reading.items) - _absent(listing)
    if reading.whole and lost and reading.short:
        _blame_pages(reading, lost, sight)
    elif reading.whole:
        wrong = f"{about}: {in_words(wanted)} leaves out {some(lost)}" if lost else ""
        sight.look(complete, reading.last, wrong)
    if reading.whole and not lost:
        _total(reading, sight)
    return sight


def _absent(listing: Listing) -> set[str]:
    """What the list lacks even without filters, so that no filter is to blame."""
    for operation, (promise, _) in run().ledger.findings:
        if (promise, operation) == ("list-complete", listing.rule.operation):
            return {held.identity for held in run().held}
    return set()


def _total(reading: Reading, sight: Sight) -> None:
    """The totals of a list that was read as a whole."""
    if reading.pages[0].total is None:
        return
    totals = [page.total for page in reading.pages]
    count = reading.count
    told = f"total: it is {' then '.join(map(str, totals))}, the list has {count}"
    sight.look("list-total", reading.pages[0].exchange, told if {*totals} != {count} else "")


# --- States ---------------------------------------------------------------------------------------


@pytest.mark.judges("filter-sound", "filter-complete", "filters-combined", "list-complete")
@each_list
def test_each_state_finds_what_is_in_it(listing: Listing) -> None:
    behaviour = run().behaviour
    if not listing.state or behaviour.leaves_open("text-form", behaviour.lifecycle.member):
        pytest.skip("the list is not filtered by states")
    with share("lists", of=2 * len(LISTINGS)):
        combined = any(promise == "filters-combined" for _, (promise, _) in run().ledger.findings)
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
        if _states(after).get(identity) == state and not comes_back(run().behaviour.lifecycle, state)
    }
    for state, reading in found.items():
        if reading is not None:
            _one_state(listing, state, reading, resting, sight)
            apart = misfits(listing.behaviour, listing.rule, known, reading.items.items(), wanted)
            others = {identity for identity, _ in apart}
            asked = in_words(reading.pages[0].query)
            if wanted:
                told = f"{listing.state}: {asked} finds {some(others)}, which have another value" if others else ""
                sight.look("filters-combined", reading.last, told)
    return sight


def _states(reading: Reading) -> dict[str, Any]:
    return {identity: value_at(item, run().behaviour.lifecycle.member) for identity, item in reading.items.items()}


def _one_state(listing: Listing, state: str, reading: Reading, resting: Mapping[str, str], sight: Sight) -> None:
    shown = _states(reading)
    stay = {None, *reachable(run().behaviour.lifecycle)[state]}
    wrong = sorted(each for each in shown if resting.get(each, state) != state or shown[each] not in stay)
    others = f"{listing.state}: {listing.state}={state} finds {some(wrong)}, of another state" if wrong else ""
    sight.look("filter-sound", reading.last, others)
    lost = {each for each, rests in resting.items() if rests == state} - set(shown)
    if reading.whole and not reading.short:
        wrong_ = f"{listing.state}: {listing.state}={state} leaves out {some(lost)}" if lost else ""
        sight.look("filter-complete", reading.last, wrong_)


# --- Order ----------------------------------------------------------------------------------------


@pytest.mark.judges("list-ordered", "default-direction", "list-unique", "page-size", "page-echo")
@each_list
def test_a_list_is_sorted_as_asked(listing: Listing) -> None:
    ways = list(listing.sortings())
    if not ways:
        pytest.skip("no order is promised")
    with share("lists", of=2 * len(LISTINGS)):
        wanted = scope(values(listing))
        for way in ways:
            settle(listing, lambda way=way: _sorted(listing, wanted, way))


def _sized(listing: Listing, wanted: Mapping[str, Any], way: Sorting | None) -> dict[str, Any]:
    """The query for the longest page, sorted in a way."""
    return listing.sized({**wanted, **(way.query if way else {})}, listing.largest)


def _sorted(listing: Listing, wanted: Mapping[str, Any], way: Sorting | None) -> Sight:
    sight = Sight()
    page = ask(listing, _sized(listing, wanted, way))
    if page is not None:
        look_at(listing, page, sight)
        if way is not None:
            in_order(page.items, way, page.exchange, sight)
    return sight


def in_order(items: Sequence[tuple[str, Any]], way: Sorting, exchange: Exchange, sight: Sight) -> None:
    """Whether items are sorted; nothing is seen where none differ."""
    order = compared(items, way)
    if order.differ:
        sight.look("list-ordered" if way.asked else "default-direction", exchange, order.wrong)


# --- Pages ----------------------------------------------------------------------------------------


@pytest.mark.judges(
    "page-size",
    "page-echo",
    "pages-disjoint",
    "pages-complete",
    "list-total",
    "beyond-the-end",
    "list-unique",
)
@each_list
def test_pages_are_the_whole_list_cut_up(listing: Listing) -> None:
    if not listing.numbered:
        pytest.skip("the list has no pages")
    with share("lists", of=2 * len(LISTINGS)):
        wanted = scope(values(listing))
        settle(listing, lambda: _shortest(listing, wanted))
        way = next(listing.sortings(), None)
        asked = {**wanted, **(way.query if way else {})}
        reading = read(listing, asked)
        either = way is None or reading is None or ties(list(reading.items.values()), way)
        settle(listing, lambda: _cut(listing, wanted, asked, way), again=3 if either else 1)


def _shortest(listing: Listing, wanted: Mapping[str, Any]) -> Sight:
    """The shortest page that the document allows; nothing where no length can be asked for."""
    sight = Sight()
    size = listing.shortest(run().operations[listing.rule.operation])
    page = ask(listing, listing.sized(wanted, size)) if size is not None else None
    if page is not None:
        look_at(listing, page, sight)
    return sight


def _cut(listing: Listing, wanted: Mapping[str, Any], asked: Mapping[str, Any], way: Sorting | None) -> Sight:
    """A list on one page, against the same on several."""
    sight = Sight()
    reading = read(listing, wanted)
    if reading is None or not reading.whole:
        return sight
    every = set(reading.items)
    if len(every) < reading.count:
        return sight
    size = listing.cut(len(every), least=GROUP)
    if size is None:
        run().ledger.note(f"{listing.rule.operation}: pages were not judged, there are {len(every)} items to cut up")
        return sight
    count = math.ceil(len(every) / size)
    pages = list(_walk(listing, asked, size, count + 1))
    if 0 < len(pages) < count and (len(pages) + 1) * size <= len(reading.pages) * (listing.largest or 0):
        _refused(pages, count, sight)  # no limit of rows can be why: as many were asked for before
    if len(pages) == count + 1 and not listing.leaves_open("page-beyond-the-end"):
        _beyond(pages, sight)
    if len(pages) >= count:
        _judge_pages(pages[:count], every, size, sight)
        if way and not sight.broken:
            items = [item for page in pages[:count] for item in page.items]
            in_order(items, way, pages[1].exchange, sight)
    for page in pages[:count] if listing.leaves_open("page-beyond-the-end") else pages:
        look_at(listing, page, sight)
    return sight


def _walk(listing: Listing, asked: Mapping[str, Any], size: int, count: int) -> Iterator[Page]:
    for number in range(count):
        page = ask(listing, listing.numbered_page(listing.sized(asked, size), number))
        if page is None:
            return
        yield page


def _refused(pages: Sequence[Page], count: int, sight: Sight) -> None:
    """Whether the page after some was refused, which must be there by all that the list said."""
    last, refusal = pages[-1], run().exchanges[-1]
    before = sum(len(page.items) for page in pages)
    more = last.total is None or (isinstance(last.total, int) and last.total > before)
    status = refusal.status or 0
    if more and 400 <= status < 500 and status not in SAYS_NOTHING:
        wrong = f"refused: page {len(pages) + 1} of {count} was answered {status}"
        sight.look("pages-complete", refusal, wrong)


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


@pytest.mark.judges("reads-change-nothing")
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
    pairs = [(value_at(item, each), sent(behaviour, newest, each)) for each in sorted(own)]
    texts = [(shown, wanted) for shown, wanted in pairs if isinstance(shown, str) and isinstance(wanted, str)]
    return bool(texts) and all(shown == wanted for shown, wanted in texts)
