"""What people know by what the suite created: a text in each body, and one that all of a run have.

`[contract]` of `api.toml` says which members of a body take them.
"""

from __future__ import annotations

from collections.abc import Sequence

import jsonschema_rs

from ..document import Json, Operation
from ..errors import Problem, UsageError
from ..project import Api, Given
from .samples import json_schema, member_schema


def labels(api: Api, document: Json, known: Sequence[Operation], creating: frozenset[str]) -> dict[str, str]:
    """operationId to the pointer of the text that says whose it is, of every operation whose body has it.

    Raises `UsageError` where `api.toml` names one that no body has which creates.
    """
    found = _bearing(document, known, api.label)
    if api.label and not creating.intersection(found):
        raise _absent(api, "label", api.label)
    return dict.fromkeys(found, api.label)


def batch(
    api: Api, document: Json, known: Sequence[Operation], creating: frozenset[str], text: str
) -> dict[str, tuple[Given, str]]:
    """operationId to the text that all of a run have, as a given value, of every operation whose body has it.

    Raises `UsageError` where `api.toml` names no member, or none that a body has which creates, or where
    the text does not fit it.
    """
    if not api.batch:
        what = f"--batch has no place in a request of {api.title}"
        hint = 'The member is named in api.toml, like `batch = "/Batch"` below [contract].'
        raise UsageError(Problem(what, hint, str(api.settings)))
    found = _bearing(document, known, api.batch)
    if not creating.intersection(found):
        raise _absent(api, "batch", api.batch)
    for schema in found.values():
        if not jsonschema_rs.is_valid({**schema, "components": document.get("components", {})}, text):
            raise UsageError(f"the text of --batch does not fit {api.batch}", hint="The document says what does.")
    return {name: (Given(name, api.batch, "--batch", ""), text) for name in found}


def _bearing(document: Json, known: Sequence[Operation], place: str) -> dict[str, dict[str, Json]]:
    """operationId to the schema of the text at a place of its body, where it has one."""
    found = {}
    for operation in known if place else ():
        body = json_schema(document, operation)
        member = member_schema(document, body, place) if body is not None else None
        if member is not None and "string" in (member.get("type"), *member.get("type", ())):
            found[operation.id] = dict(member)
    return found


def _absent(api: Api, name: str, place: str) -> UsageError:
    what = f"`contract.{name}` is {place!r}, and no body that creates something has a text there"
    return UsageError(Problem(what, "openapi.yaml has the members.", str(api.settings)))
