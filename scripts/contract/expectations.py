"""What an answer must be by a model of what the client knows: checks, each of one promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..behaviour import Behaviour, Change, View
from ..document import Json
from .exchanges import Exchange
from .filtering import Values, matching, misfits
from .listing import Listing, Page, in_words
from .model import Model, Resource
from .ordering import Sorting, compared
from .reading import Reader
from .sightings import Sighting
from .tracks import reachable
from .trips import returns

SENTENCES = {
    "created-stays": "What was created is there from then on.",
    "round-trip": "What was sent comes back equal in every answer that has a place for it.",
    "moves-listed": "Only the listed moves lead to another state.",
    "end-stays": "A state that none follows is not left.",
    "state-in-step": "No operation shows a state that another has shown to be past.",
    "view-opens": "A view of some states shows a resource in each of them.",
    "view-closed": "A view of some states shows nothing in any other.",
    "change-moves": "A change that moves a resource leaves it in the state that it names.",
    "change-refused": "A change is made in no state in which it may not be.",
    "list-complete": "A list without filters has everything that is there.",
    "filter-sound": "A filter finds nothing that has another value.",
    "filter-complete": "A filter finds everything that has the value.",
    "list-ordered": "A list is sorted by the key and in the direction asked for.",
    "default-direction": "A list that is sorted has the documented direction where none is asked for.",
    "page-size": "Every page but the last is as long as was asked for, and none is longer.",
}
"""Id to the sentence of each promise."""

_SAYS_NOTHING = frozenset({401, 403, 408, 425, 429})
"""Refusals that say nothing of a resource; nor does a failure of the server."""

_MOVES = "/lifecycle/moves"


@dataclass(frozen=True)
class Check:
    """A promise as an answer kept it, or broke it."""

    promise: str
    """A key of `SENTENCES`."""
    where: str
    """Pointer of the rule in behaviour.yaml that promises it."""
    about: str = ""
    """Which member or operation is meant."""
    wrong: str = ""
    """What is wrong; empty where it was kept."""


# --- One resource ---------------------------------------------------------------------------------


def of_sighting(model: Model, reader: Reader, sighting: Sighting) -> Iterator[Check]:
    """What an answer must show of a resource."""
    resource = model.resources.get(sighting.identity)
    if resource is None or not sighting.own:
        return
    yield from _of_state(model.behaviour, resource, sighting)
    for back in returns(reader.document, model.behaviour, resource.sent, sighting):
        yield Check("round-trip", f"/round_trip/{back.rule}", back.member, back.wrong)


def _of_state(behaviour: Behaviour, resource: Resource, sighting: Sighting) -> Iterator[Check]:
    """What an answer must show of the state, after what its own operation and all others have shown."""
    lifecycle = behaviour.lifecycle
    state = sighting.holds(lifecycle.member)
    if state not in lifecycle.states:
        return
    after = reachable(lifecycle)
    last, told_by = resource.last or (state, "")
    before = resource.shown.get(sighting.rule.operation, state)
    if state not in after[before]:
        yield Check(
            "end-stays" if before in lifecycle.terminal else "moves-listed", _MOVES, "", f"{state} after {before}"
        )
    elif state not in after[last]:
        yield Check("state-in-step", _MOVES, "", f"{state}, after {told_by} had shown {last}")
    elif resource.moved:
        rule = resource.moved
        wrong = f"the state is {state} afterwards, not {rule.to}" if state not in resource.states else ""
        yield Check("change-moves", f"/changes/{behaviour.changes.index(rule)}", rule.operation, wrong)
    else:
        yield Check("state-in-step", _MOVES)


def of_view(model: Model, rule: View, identity: str, exchange: Exchange) -> Iterator[Check]:
    """Whether a view must show a resource that it was asked for."""
    resource = model.resources.get(identity)
    if resource is None or not _tells(exchange):
        return
    where = f"/views/{model.behaviour.views.index(rule)}"
    status = "" if exchange.succeeded else f"{exchange.status}"
    if rule.states and resource.states.isdisjoint(rule.states):
        made = f"{exchange.status} in the state {_listed(model, resource)}" if exchange.succeeded else ""
        yield Check("view-closed", where, rule.operation, made)
    elif rule.states and resource.own and resource.states.issubset(rule.states):
        wrong = status and f"{status} in the state {_listed(model, resource)}"
        yield Check("view-opens", where, rule.operation, wrong)
    elif not rule.states and resource.own:
        yield Check("created-stays", where, rule.operation, status and f"{status} for what was created before")


def of_change(model: Model, rule: Change, identity: str, exchange: Exchange) -> Iterator[Check]:
    """Whether a change that was asked for must be refused."""
    resource = model.resources.get(identity)
    if resource is None or not rule.states or not _tells(exchange):
        return
    there = rule.does == "move" and resource.states == {rule.to}
    if resource.states.isdisjoint(rule.states) and not there:
        made = f"{exchange.status} in the state {_listed(model, resource)}" if exchange.succeeded else ""
        yield Check("change-refused", f"/changes/{model.behaviour.changes.index(rule)}", rule.operation, made)


def _tells(exchange: Exchange) -> bool:
    """Whether an answer says anything of a resource."""
    return exchange.status is not None and exchange.status < 500 and exchange.status not in _SAYS_NOTHING


def _listed(model: Model, resource: Resource) -> str:
    return " or ".join(state for state in model.behaviour.lifecycle.states if state in resource.states)


# --- Lists ----------------------------------------------------------------------------------------


def of_page(model: Model, listing: Listing, page: Page, way: Sorting | None) -> Iterator[Check]:
    """What the first page of a list must hold that was asked for by filters, and sorted in a way."""
    values = filtered_values(model, listing)
    wanted = {name: value for name, value in page.query.items() if name in listing.rule.filters}
    fixed = {name: value for name, value in wanted.items() if name != listing.state}
    sound = [_sound(model, listing, page, fixed, values)] if fixed else []
    sound += [_sound_by_state(model, listing, page, wanted)] if listing.state in wanted else []
    yield from sound
    if any(check.wrong for check in sound):
        return  # What should not be there breaks more than the filter.
    if listing.whole(page):
        yield _complete(model, listing, page, wanted, values)
    yield from _cut_and_sorted(listing, page, way)


def filtered_values(model: Model, listing: Listing) -> dict[str, dict[str, Json]]:
    """Identity to parameter to the value that was sent last, of all resources of which something certain is known."""
    return {
        resource.identity: {
            name: resource.sent[own].value for name, own in listing.fixed.items() if own in resource.sent
        }
        for resource in model.resources.values()
        if resource.own and resource.sent
    }


def _sound(model: Model, listing: Listing, page: Page, fixed: Mapping[str, Json], values: Values) -> Check:
    certain = {each: value for each, value in values.items() if value.keys() >= fixed.keys()}
    apart = dict(misfits(model.behaviour, listing.rule, certain, page.items, fixed))
    about = "+".join(sorted(fixed))
    told = f"{about}: {in_words(fixed)} finds {next(iter(apart.items()))}" if apart else ""
    return Check("filter-sound", f"/lists/{listing.index}/filters", "", told)


def _sound_by_state(model: Model, listing: Listing, page: Page, wanted: Mapping[str, Json]) -> Check:
    state, known = wanted[listing.state], model.resources
    apart = [each for each in page.identities if each in known and state not in known[each].states]
    told = f"{listing.state}: {listing.state}={state} finds {_some(apart)}, of another state" if apart else ""
    return Check("filter-sound", f"/lists/{listing.index}/filters", "", told)


def _complete(model: Model, listing: Listing, page: Page, wanted: Mapping[str, Json], values: Values) -> Check:
    must = {resource.identity for resource in model.resources.values() if resource.own}
    if fixed := {name: value for name, value in wanted.items() if name != listing.state}:
        must = matching(values, fixed)
    if listing.state in wanted:
        must = {each for each in must if model.resources[each].states == {wanted[listing.state]}}
    lost = must - set(page.identities)
    if not wanted:
        told = f"lost: {_some(lost)} is not in the list" if lost else ""
        return Check("list-complete", f"/lists/{listing.index}", "", told)
    told = f"{'+'.join(sorted(wanted))}: {in_words(wanted)} leaves out {_some(lost)}" if lost else ""
    return Check("filter-complete", f"/lists/{listing.index}/filters", "", told)


def _cut_and_sorted(listing: Listing, page: Page, way: Sorting | None) -> Iterator[Check]:
    pages = listing.rule.pages
    asked = page.query.get(pages.size) if pages and pages.size else None
    if isinstance(asked, int):
        long = f"length: {len(page.items)} items on a page of {asked}" if len(page.items) > asked else ""
        yield Check("page-size", f"/lists/{listing.index}/pages", "", long)
    if way is not None and (order := compared(page.items, way)).differ:
        promise = "list-ordered" if way.asked else "default-direction"
        yield Check(promise, f"/lists/{listing.index}/order", "", order.wrong)


def _some(identities: Sequence[str] | set[str]) -> str:
    """Identities in words, the first few of them."""
    ordered = sorted(identities)
    return ", ".join(ordered[:3]) + (f" and {len(ordered) - 3} more" if len(ordered) > 3 else "")
