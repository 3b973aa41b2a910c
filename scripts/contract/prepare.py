"""Make a run: read what it judges by, take credentials and given values, and look whether the target is there."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .. import behaviour
from ..document import Json, Operation, operations, read
from ..errors import Problem, UsageError
from ..overlay import Standing
from ..project import HOLDERS, Api, Given
from . import marks, target
from .accepted import read_deviations
from .budget import MODES, Budget, Mode
from .exchanges import Secrets
from .pace import Pace
from .reading import Reader
from .run import Run
from .sender import SAFE_METHODS, Connection, Sender

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
POLITE = 20.0
"""Requests a second, at most, to a server that is not on loopback, unless the command line says otherwise."""


@dataclass(frozen=True)
class Options:
    """What the command line says of a run."""

    connection: Connection
    mode: str | None = None
    """None is the default: full on our own mock, read-only on any URL."""
    own_mock: bool = False
    """Whether the target is a mock that was started for the run."""
    yes_create: bool = False
    batch: str | None = None
    """A text for everything that is created, at the member that the API has for it."""
    preview: bool = False
    only: Sequence[str] = ()
    """operationIds; empty is all."""
    seconds: float = 300.0
    seed: int = 0
    inferred: str | None = None
    """warn or fail; None is the default: fail on our own mock, warn on any URL."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Environment name to given value, from a file; the environment itself wins."""
    accept: Path | None = None
    """A file of accepted deviations."""


def prepare(api: Api, options: Options, environment: Mapping[str, str]) -> Run:
    """The run that `options` ask for, on a target that has answered.

    Raises `UsageError` for what is missing or does not fit, `TargetError` for a target that is not
    there, is not this API, or does not take the credentials.
    """
    document = _document(api)
    mode = choose_mode(options)
    credentials, others, secrets = credentials_of(api, document, environment, examples=options.own_mock)
    known = tuple(operations(document))
    usable, scope, out_of_scope = scope_of(known, mode, options)
    deviations = read_deviations(options.accept, [each.id for each in known]) if options.accept else []
    keeps = behaviour.read(api.behaviour, document) if api.behaviour.is_file() else None
    _refuse_headers(options.connection, credentials, api)
    sender = _sender(options, Budget(mode, options.seconds), credentials, secrets, known, keeps)
    given, missing = given_of(api, environment, options)
    if options.batch is not None:
        for name, value in marks.batch(api, document, known, sender.creating, options.batch).items():
            given.setdefault(name, []).append(value)
    run = Run(
        api=api,
        document=document,
        behaviour=keeps,
        standings=_standings(api),
        usable=usable,
        scope=scope,
        out_of_scope=out_of_scope,
        given=given,
        labels=marks.labels(api, document, known, sender.creating),
        others=others,
        sender=sender,
        reader=Reader(document, {operation.id: operation for operation in known}, given),
        seed=options.seed,
        deviations=deviations,
        inferred_fails=(options.inferred or ("fail" if options.own_mock else "warn")) == "fail",
    )
    for name in sender.secrets.short:
        run.ledger.note(
            f"the value of {name} is too short to be told from ordinary words: only whole values are masked"
        )
    with sender.sending_for("target"):
        target.find(run, missing)
    return run


# --- What the run judges by ---------------------------------------------------------------------


def _document(api: Api) -> Json:
    if not api.openapi.is_file():
        raise UsageError(f"{api.openapi} is not there", hint=f"Run `make normalise API={api.name}` first.")
    return read(api.openapi).data


def _standings(api: Api) -> dict[str, Standing]:
    if not api.standing.is_file():
        return {}
    return {at: Standing(**each) for at, each in json.loads(api.standing.read_text(encoding="utf-8")).items()}


def _sender(
    options: Options,
    budget: Budget,
    credentials: Mapping[str, str],
    secrets: Secrets,
    known: Sequence[Operation],
    keeps: behaviour.Behaviour | None,
) -> Sender:
    """What sends for a run; what its connection carries is a secret too."""
    connection = paced(options.connection)
    unsafe = frozenset(operation.id for operation in known if operation.method not in SAFE_METHODS)
    return Sender(
        connection=connection,
        credentials=credentials,
        secrets=Secrets({**connection.secrets, **secrets.names}),
        budget=budget,
        operations=known,
        creating=keeps.creating if keeps else unsafe,
        limits=_limits(keeps),
        pace=Pace(connection.rate),
    )


def paced(connection: Connection) -> Connection:
    """The connection with a rate that a server on another machine is not harmed by, where none was asked for."""
    host = urlsplit(connection.base_url).hostname
    if connection.rate is not None or host in LOOPBACK:
        return connection
    return replace(connection, rate=POLITE)


def _refuse_headers(connection: Connection, credentials: Mapping[str, str], api: Api) -> None:
    """Raises `UsageError` for a header that has the name of a credential's: it would take its place."""
    taken = {name.lower() for name in credentials} & {name.lower() for name in connection.headers}
    if taken:
        names = ", ".join(each.environment["account"] for each in api.credentials)
        raise UsageError(f"a --header is called {', '.join(sorted(taken))}", hint=f"Keys come from {names}.")


def _limits(keeps: behaviour.Behaviour | None) -> dict[str, frozenset[int]]:
    """operationId to the statuses by which it says that a limit is reached."""
    limits = keeps.limits if keeps else ()
    counted = {operation for limit in limits for operation in limit.counts}
    return {each: frozenset(limit.status for limit in limits if each in limit.counts) for each in counted}


def choose_mode(options: Options) -> Mode:
    """The mode of a run. Raises `UsageError` for one that the target may not get unasked."""
    mode = MODES[options.mode or ("full" if options.own_mock else "read-only")]
    host = urlsplit(options.connection.base_url).hostname or ""
    if mode.name == "full" and host not in LOOPBACK and not options.yes_create:
        raise UsageError(
            f"mode full may create {mode.created} resources on {host}, and each may cost money",
            hint="Say --yes-create too, or use --mode frugal.",
        )
    return mode


def scope_of(
    known: Sequence[Operation], mode: Mode, options: Options
) -> tuple[list[Operation], list[Operation], dict[str, str]]:
    """The operations that a run may call, those of them that it judges, and the others with the reason why not."""
    unknown = set(options.only) - {operation.id for operation in known}
    if unknown:
        names = ", ".join(operation.id for operation in known)
        raise UsageError(f"no operation is called {', '.join(sorted(unknown))}", hint=f"There is {names}.")
    usable, scope, out = [], [], {}
    for operation in known:
        if operation.preview and not options.preview:
            continue  # not an operation of the API until asked for
        if not mode.creates and operation.method not in SAFE_METHODS:
            out[operation.id] = f"{mode.name} only reads"
            continue
        usable.append(operation)
        if options.only and operation.id not in options.only:
            out[operation.id] = "not asked for"
        else:
            scope.append(operation)
    if not scope:
        raise UsageError(f"mode {mode.name} leaves nothing to judge", hint="Choose another --mode or other operations.")
    return usable, scope, out


# --- Credentials and given values ---------------------------------------------------------------


def credentials_of(
    api: Api, document: Json, environment: Mapping[str, str], *, examples: bool
) -> tuple[dict[str, str], dict[str, dict[str, str]], Secrets]:
    """Header to value of the account, likewise of each other holder whose keys are all known; and all as secrets.

    With `examples`, the documented values stand in for what the environment does not name.
    """
    schemes = document.get("components", {}).get("securitySchemes", {})
    headers: dict[str, dict[str, str]] = {holder: {} for holder in HOLDERS}
    secrets: dict[str, str] = {}
    problems = []
    for credential in api.credentials:
        scheme = schemes.get(credential.scheme, {})
        if (scheme.get("type"), scheme.get("in")) != ("apiKey", "header"):
            problems.append(
                Problem(f"the security scheme {credential.scheme} is not a key in a header", file=str(api.openapi))
            )
            continue
        for holder, name in credential.environment.items():
            value = environment.get(name) or (credential.example.get(holder) if examples else None)
            if value and (not value.isascii() or not value.isprintable() or value != value.strip()):
                problems.append(Problem(f"the value of {name} has blanks or characters that no header can have"))
            elif value:
                secrets[value] = name
                headers[holder][scheme["name"]] = value
            elif holder == "account":
                problems.append(
                    Problem(
                        f"the environment variable {name} is not set",
                        f"It holds the {credential.argument} to use.",
                    )
                )
    if problems:
        raise UsageError(problems)
    account = headers.pop("account")
    others = {holder: values for holder, values in headers.items() if values and len(values) == len(account)}
    return account, others, Secrets(secrets)


def given_of(
    api: Api, environment: Mapping[str, str], options: Options
) -> tuple[dict[str, list[tuple[Given, Json]]], list[Given]]:
    """The given values by operation, and those for which the documented example stands in on a URL."""
    values: dict[str, list[tuple[Given, Json]]] = {}
    missing, problems = [], []
    for given in api.given:
        value: Json = environment.get(given.environment) or options.given.get(given.environment)
        if value is None:
            value = given.example
            if not options.own_mock:
                missing.append(given)
        elif isinstance(value, str) and not isinstance(given.example, str):
            try:
                value = json.loads(value)
            except ValueError:
                problems.append(
                    Problem(f"{given.environment} is not JSON", f"Write it as {json.dumps(given.example)}.")
                )
        values.setdefault(given.operation, []).append((given, value))
    if problems:
        raise UsageError(problems)
    return values, missing


def given_file(path: Path, api: Api) -> dict[str, Any]:
    """The given values in a TOML, JSON or YAML file: environment name to value."""
    if path.suffix == ".toml":
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(Problem(f"cannot be read: {error}", file=str(path))) from None
    else:
        values = read(path).data
    names = [given.environment for given in api.given]
    if unknown := sorted(set(values) - set(names)):
        raise UsageError(
            Problem(f"no given value is called {', '.join(unknown)}", f"There is {', '.join(names)}.", str(path))
        )
    return values
