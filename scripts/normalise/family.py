"""Which definitions are made of which others, by their `allOf`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from urllib.parse import unquote

from ..document import Json, parts


class Family:
    """The definitions of a document as a graph: from each to those that are parts of it."""

    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self._parts = {name: list(_named_in_all_of(node)) for name, node in definitions.items()}
        self._aliases = {name for name, node in definitions.items() if isinstance(node, dict) and "$ref" in node}

    def ancestors(self, name: str) -> set[str]:
        """The definitions that the one called `name` is made of, through any number of steps; of an alias none."""
        return set() if name in self._aliases else self._reached(self._parts.get(name, ()))

    def circular(self, name: str, part: str) -> bool:
        """Whether the definition `part`, of which `name` is made, is itself made of `name`."""
        return name in self._knotted and part in self._knotted and name in self._reached([part])

    def _reached(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._parts.get(name, ())
        return found

    @cached_property
    def _knotted(self) -> set[str]:
        """Definitions that may be in a circle: those that are left when all that are made of nothing left are gone."""
        users: dict[str, list[str]] = {}
        open_parts = {}
        for name, of in self._parts.items():
            known = {each for each in of if each in self._parts}
            open_parts[name] = len(known)
            for each in known:
                users.setdefault(each, []).append(name)
        done = [name for name, count in open_parts.items() if not count]
        for name in done:  # grows meanwhile
            for user in users.get(name, ()):
                open_parts[user] -= 1
                if not open_parts[user]:
                    done.append(user)
        return self._parts.keys() - set(done)


def _named_in_all_of(node: Json) -> Iterator[str]:
    """The names of the definitions that a schema is: what it refers to, or its `allOf` and that of its parts does."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict):
            continue
        reference, members = part.get("$ref"), part.get("allOf")
        if isinstance(reference, str):
            place = parts(unquote(reference))
            if reference.startswith("#/definitions/") and len(place) == 2:
                yield place[1]
        elif isinstance(members, list):
            waiting += members
