"""Faults of operations that change a resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ...behaviour import Behaviour, Change
from ..messages import Response
from ..resource import Resource
from ..service import Call, Handler, Outcome, Service
from .fault import At, Fault, Put, absent, answering, changes, holding, kept, layered, ruled
from .values import leaves_at, with_member


def _with_change(change: Callable[[Behaviour, Change], Change]) -> Put:
    """A fault in the rule of an operation that changes."""

    def changed(behaviour: Behaviour, operation: str) -> Behaviour:
        rules = tuple(change(behaviour, rule) if rule.operation == operation else rule for rule in behaviour.changes)
        return replace(behaviour, changes=rules)

    return ruled(changed)


def _doing(does: str) -> At:
    return lambda service: [rule.operation for rule in service.behaviour.changes if rule.does == does]


def _in_some_states(service: Service) -> Collection[str]:
    return [rule.operation for rule in service.behaviour.changes if rule.states]


def _not_last(service: Service) -> Collection[str]:
    """The operations that may be asked in a state too late for them that is not the end."""
    rules = service.behaviour.changes
    return [rule.operation for rule in rules if _one_state_later(service.behaviour, rule) != rule]


def _elsewhere(behaviour: Behaviour, rule: Change) -> Change:
    ends = [state for state in behaviour.lifecycle.states if state in behaviour.lifecycle.terminal]
    return replace(rule, to=next((state for state in ends if state != rule.to), rule.to))


def _refused_otherwise(call: Call, response: Response) -> Response:
    rule = call.service.behaviour.rules[call.route.operation.id]
    refused = isinstance(rule, Change) and rule.states and response.status == rule.otherwise
    return replace(response, status=403 if response.status != 403 else 409) if refused else response


def _one_state_later(behaviour: Behaviour, rule: Change) -> Change:
    moves = behaviour.lifecycle.moves
    later = [after for state in rule.states for after in moves.get(state, ()) if moves.get(after)]
    return replace(rule, states=tuple(dict.fromkeys([*rule.states, *later])))


def _as_absent(inner: Handler, call: Call) -> Outcome:
    response, changed = inner(call)
    return (response, changed) if changed is None else (absent(call), None)


def _first_text_stays(call: Call, resource: Resource) -> Resource:
    before = call.store.find(resource.account, resource.identity)
    for place, leaf in leaves_at(before.sent, kept(call.service)) if before else ():
        if isinstance(leaf, str):
            return replace(resource, sent=with_member(resource.sent, place, leaf))
    return resource


FAULTS: Mapping[str, Fault] = {
    "change-in-any-state": Fault(
        "a change is made in states in which it must not be",
        _with_change(lambda _, rule: replace(rule, states=())),
        _in_some_states,
    ),
    "change-in-no-state": Fault(
        "a change is refused in the states in which it may be made",
        _with_change(lambda _, rule: replace(rule, states=("none",))),
        changes,
    ),
    "change-refused-otherwise": Fault(
        "a change that may not be made is refused with another status", answering(_refused_otherwise), _in_some_states
    ),
    "change-one-state-later": Fault(
        "a change is also made in the state after those in which it may be", _with_change(_one_state_later), _not_last
    ),
    "change-as-absent": Fault("what may be changed is answered as if it were not there", layered(_as_absent), changes),
    "change-nothing": Fault("a change is answered as done, and nothing is", holding(lambda *_: None), changes),
    "change-creation-time": Fault(
        "a change makes the resource as new as itself",
        holding(lambda call, resource: replace(resource, created=call.now)),
        changes,
    ),
    "change-owner": Fault(
        "a change makes the resource another user's",
        holding(lambda _, resource: replace(resource, user=f"{resource.user}-2")),
        lambda service: changes(service) if any(each.value == "user" for each in service.behaviour.sets) else (),
    ),
    "replace-first-text": Fault(
        "a change of what was sent leaves the first text as it was",
        holding(_first_text_stays),
        lambda service: [*_doing("replace")(service), *_doing("update")(service)],
    ),
    "replace-keeps": Fault(
        "what a replacement does not send stays",
        _with_change(lambda _, rule: replace(rule, does="update")),
        _doing("replace"),
    ),
    "update-drops": Fault(
        "what an update does not send is lost",
        _with_change(lambda _, rule: replace(rule, does="replace")),
        _doing("update"),
    ),
    "move-elsewhere": Fault("a move ends in another state", _with_change(_elsewhere), _doing("move")),
}
