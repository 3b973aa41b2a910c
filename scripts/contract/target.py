"""The first look at a target: whether it is there, is this API, takes the credentials and the values it is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ..document import Operation
from ..errors import PlumblineError, Problem, TargetError, UsageError
from ..project import Api, Given
from .budget import Spent
from .exchanges import Exchange
from .run import Run
from .sender import Unanswered


def find(run: Run, missing: Sequence[Given]) -> None:
    """Look at the target of a run, for which documented examples stand in for the values `missing`.

    Raises `TargetError` for a target that is not there, is not this API, or does not take the
    credentials, and `UsageError` where it does not take the examples.
    """
    try:
        _look(run)
        if missing and any(operation.id in run.creating for operation in run.usable):
            _try_examples(run, missing)
    except Spent as spent:
        hint = "Allow more --max-seconds."
        raise TargetError(f"{spent}, and the target was only just found", hint=hint) from None


def _look(run: Run) -> None:
    """See that the target answers, speaks this API and takes the credentials: one request, or two."""
    probe = next(
        (
            each
            for each in run.operations.values()
            if run.reads_only(each) and "{" not in each.path and not each.preview
        ),
        None,
    )
    if probe is None:
        return
    url = run.sender.connection.base_url
    try:
        answer = _asked(run, probe)
    except Unanswered as error:
        raise TargetError(f"{url} does not answer: {error}", hint=_hint(str(error))) from None
    for wrong in (_elsewhere(answer, url, run.api), _refused(answer, run.api)):
        if wrong is not None:
            raise wrong


def _asked(run: Run, probe: Operation) -> Exchange:
    """The answer to a probe, asked again where the connection was lost at once: it may be lost now and then."""
    try:
        return run.ask(probe)
    except Unanswered:
        if run.exchanges[-1].seconds > 1 or "SSL" in run.exchanges[-1].failure:
            raise
    return run.ask(probe)


def _hint(failure: str) -> str:
    """What to look at when there was no answer, for a reason in the words of the libraries below."""
    return next((hint for pattern, hint in _HINTS if re.search(pattern, failure)), _HINTS[-1][1])


_HINTS = (
    ("CERTIFICATE_VERIFY_FAILED", "Name a file with the certificates to trust: --cacert FILE."),
    (
        "CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|EOF occurred in violation",
        "Does it want a client's certificate? Name it: --cert FILE.",
    ),
    ("WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE", "Does it speak HTTP without TLS? Write http:// then."),
    ("roxy", "Look at the URL of the --proxy, and at what it allows."),
    ("", "Is the server running, and is the URL right?"),
)
"""Regular expression to hint; the first that is found counts."""


def _elsewhere(answer: Exchange, url: str, api: Api) -> PlumblineError | None:
    path = urlsplit(api.base_url).path
    hint = f"Give the URL up to where the paths of the API start; the published one is {api.base_url}."
    if path and not urlsplit(url).path.rstrip("/").endswith(path):
        hint += f" This one does not end in {path}."
    if answer.status is not None and 300 <= answer.status < 400:
        return TargetError(f"{url} redirects ({answer.status}), and redirects are not followed", hint=hint)
    if answer.status in (404, 405, 501):
        return TargetError(f"{url} does not know {answer.operation}: it answers {answer.status}", hint=hint)
    if answer.succeeded and answer.media_type == "text/html" and answer.response_body.lstrip().startswith(b"<"):
        return TargetError(f"{url} answers {answer.operation} with a page of HTML", hint=hint)
    return None


def _refused(answer: Exchange, api: Api) -> PlumblineError | None:
    if answer.status == 407:
        return TargetError("the proxy wants credentials: it answers 407", hint="Put them into the URL of the --proxy.")
    if answer.status != 401:
        return None
    names = ", ".join(each.environment["account"] for each in api.credentials)
    return TargetError(
        f"the target refuses the credentials: it answers {answer.status}",
        hint=f"Look at the values of {names}.",
    )


def _try_examples(run: Run, missing: Sequence[Given]) -> None:
    """See whether the target accepts the documented examples in place of values that are not given."""
    for operation in (each for each in run.usable if each.id in {given.operation for given in missing}):
        try:
            answer = run.ask(operation, body=run.plain_body(operation))
        except Unanswered as error:
            raise TargetError(f"{operation.id} is not answered: {error}") from None
        if answer.status == 400:
            raise UsageError(
                [
                    Problem(
                        f"{given.environment} is not set, and the target does not accept the documented {given.member}",
                        f"{operation.id} needs a value that exists on the server.",
                    )
                    for given in missing
                    if given.operation == operation.id
                ]
            )
