"""Faults of the lifecycle: moves, time stamps, and views that open and close with states."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ...behaviour import Behaviour, Lifecycle, Setting, View
from ..messages import Response
from ..resource import Resource
from ..service import Call, Service
from .fault import Fault, Put, account, answering, asked_for, conditional, creating, holding, reads, ruled, seen

_ROUNDS = 20
"""How often a resource that leaves its end comes back to it."""

_ZONE = 6 * 3600.0
"""Seconds between the server's clock and another."""


# --- Moves ----------------------------------------------------------------------------------------


def _coming(change: Callable[[Lifecycle, tuple[str, ...]], tuple[str, ...]]) -> Put:
    """A fault in the states that time takes a new resource through; `change` gets them, the first included."""

    def held(call: Call, resource: Resource) -> Resource:
        states = change(call.service.behaviour.lifecycle, (resource.state, *resource.ahead))
        return replace(resource, ahead=states[1:])

    return holding(held)


def _skipping(lifecycle: Lifecycle, states: tuple[str, ...]) -> tuple[str, ...]:
    """The states without the first that may not be left out."""
    for before, left, after in zip(states, states[1:], states[2:], strict=False):
        if after not in lifecycle.moves.get(before, ()):
            return tuple(state for state in states if state != left)
    return states


def _back(lifecycle: Lifecycle, states: tuple[str, ...]) -> tuple[str, ...]:
    if len(states) < 3 or states[0] in lifecycle.moves.get(states[1], ()):
        return states
    return (*states[:2], *states)


def _leaving_end(_: Lifecycle, states: tuple[str, ...]) -> tuple[str, ...]:
    return (*states, *states[-2:] * _ROUNDS)


def _another_end(lifecycle: Lifecycle, states: tuple[str, ...]) -> tuple[str, ...]:
    ends = [state for state in lifecycle.states if state in lifecycle.terminal and state not in states]
    return (*states, *ends[:1])


def _past_the_end(put: Put) -> Put:
    """A fault in which what comes last is not what has ended: the time of the end goes by the state instead."""
    return lambda service, where: put(service.by(_ended_as_updated(service.behaviour)), where)


def _ended_as_updated(behaviour: Behaviour) -> Behaviour:
    """Rules by which the time of the end is there in terminal states, whatever comes after them."""
    terminal = tuple(behaviour.lifecycle.terminal)
    others = tuple(state for state in behaviour.lifecycle.states if state not in terminal)
    settings: list[Setting] = []
    for each in behaviour.sets:
        if each.value == "ended" and not each.states:
            settings += [replace(each, value="", states=others), replace(each, value="updated", states=terminal)]
        else:
            settings.append(each)
    return replace(behaviour, sets=tuple(settings))


def _from(start: int) -> Put:
    """A fault in the state that a new resource is in: how many of the course it has behind it."""

    def later(behaviour: Behaviour, _: str) -> Behaviour:
        course = behaviour.lifecycle.course
        return replace(behaviour, lifecycle=replace(behaviour.lifecycle, course=course[start:]))

    return ruled(later)


# --- Time stamps ----------------------------------------------------------------------------------


def _stamped(service: Service) -> Collection[str]:
    """The operations that show or list, where a member has the time of the end."""
    return reads(service) if any(each.value == "ended" for each in service.behaviour.sets) else ()


def _unstamped(_: Call, resource: Resource) -> Resource:
    return replace(resource, ended=None)


def _stamped_early(_: Call, resource: Resource) -> Resource:
    return replace(resource, ended=resource.created) if resource.ended is None else resource


def _stamped_backwards(_: Call, resource: Resource) -> Resource:
    return replace(resource, ended=resource.created - 60) if resource.ended is not None else resource


def _stamped_elsewhere(_: Call, resource: Resource) -> Resource:
    return replace(resource, ended=resource.ended - _ZONE) if resource.ended is not None else resource


def _stamped_now(call: Call, resource: Resource) -> Resource:
    return replace(resource, ended=call.now) if resource.ended is not None else resource


# --- Views of some states -------------------------------------------------------------------------


def _with_view(change: Callable[[View], View]) -> Put:
    """A fault in the rule of a view."""
    return ruled(
        lambda behaviour, operation: replace(
            behaviour,
            views=tuple(change(each) if each.operation == operation else each for each in behaviour.views),
        )
    )


def _closed_with(status: Callable[[Call, View], int]) -> Put:
    """A fault in the status of a view that is closed."""

    def change(call: Call, response: Response) -> Response:
        rule = next(view for view in call.service.behaviour.views if view.operation == call.route.operation.id)
        resource = call.store.find(account(call), asked_for(call))
        closed = resource is not None and resource.state not in rule.states
        return (
            replace(response, status=status(call, rule)) if closed and response.status == rule.otherwise else response
        )

    return answering(change)


FAULTS: Mapping[str, Fault] = {
    "skip-state": Fault("a state that may not be left out is left out", _coming(_skipping), creating),
    "step-back": Fault("the second state is followed by the first once more", _coming(_back), creating),
    "leave-end": Fault(
        "a terminal state is left for the one before, again and again", _past_the_end(_coming(_leaving_end)), creating
    ),
    "another-end": Fault("a terminal state is followed by another", _past_the_end(_coming(_another_end)), creating),
    "never-end": Fault(
        "the last state is never reached", _past_the_end(_coming(lambda _, states: states[:-1])), creating
    ),
    "start-later": Fault("a new resource is in the second state at once", _from(1), creating),
    "start-ended": Fault("a new resource is in its last state at once", _from(-1), creating),
    "end-unstamped": Fault("what has ended has no time of its end", seen(_unstamped), _stamped),
    "end-stamped-early": Fault("the time of the end is there from the beginning", seen(_stamped_early), _stamped),
    "end-stamped-backwards": Fault("the time of the end is before the creation", seen(_stamped_backwards), _stamped),
    "end-stamped-elsewhere": Fault(
        "the time of the end is that of a clock six hours behind", seen(_stamped_elsewhere), _stamped
    ),
    "end-stamp-moves": Fault("the time of the end is that of each request", seen(_stamped_now), _stamped),
    "view-opens-early": Fault(
        "a view of some states is open in all", _with_view(lambda view: replace(view, states=())), conditional
    ),
    "view-stays-closed": Fault(
        "a view of some states is open in none", _with_view(lambda view: replace(view, states=("none",))), conditional
    ),
    "view-closed-otherwise": Fault(
        "a view that is closed answers with another status",
        _closed_with(lambda _, view: 403 if view.otherwise == 409 else 409),
        conditional,
    ),
    "view-closed-as-wrong-keys": Fault(
        "a view that is closed answers as wrong keys are answered",
        _closed_with(lambda call, _: call.service.behaviour.errors.refused),
        conditional,
    ),
}
