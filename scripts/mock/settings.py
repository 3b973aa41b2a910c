"""What steers a mock: one set of words, that flags, a scenario file and the control interface say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..document import Json, operations, parts, pointer, read
from ..errors import Problem, UsageError
from . import faults
from .service import End, Service, resource_shapes
from .shapes import Shape

_FORM = Path(__file__).with_name("settings.yaml")

Wrong = tuple[str, str, str]
"""JSON pointer into the words, what is wrong, what to do."""


@dataclass(frozen=True)
class Settings:
    """What steers a mock; `settings.yaml` says what each word means."""

    step: float = 1.0
    clock: float = 1.0
    limits: Mapping[str, int] = field(default_factory=dict)
    ends: Sequence[End] = ()
    faults: Sequence[str] = ()
    latency: float = 0.0
    drop: int = 0
    prefer: bool = False

    def words(self) -> dict[str, Json]:
        """These settings as `changed` takes them."""
        return {**asdict(self), "ends": [asdict(end) for end in self.ends], "faults": list(self.faults)}


def changed(settings: Settings, words: Mapping[str, Json]) -> Settings:
    """Settings in which each of `words`, of which none is wrong, takes the place of what was said before."""
    new = dict(words)
    if "ends" in new:
        new["ends"] = tuple(End(**end) for end in new["ends"])
    return replace(settings, **new)


def chosen(scenario: Path | None, flags: Mapping[str, Json], service: Service) -> Settings:
    """The settings that a scenario file and flags ask for; a flag takes the place of the file's word.

    Raises `UsageError` with all that is wrong with either, and `DocumentError` for a file that cannot be read.
    """
    said: Mapping[str, Json] = {}
    problems: list[Problem] = []
    if scenario is not None:
        document = read(scenario)
        problems += [*document.flaws, *(document.problem(*each) for each in wrong(document.data, service))]
        said = document.data
    problems += [Problem(what, hint) for _, what, hint in wrong(flags, service)]
    if problems:
        raise UsageError(problems)
    return changed(Settings(), {**said, **flags})


def steered(service: Service, settings: Settings) -> Service:
    """A service that answers by settings."""
    made = replace(service, limits=settings.limits, ends=settings.ends, prefers=settings.prefer, cache={})
    return faults.applied(made, faults.chosen(settings.faults, _operations(service)))


# --- What is wrong with words ---------------------------------------------------------------------


def wrong(words: Json, service: Service) -> Iterator[Wrong]:
    """Everything in `words` that is not well formed, or else that names what the API does not have."""
    found = [_malformed(error) for error in _form().iter_errors(words)]
    yield from found
    if not found:
        yield from _limits(words.get("limits", {}), service)
        yield from _ends(words.get("ends", ()), service)
        yield from _faults(words.get("faults", ()), service)


@cache
def _words() -> Json:
    return read(_FORM).data


@cache
def _form() -> Any:
    return jsonschema_rs.Draft202012Validator(_words())


def _malformed(error: Any) -> Wrong:
    place, known = list(error.instance_path), _words()["properties"]
    word = str(place[0]) if place else ""
    hint = known[word]["description"] if word in known else f"The words are {', '.join(known)}."
    what = f"`{word}`: {error.message}" if word else error.message
    return pointer(*place), what, hint


def _limits(limits: Mapping[str, int], service: Service) -> Iterator[Wrong]:
    known = [limit.name for limit in service.behaviour.limits]
    for name in limits:
        if name not in known:
            yield pointer("limits", name), f"no limit is called {name!r}", _there(known)


def _ends(ends: Sequence[Mapping[str, str]], service: Service) -> Iterator[Wrong]:
    states = service.behaviour.lifecycle.states
    shown = resource_shapes(service.document, service.shapes, service.behaviour)
    for index, end in enumerate(ends):
        if end["state"] not in states:
            yield pointer("ends", index, "state"), f"no state is called {end['state']!r}", _there(states)
        known = _beside(shown, parts(end["member"]))
        if known:
            yield pointer("ends", index, "member"), f"no member stands at {end['member']!r}", _there(known)


def _faults(words: Sequence[str], service: Service) -> Iterator[Wrong]:
    for index, word in enumerate(words):
        try:
            [(name, operation)] = faults.chosen([word], _operations(service))
        except UsageError as error:
            for problem in error.problems:
                yield pointer("faults", index), problem.what, problem.hint
            continue
        about = faults.operations_of(service, name)
        if not about:
            yield pointer("faults", index), f"the API has nothing that the fault {name!r} breaks", ""
        elif operation and operation not in about:
            yield pointer("faults", index), f"the fault {name!r} is not about {operation!r}", _there(about)


def _there(names: Sequence[str]) -> str:
    return f"There is {', '.join(names)}." if names else "The API's behaviour names none."


def _operations(service: Service) -> list[str]:
    return [operation.id for operation in operations(service.document)]


def _beside(shapes: Sequence[Shape], place: Sequence[str]) -> list[str]:
    """The JSON pointers of the members that are named where the first part of `place` is not; none if all are."""
    way: list[str] = []
    for part in place:
        named = dict.fromkeys(name for shape in shapes for name in shape.members)
        if named and part not in named:
            return [pointer(*way, name) for name in named]
        shapes = [shape.members[part] for shape in shapes if part in shape.members]
        if not shapes:
            break
        way.append(part)
    return []
