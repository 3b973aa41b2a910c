"""What to call a schema after where it stands.

The short name is that of the property, parameter or header which holds it, or of the operation whose
body or response it is; the full name has the names of all that is around it before that. `Item` and
`Value` stand for what is in a list and in a map. Names are in PascalCase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from ..document import Json
from .shape import Step, trail


@dataclass(frozen=True)
class _Word:
    text: str
    whole: bool
    """Whether it can stand alone, rather than say more about the one before it."""


def names_for(data: Json, pointers: Sequence[str]) -> Iterator[str]:
    """The names for the equal schemas at `pointers` (in lexicographic order), the best first, without end.

    Their short name if they agree on it, then the full name of the first, then that with a number.
    """
    short = {short_name(data, here) for here in pointers}
    full = full_name(data, pointers[0])
    if len(short) == 1:
        yield from short
    yield full
    yield from (f"{full}{number}" for number in count(2))


def short_name(data: Json, here: str) -> str:
    """The name of what holds the schema at the pointer `here` most nearly."""
    words = _words(data, here)
    start = max((index for index, word in enumerate(words) if word.whole), default=0)
    return _pascal(word.text for word in words[start:])


def full_name(data: Json, here: str) -> str:
    """The names of all that holds the schema at the pointer `here`, from the outside in."""
    return _pascal(word.text for word in _words(data, here))


def same_class(name: str) -> str:
    """A text that is equal for names which a generator may make the same class or module of."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _pascal(texts: Iterable[str]) -> str:
    words = [word for text in texts for word in re.split(r"[^A-Za-z0-9]+", text) if word]
    return "".join(word[0].upper() + word[1:] for word in words) or "Schema"


def _words(data: Json, here: str) -> list[_Word]:
    steps = trail(here)
    words: list[_Word] = []
    for index, step in enumerate(steps):
        if step.child == "operation":
            words = [_operation(data, steps[: index + 1])]
        elif step.child == "parameter" and step.kind != "components":
            words.append(_Word(_parameter(data, steps[: index + 1]), whole=True))
        else:
            words += _word(step)
    return words


def _word(step: Step) -> list[_Word]:
    if step.kind == "components" or (step.kind, step.member) in _WHOLE:
        return [_Word(step.name, whole=True)]
    if step.member == "responses":
        return [_Word(f"Response{step.name.capitalize()}", whole=False)]
    text = _PARTS.get(step.member)
    return [_Word(text, whole=False)] if text else []


_WHOLE = frozenset(
    {
        ("schema", "properties"),
        ("schema", "$defs"),
        ("response", "headers"),
        ("encoding", "headers"),
        ("document", "paths"),
        ("document", "webhooks"),
    }
)
_PARTS = {"requestBody": "Body", "items": "Item", "additionalProperties": "Value", "not": "Not", "contains": "Item"}


def _operation(data: Json, steps: Sequence[Step]) -> _Word:
    definition = _at(data, steps)
    named = definition.get("operationId")
    return _Word(named if isinstance(named, str) else f"{steps[-1].member} {steps[-2].name}", whole=True)


def _parameter(data: Json, steps: Sequence[Step]) -> str:
    return str(_at(data, steps).get("name", ""))


def _at(data: Json, steps: Sequence[Step]) -> Json:
    for step in steps:
        data = data[step.member]
        if step.name:
            data = data[int(step.name)] if isinstance(data, list) else data[step.name]
    return data
