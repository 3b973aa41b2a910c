"""Put hand-written code into a generated package, and say what it was made of.

Three layers: what the generator wrote; `overrides/shared`, which every client gets; and
`overrides/<api>/client`, whose files take the place of shared ones of their name. No layer may
replace a generated file: that is what templates and named places are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from . import tree
from .document import Json, operations, parse
from .errors import GenerateError, Problem
from .project import Api
from .tree import Tree

MANIFEST = "manifest.json"

_SETTINGS = '''"""Where the API is, and what its credentials are called: produced from its settings."""

from typing import Final

BASE_URL: Final = {base_url}
"""The published base URL."""

CREDENTIALS: Final = (
{credentials})
"""For each credential: its argument, the header that carries it, and the environment variable that holds it."""
'''


def compose(made: Tree, api: Api, openapi: str, *, tools: tuple[str, ...] = ()) -> Tree:
    """The whole package of an API: `made`, its overrides, its settings, `py.typed` and the manifest.

    `openapi` is the text that `made` was generated from, `tools` the distributions whose versions
    the manifest records. Raises `GenerateError` for an override that would replace a produced file, for
    a credential that the package cannot send, and for an operation whose credentials it does not have.
    """
    shared, own = tree.read(api.shared), tree.read(api.overrides / "client")
    overrides = {**shared, **own}
    added = {"settings.py": _settings(api, parse(openapi, str(api.openapi)).data), "py.typed": ""}
    reserved = {*added, MANIFEST}
    clashes = sorted((made.keys() & reserved) | (overrides.keys() & (made.keys() | reserved)))
    if clashes:
        hint = "Change the template, or give the override another name and use it from a named place."
        raise GenerateError(Problem(f"{name} of the overrides is also a produced file", hint) for name in clashes)
    whole = {**made, **overrides, **added}
    return {**whole, MANIFEST: _manifest(api, openapi, tools)}


def _settings(api: Api, document: Json) -> str:
    schemes = document.get("components", {}).get("securitySchemes", {})
    lines, problems = [], []
    for credential in api.credentials:
        scheme = schemes.get(credential.scheme, {})
        if (scheme.get("type"), scheme.get("in")) != ("apiKey", "header"):
            what = f"the security scheme {credential.scheme} is not a key in a header"
            problems.append(Problem(what, "Other kinds are not supported yet.", str(api.settings)))
            continue
        row = (credential.argument, scheme["name"], credential.environment["account"])
        lines.append("    (" + ", ".join(json.dumps(each) for each in row) + "),\n")
    problems += _without_credentials(api, document)
    if problems:
        raise GenerateError(problems)
    return _SETTINGS.format(base_url=json.dumps(api.base_url), credentials="".join(lines))


def _without_credentials(api: Api, document: Json) -> Iterator[Problem]:
    """The operations of which every security requirement needs a key in a header that `api.toml` has no credential for.

    An operation's own requirements replace the document's, and meeting one of them is enough
    (OpenAPI 3.1, Security Requirement Object). Schemes of other kinds, such as OAuth 2, are left to
    whoever uses the client, who can give it headers or an httpx client of their own.
    """
    known = document.get("components", {}).get("securitySchemes", {})
    schemes = {credential.scheme for credential in api.credentials}
    schemes |= {name for name, each in known.items() if (each.get("type"), each.get("in")) != ("apiKey", "header")}
    for operation in operations(document):
        requirements = operation.definition.get("security", document.get("security", []))
        if requirements and not any(requirement.keys() <= schemes for requirement in requirements):
            lacking = sorted({scheme for requirement in requirements for scheme in requirement} - schemes)
            what = f"{operation} needs credentials that `credentials` lacks: {', '.join(lacking)}"
            hint = "Add a table `[credentials.SCHEME]`, or correct the requirement by an overlay."
            yield Problem(what, hint, str(api.settings))


def _manifest(api: Api, openapi: str, tools: tuple[str, ...]) -> str:
    """The hash of every input, by its path in the project, and the versions of the tools."""
    inputs = {_relative(api.openapi, api.root): tree.digest(openapi)}
    for path in _inputs(api):
        inputs[_relative(path, api.root)] = tree.digest(path.read_text(encoding="utf-8"))
    content = {
        "produced_by": "plumbline",
        "api": api.name,
        "inputs": dict(sorted(inputs.items())),
        "tools": {name: version(name) for name in sorted(tools)},
    }
    return json.dumps(content, indent=2) + "\n"


def _inputs(api: Api) -> Iterator[Path]:
    yield api.settings
    yield api.source
    yield from api.overlays
    for folder in (api.templates, api.shared, api.overrides / "client"):
        yield from (folder / name for name in tree.read(folder))


def _relative(path: Path, root: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()
