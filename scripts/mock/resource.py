"""A resource as a value that nothing can change once it is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

from ..document import Json


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: what was sent of it, where it is in its life, and when what happened.

    Times are seconds since the epoch.
    """

    identity: str
    account: str
    user: str
    sequence: int
    """1, 2, …: the order of creation in the whole store."""
    sent: Json = field(repr=False)
    """What requests sent of it."""
    created: float
    state: str
    entered: float
    """When it entered `state`."""
    ahead: tuple[str, ...] = ()
    """The states that time will still take it through, the next first."""
    updated: float = 0.0
    """When it last changed in any way."""
    ended: float | None = None
    """When it reached a state that none follows."""
    settled: bool = True
    """False until what a state that is ahead asks for elsewhere is done."""


def frozen(value: Json) -> Json:
    """`value` with objects and arrays that refuse to be changed; equal to it, and written as the same JSON.

    A copy of a part (`copied`, `copy.copy`, `copy.deepcopy`, `{**part}`) is plain and can be changed.
    """
    if isinstance(value, str):
        return _shared(value)
    if isinstance(value, _Object | _Array):
        return value
    if isinstance(value, dict):
        return _Object({_shared(name): frozen(each) for name, each in value.items()})
    if isinstance(value, list):
        return _Array([frozen(each) for each in value])
    return value


@lru_cache(maxsize=1024)
def _shared(text: str) -> str:
    """A text equal to `text`, the same for equal ones of late: the names of members are most of what is held."""
    return text


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("what the store holds cannot be changed: change a copy, and put that")


# These inherit from `dict` and `list` because whoever reads JSON, `json.dumps` too, asks for those types.
class _Object(dict[str, Json]):
    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[object]]:
        return dict, (dict(self),)


class _Array(list[Json]):
    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type, tuple[object]]:
        return list, (list(self),)
