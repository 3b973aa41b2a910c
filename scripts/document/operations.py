"""The operations of a normalised document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .pointers import follow, pointer
from .value import Json

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation of an OpenAPI document, with its path's parameters among its own."""

    id: str
    method: str
    """In capitals."""
    path: str
    """The path template, without the base URL."""
    pointer: str
    definition: Mapping[str, Json] = field(repr=False)
    parameters: tuple[Mapping[str, Json], ...] = field(repr=False)
    """Its own and its path's, references followed; its own win by (name, in)."""

    @property
    def preview(self) -> bool:
        """Whether only a guide describes it (`x-stage: preview`)."""
        return self.definition.get("x-stage") == "preview"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(data: Json) -> Iterator[Operation]:
    """The operations of a normalised OpenAPI document, in its order.

    One without `operationId` is named by its method and path.
    """
    for path, item in data.get("paths", {}).items():
        for method in METHODS:
            if method not in item:
                continue
            definition = item[method]
            merged = {
                (parameter["name"], parameter["in"]): parameter
                for source in (item, definition)
                for parameter in (follow(data, each) for each in source.get("parameters", ()))
            }
            yield Operation(
                definition.get("operationId") or f"{method.upper()} {path}",
                method.upper(),
                path,
                pointer("paths", path, method),
                definition,
                tuple(merged.values()),
            )
