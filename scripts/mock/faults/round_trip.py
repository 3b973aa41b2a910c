"""Faults of round trip, of members that never change, and of views that must agree."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from ...document import Json, Operation, operations, parts
from ..members import member
from ..resource import Resource
from ..service import Call, Service
from .fault import (
    At,
    Change,
    Fault,
    Put,
    kept,
    lists,
    reads,
    seen,
    sending,
    sent,
    showing,
    success,
    views,
    within,
)
from .values import another, leaves_at, with_member

# --- What is sent -------------------------------------------------------------------------------


def _taking(service: Service) -> Collection[str]:
    """The operations whose requests send members that come back."""
    rules = service.behaviour
    taking = {rules.create.operation, *(each.operation for each in rules.changes if each.does != "move")}
    return [each for each in taking if kept(service, each)]


def _texts(service: Service, operation: Operation, body: Json) -> list[tuple[str, str]]:
    """The texts in a body that come back and may be any text, with their places."""
    schema = sent(service, operation)
    found = leaves_at(body, kept(service, operation.id))
    return [
        (place, leaf)
        for place, leaf in found
        if isinstance(leaf, str) and not {"enum", "format", "const"} & within(service, schema, place).keys()
    ]


def _of_first_text(change: Callable[[str, int], str]) -> Change:
    """What changes the first text of a body; `change` also gets the longest that it may be."""

    def changed(service: Service, operation: Operation, body: Json) -> Json:
        for place, text in _texts(service, operation, body)[:1]:
            longest = within(service, sent(service, operation), place).get("maxLength", 256)
            body = with_member(body, place, change(text, longest))
        return body

    return changed


def _lose(service: Service, operation: Operation, body: Json) -> Json:
    required = sent(service, operation).get("required", ())
    places = [parts(place) for place in kept(service, operation.id)]
    names = [place[0] for place in places if len(place) == 1 and place[0] in body]
    optional = [name for name in names if name not in required]
    return {name: each for name, each in body.items() if name not in optional[-1:]}


def _swap(service: Service, operation: Operation, body: Json) -> Json:
    both = _texts(service, operation, body)[:2]
    if len(both) == 2:
        (first, one), (second, two) = both
        body = with_member(with_member(body, first, two), second, one)
    return body


def _other_number(service: Service, operation: Operation, body: Json) -> Json:
    for place, leaf in leaves_at(body, kept(service, operation.id)):
        if isinstance(leaf, int | float) and not isinstance(leaf, bool):
            return with_member(body, place, another(leaf))
    return body


def _empty_objects(service: Service, operation: Operation, body: Json) -> Json:
    for place in kept(service, operation.id):
        value = member(body, place)
        if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
            inner = {name: {} if isinstance(each, dict) else each for name, each in value.items()}
            body = with_member(body, place, inner)
    return body


def _taking_objects(service: Service) -> Collection[str]:
    """The operations whose requests send an object as a member that comes back, with any members of its own."""
    known = {operation.id: sent(service, operation) for operation in operations(service.document)}
    return [
        each
        for each in _taking(service)
        if any(
            schema.get("type") == "object" and "properties" not in schema
            for schema in (within(service, known[each], place) for place in kept(service, each))
        )
    ]


# --- What is shown ------------------------------------------------------------------------------


def _comparable(service: Service) -> list[str]:
    """The members that come back and by which no list is filtered or sorted."""
    used: set[str] = set()
    for rule in service.behaviour.lists:
        used |= set(rule.filters.values()) | set(rule.order.keys.values() if rule.order else ())
    return [place for place in kept(service) if place not in used]


def _showing_kept(service: Service) -> Collection[str]:
    """The views and lists that show members which come back."""
    return _showing(service, _comparable(service))


def _showing(service: Service, places: Iterable[str]) -> Collection[str]:
    """The views and lists that show any of some members."""
    asked, names = set(reads(service)), {parts(place)[0] for place in places}
    return [
        operation.id
        for operation in operations(service.document)
        if operation.id in asked and names & _item_schema(service, operation).get("properties", {}).keys()
    ]


def _item_schema(service: Service, operation: Operation) -> Mapping[str, Json]:
    """The schema of the resource in an answer, or of each of a list's."""
    rule = service.behaviour.rules[operation.id]
    schema = within(service, success(service, operation), rule.at)
    return within(service, {"properties": {"0": schema["items"]}}, "/0") if "items" in schema else schema


def _each_shown(change: Callable[[Service, Operation, dict[str, Json]], dict[str, Json]]) -> Put:
    """A fault in a resource as an answer shows it, or in the first of a list's."""

    def changed(call: Call, body: Json) -> Json:
        operation, at = call.route.operation, call.service.behaviour.rules[call.route.operation.id].at
        shown = member(body, at) if at else body
        if isinstance(shown, dict):
            new: Json = change(call.service, operation, shown)
        elif isinstance(shown, list) and shown:
            new = [change(call.service, operation, shown[0]), *shown[1:]]
        else:
            return body
        return with_member(body, at, new) if at else new

    return showing(changed)


def _differ(service: Service, _: Operation, shown: dict[str, Json]) -> dict[str, Json]:
    for place, leaf in leaves_at(shown, _comparable(service)):
        changed: dict[str, Json] = with_member(shown, place, another(leaf))
        return changed
    return shown


def _leave_out(service: Service, operation: Operation, shown: dict[str, Json]) -> dict[str, Json]:
    required = _item_schema(service, operation).get("required", ())
    names = [parts(place)[0] for place in _comparable(service)]
    optional = [name for name in names if name in shown and name not in required]
    return {name: each for name, each in shown.items() if name not in optional[-1:]}


def _lagging(call: Call, resource: Resource) -> Resource:
    course = call.service.behaviour.lifecycle.course
    late = call.now - resource.entered < call.store.step
    if not late or resource.state not in course[1:]:
        return resource
    return replace(resource, state=course[course.index(resource.state) - 1], ended=None)


def _leading(_: Call, resource: Resource) -> Resource:
    return replace(resource, state=resource.ahead[0]) if len(resource.ahead) > 1 else resource


# --- What never changes -------------------------------------------------------------------------


def _has_moved(call: Call, resource: Resource) -> bool:
    return resource.state != call.service.behaviour.lifecycle.first


def _unchanging(value: str) -> At:
    """The operations that show a member that the server sets to a value and that never changes."""

    def at(service: Service) -> Collection[str]:
        rules = service.behaviour
        names = {each.member for each in rules.sets if each.value == value} & set(rules.unchanging)
        return _showing(service, names)

    return at


def _created_moves(call: Call, resource: Resource) -> Resource:
    # Backwards, so that stamps and lists stay in order: what is older moves no later.
    return replace(resource, created=resource.created - 1) if _has_moved(call, resource) else resource


def _owner_changes(call: Call, resource: Resource) -> Resource:
    return replace(resource, user=f"{resource.user}-2") if _has_moved(call, resource) else resource


def _kept_changes(call: Call, resource: Resource) -> Resource:
    if not _has_moved(call, resource):
        return resource
    for place, leaf in leaves_at(resource.sent, _comparable(call.service)):
        return replace(resource, sent=with_member(resource.sent, place, another(leaf)))
    return resource


ROUND_TRIP: Mapping[str, Fault] = {
    "lose-member": Fault("an optional member that was sent is lost", sending(_lose), _taking),
    "change-number": Fault("the first number that was sent comes back as another", sending(_other_number), _taking),
    "swap-members": Fault("the first two texts that were sent change places", sending(_swap), _taking),
    "empty-objects": Fault(
        "objects within an object that was sent come back empty", sending(_empty_objects), _taking_objects
    ),
    "trim-text": Fault(
        "the first text comes back without spaces around it",
        sending(_of_first_text(lambda text, _: text.strip())),
        _taking,
    ),
    "lower-case-text": Fault(
        "the first text comes back in lower case", sending(_of_first_text(lambda text, _: text.lower())), _taking
    ),
    "truncate-text": Fault(
        "the first text comes back cut to half of what it may be",
        sending(_of_first_text(lambda text, longest: text[: longest // 2])),
        _taking,
    ),
    "escape-text": Fault(
        "the first text comes back escaped as HTML",
        sending(_of_first_text(lambda text, _: html.escape(text))),
        _taking,
    ),
    "fold-unicode": Fault(
        "characters beyond ASCII come back as question marks",
        sending(_of_first_text(lambda text, _: text.encode("ascii", "replace").decode())),
        _taking,
    ),
}

UNCHANGING: Mapping[str, Fault] = {
    "created-moves": Fault(
        "the time of creation moves once time took a resource on", seen(_created_moves), _unchanging("created")
    ),
    "owner-changes": Fault(
        "the user becomes another once time took a resource on", seen(_owner_changes), _unchanging("user")
    ),
    "kept-changes": Fault(
        "what was sent becomes another once time took a resource on", seen(_kept_changes), _showing_kept
    ),
}

VIEWS: Mapping[str, Fault] = {
    "view-differs": Fault("a resource is shown with another value of a member", _each_shown(_differ), _showing_kept),
    "view-leaves-out": Fault(
        "a resource is shown without an optional member that it has", _each_shown(_leave_out), _showing_kept
    ),
    "view-lags": Fault("a view shows the state before for one more step", seen(_lagging), views),
    "view-leads": Fault("a view shows the next state, the last one apart", seen(_leading), views),
    "list-lags": Fault(
        "a list without filters shows the state before for one more step", seen(_lagging, filtered=False), lists
    ),
}
