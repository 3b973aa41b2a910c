"""The APIs of this project: where their files stand, and what their `api.toml` says."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Problem, UsageError

HOLDERS = ("account", "other", "view")
"""Who may hold credentials: an account, a second account, a user of the first who may only read."""


@dataclass(frozen=True)
class Credential:
    """One key that a request carries, after one security scheme of the document."""

    scheme: str
    """The name of the security scheme in the document."""
    argument: str
    """What the generated client calls it."""
    environment: Mapping[str, str]
    """Holder (of `HOLDERS`) to the environment variable with the holder's value."""
    example: Mapping[str, str]
    """Holder to the value that the mock accepts where the environment names none."""


@dataclass(frozen=True)
class Given:
    """A value in a request that must exist on the server for the request to be accepted."""

    operation: str
    """The operationId."""
    member: str
    """JSON pointer into the request's body."""
    environment: str
    """The environment variable that holds it; JSON if `example` is not a string."""
    example: Any
    """The documented value, which the mock accepts."""


@dataclass(frozen=True)
class Api:
    """One API: its folder below `spec/`, and what its `api.toml` says."""

    name: str
    root: Path
    """The project's folder, which holds `spec/`."""
    title: str
    package: str
    base_url: str
    credentials: tuple[Credential, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """JSON pointer, after conversion and overlays, to the name of the component lifted there."""
    lift: bool = True
    """Whether inline schemas are lifted."""
    given: tuple[Given, ...] = ()
    label: str = ""
    """JSON pointer into the body of what creates: a text by which people know a resource again; empty where none is."""
    batch: str = ""
    """Likewise: a text by which they find all of one run."""
    generator: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.root / "spec" / self.name

    @property
    def settings(self) -> Path:
        return self.folder / "api.toml"

    @property
    def source(self) -> Path:
        return self.folder / "source.yaml"

    @property
    def overlays(self) -> list[Path]:
        return sorted((self.folder / "overlays").glob("*.yaml"))

    @property
    def behaviour(self) -> Path:
        return self.folder / "behaviour.yaml"

    @property
    def openapi(self) -> Path:
        return self.folder / "openapi.yaml"

    @property
    def standing(self) -> Path:
        return self.folder / "standing.json"

    @property
    def generated(self) -> Path:
        return self.root / "generated" / self.package

    @property
    def overrides(self) -> Path:
        return self.root / "overrides" / self.name

    @property
    def templates(self) -> Path:
        return self.root / "overrides" / "templates"

    @property
    def shared(self) -> Path:
        return self.root / "overrides" / "shared"


def discover(root: Path) -> dict[str, Api]:
    """The APIs below `root/spec`, by name, the first shipped one first.

    An API is a folder with an `api.toml`. The order is that of the optional `order` number in it,
    those without one coming last, then of the names. Raises `UsageError` with every problem of every `api.toml`; two
    that give their clients the same `package` are one.
    """
    problems: list[Problem] = []
    found: list[tuple[float, Api]] = []
    for path in sorted(root.glob("spec/*/api.toml")):
        try:
            found.append(_api(path, root))
        except UsageError as error:
            problems += error.problems
    owners: dict[str, str] = {}
    for _, api in found:
        other = owners.setdefault(api.package, api.name)
        if other != api.name:
            what = f"`package` is {api.package!r}, which spec/{other} has too"
            problems.append(Problem(what, "Each client needs a name of its own.", str(api.settings)))
    if problems:
        raise UsageError(problems)
    if not found:
        raise UsageError(
            f"no API below {root / 'spec'}",
            hint="Run this in the project's folder; an API is spec/NAME/api.toml.",
        )
    return {api.name: api for _, api in sorted(found, key=lambda pair: (pair[0], pair[1].name))}


def choose(apis: Mapping[str, Api], name: str | None) -> Api:
    """The API called `name`, or the first where it is None. Raises `UsageError` with the names."""
    if name is None:
        return next(iter(apis.values()))
    if name not in apis:
        folder = next(iter(apis.values())).root / "spec" / name
        if folder.is_dir():
            hint = "Copy one from another API, and change what it says."
            raise UsageError(Problem("this file is missing", hint, str(folder / "api.toml")))
        raise UsageError(
            f"no API is called {name!r}", hint=f"There is {', '.join(apis)}; each is a folder below spec/."
        )
    return apis[name]


_MEMBERS = {
    "title": str,
    "package": str,
    "base_url": str,
    "order": int,
    "credentials": dict,
    "names": dict,
    "lift": bool,
    "given": list,
    "contract": dict,
    "generator": dict,
}
_MARKS = ("label", "batch")
_REQUIRED = ("title", "package", "base_url")
_TABLES = {
    "credentials": ("argument", "environment", "example"),
    "given": ("operation", "member", "environment", "example"),
}


def _api(path: Path, root: Path) -> tuple[float, Api]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(Problem(f"not TOML: {error}", file=str(path))) from None
    problems = [Problem(what, hint, str(path)) for what, hint in _problems(data)]
    if problems:
        raise UsageError(problems)
    return data.get("order", math.inf), Api(
        name=path.parent.name,
        root=root,
        title=data["title"],
        package=data["package"],
        base_url=data["base_url"].rstrip("/"),
        credentials=tuple(
            Credential(scheme, each["argument"], each["environment"], each["example"])
            for scheme, each in data.get("credentials", {}).items()
        ),
        names=data.get("names", {}),
        lift=data.get("lift", True),
        given=tuple(Given(**each) for each in data.get("given", ())),
        **data.get("contract", {}),
        generator=data.get("generator", {}),
    )


def _problems(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(f"`{name}` is missing", "") for name in _REQUIRED if name not in data]
    for name, value in data.items():
        if name not in _MEMBERS:
            found.append((f"`{name}` is unknown", f"Known are {', '.join(_MEMBERS)}."))
        elif not isinstance(value, _MEMBERS[name]):
            found.append((f"`{name}` is not of the type {_MEMBERS[name].__name__}", ""))
    if found:
        return found
    if not re.fullmatch(r"[a-z][a-z0-9_]*", data["package"]):
        found.append((f"`package` is {data['package']!r}", "It must be a Python package's name in lower case."))
    if not re.match(r"https?://", data["base_url"]):
        found.append((f"`base_url` is {data['base_url']!r}", "It must start with https:// or http://."))
    if data.get("names") and not data.get("lift", True):
        found.append(("`names` are given though `lift` is false", "Nothing is lifted, so nothing gets a name."))
    for name, value in data.get("contract", {}).items():
        if name not in _MARKS:
            found.append((f"`contract.{name}` is unknown", f"Known are {', '.join(_MARKS)}."))
        elif not isinstance(value, str) or not value.startswith("/"):
            found.append((f"`contract.{name}` is {value!r}", "It must be a JSON pointer, like /Name."))
    tables = [(f"credentials.{scheme}", table, "credentials") for scheme, table in data.get("credentials", {}).items()]
    tables += [(f"given[{index}]", table, "given") for index, table in enumerate(data.get("given", ()))]
    for label, table, kind in tables:
        expected = _TABLES[kind]
        if not isinstance(table, dict) or sorted(table) != sorted(expected):
            found.append((f"`{label}` must have {', '.join(expected)}, and nothing else", ""))
        elif kind == "credentials":
            found += [
                (
                    f"`{label}.{member}` lacks `account`, or has an unknown holder",
                    f"Known are {', '.join(HOLDERS)}.",
                )
                for member in ("environment", "example")
                if "account" not in table[member] or not set(table[member]) <= set(HOLDERS)
            ]
    return found
