"""What a client knows of the resources that it works with.

A model is a value: each answer gives the next one. Time passes at the server, so of a resource's state it
is only known in which ones it can be by now. What the model does not know, like what other clients create
meanwhile, may be there or not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..behaviour import Behaviour, Change
from .exchanges import Exchange
from .sightings import Sighting
from .tracks import reachable
from .trips import Sent


@dataclass(frozen=True)
class Resource:
    """A resource as far as the client knows it."""

    identity: str
    states: frozenset[str]
    """Those in which it can be by now."""
    sent: Mapping[str, Sent] = field(default_factory=dict, repr=False)
    """Member to what was sent of it last; without what is not certain."""
    own: bool = True
    """Whether the client created it: what others created, they may change or remove."""
    last: tuple[str, str] | None = None
    """The state that was shown last, and the operation that showed it."""
    shown: Mapping[str, str] = field(default_factory=dict, repr=False)
    """operationId to the state that it showed last."""
    moved: Change | None = field(default=None, repr=False)
    """The change that moved it last; None where none did."""


@dataclass(frozen=True)
class Model:
    """All that the client knows."""

    behaviour: Behaviour = field(repr=False)
    resources: Mapping[str, Resource] = field(default_factory=dict)

    def known(self, resource: Resource) -> Model:
        """With a resource; one whose identity it has already is not known any more, nor is the other."""
        return self._with(resource.identity, None if resource.identity in self.resources else resource)

    def created(self, identity: str, sent: Mapping[str, Sent]) -> Model:
        """After a resource was created."""
        lifecycle = self.behaviour.lifecycle
        states = frozenset(lifecycle.states)
        if not self.behaviour.leaves_open("unfinished-creation"):
            states = reachable(lifecycle)[lifecycle.first]
        return self.known(Resource(identity, states, sent))

    def saw(self, sighting: Sighting) -> Model:
        """After an answer showed a resource."""
        resource = self.resources.get(sighting.identity)
        state = sighting.holds(self.behaviour.lifecycle.member)
        if resource is None or not sighting.own or state not in self.behaviour.lifecycle.states:
            return self
        operation = sighting.rule.operation
        states = reachable(self.behaviour.lifecycle)[state]
        shown = {**resource.shown, operation: state}
        return self._with(resource.identity, replace(resource, states=states, last=(state, operation), shown=shown))

    def changed(self, rule: Change, identity: str, exchange: Exchange | None, sent: Mapping[str, Sent]) -> Model:
        """After a change was asked for; None where no answer came."""
        resource = self.resources.get(identity)
        if resource is None:
            return self
        if exchange is not None and exchange.succeeded and exchange.status != 202:
            return self._with(identity, _done(self.behaviour, rule, resource, sent))
        if exchange is None or exchange.succeeded or (exchange.status or 500) >= 500:
            return self._with(identity, _in_doubt(self.behaviour, rule, resource))
        return self

    def only(self, identities: Collection[str]) -> Model:
        """With nothing but some resources."""
        return replace(self, resources={each: known for each, known in self.resources.items() if each in identities})

    def _with(self, identity: str, resource: Resource | None) -> Model:
        others = {each: known for each, known in self.resources.items() if each != identity}
        return replace(self, resources=others if resource is None else {**others, identity: resource})


def _done(behaviour: Behaviour, rule: Change, resource: Resource, sent: Mapping[str, Sent]) -> Resource:
    """A resource after a change that was answered as done."""
    if rule.does == "move":
        states = reachable(behaviour.lifecycle)[rule.to]
        return replace(resource, states=states, moved=rule)
    kept = resource.sent if rule.does == "update" and sent else {}
    return replace(resource, sent={**kept, **sent})


def _in_doubt(behaviour: Behaviour, rule: Change, resource: Resource) -> Resource:
    """A resource after a change of which it is not known whether it was done, or will be."""
    if rule.does == "move":
        return replace(resource, states=resource.states | reachable(behaviour.lifecycle)[rule.to])
    return replace(resource, sent={})
