"""The steps of one API chained: from its folder to its document, its package, and what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from . import compose, generate, overlay, tree
from .document import dump, read
from .errors import Problem
from .normalise import normalise
from .normalise.lift import lift, moved
from .overlay import Standing
from .project import Api

_HEADER = "# Produced from source.yaml, overlays/ and api.toml by `make normalise`: edit those, not this.\n"


@dataclass(frozen=True)
class Normalised:
    """What `make normalise` writes for one API."""

    openapi: str
    """The text of openapi.yaml."""
    standing: str
    """The text of standing.json."""
    warnings: tuple[Problem, ...]


def normalised(api: Api) -> Normalised:
    """The document of an API: converted, overlaid, lifted. Raises `PlumblineError` for what is wrong with it."""
    converted, warnings = normalise(read(api.source))
    overlaid, standings = overlay.apply(converted, [read(path) for path in api.overlays], explained=True)
    lifted, moves = lift(overlaid, names=api.names) if api.lift else (overlaid, {})
    placed = {moved(at, moves): standing for at, standing in standings.items()}
    return Normalised(_HEADER + dump(lifted), _standing_text(placed), warnings)


def _standing_text(standings: Mapping[str, Standing]) -> str:
    return json.dumps({at: asdict(standings[at]) for at in sorted(standings)}, indent=2, ensure_ascii=False) + "\n"


def package(api: Api, openapi: str) -> tree.Tree:
    """The client package of an API, from the text of its openapi.yaml."""
    made = generate.generate(
        openapi, package=api.package, settings=api.generator, templates=api.templates, file=str(api.openapi)
    )
    return generate.tidy(compose.compose(made, api, openapi, tools=generate.TOOLS))


def document_tree(made: Normalised) -> tree.Tree:
    """The produced files of an API's folder below `spec/`."""
    return {"openapi.yaml": made.openapi, "standing.json": made.standing}


def drift(api: Api) -> str:
    """A diff from what is committed for an API to what its inputs give; empty when there is none."""
    made = normalised(api)
    fresh = document_tree(made)
    committed = {name: text for name, text in tree.read(api.folder).items() if name in fresh}
    spec = tree.differences(committed, fresh, label=f"spec/{api.name}")
    client = tree.differences(tree.read(api.generated), package(api, made.openapi), label=f"generated/{api.package}")
    return spec + client
