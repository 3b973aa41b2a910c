"""Refusals, with documented statuses and in the API's own shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from ..behaviour import Errors
from ..document import Json, Operation, follow
from .messages import Response, answer


@dataclass(frozen=True)
class Refusals:
    """How an API refuses."""

    document: Json = field(repr=False)
    errors: Errors

    def unknown(self, there: Sequence[Operation]) -> Response:
        """404 for a path that no operation has, 405 for a method."""
        status = 405 if there else 404
        body = self._body(HTTPStatus(status).phrase, status)
        if not there:
            return answer(status, body)
        allowed = ", ".join(sorted({each.method for each in there}))
        made = answer(status, body, {"Allow": allowed})
        return Response(status, made.content, made.headers, path=there[0].path)

    def refusal(
        self,
        operation: Operation,
        status: int,
        detail: str = "",
        *,
        members: Mapping[str, Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """An answer with a documented status: its example, or a body in the API's shape.

        `detail` says what is wrong, `members` are the body's where the texts give them. A status that the
        operation does not document is replaced by one that it does.
        """
        if documented(operation, status) is None:
            fallback = self.errors.malformed if status < 500 else 500
            status = fallback if documented(operation, fallback) is not None else status
        definition = follow(self.document, documented(operation, status) or {})
        example = next(
            (media["example"] for media in definition.get("content", {}).values() if "example" in media), None
        )
        if example is not None and not detail and not members:
            return answer(status, example, headers)
        description = detail or definition.get("description") or HTTPStatus(status).phrase
        body = {**self._body(description, status), **self._codes(example), **(members or {})}
        return answer(status, body, headers)

    def _codes(self, example: Json) -> dict[str, Json]:
        """The members of an example that do not describe: they hold for every error of its status."""
        if not isinstance(example, dict):
            return {}
        described = {name for name, text in self.errors.body.items() if "{description}" in str(text)}
        return {name: value for name, value in example.items() if name not in described}

    def _body(self, description: str, status: int) -> dict[str, Any]:
        words = {"{description}": description, "{phrase}": HTTPStatus(status).phrase.upper().replace(" ", "_")}
        text = json.dumps(self.errors.body)
        for word, value in words.items():
            text = text.replace(word, json.dumps(value)[1:-1])
        body: dict[str, Any] = json.loads(text)
        return body


def documented(operation: Operation, status: int) -> Json:
    """What an operation documents for a status: by its number, its range, or `default`; None if nothing does."""
    responses = operation.definition["responses"]
    return next((responses[key] for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)
