"""A server that only answers: `python -m tests.bench.bare PORT FILE`.

FILE maps a method and a path, as in `GET /jobs/{id}`, to the body that is always answered. It runs
under the settings of the mock, so that what the mock needs beyond it is the mock's own work.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def application(answers: Mapping[str, str]) -> Starlette:
    """The application that gives `answers`."""
    return Starlette(routes=[_route(place, body.encode()) for place, body in answers.items()])


def _route(place: str, body: bytes) -> Route:
    method, path = place.split(" ", 1)

    async def endpoint(request: Request) -> Response:
        await request.body()
        return Response(body, media_type="application/json")

    return Route(path, endpoint, methods=[method])


if __name__ == "__main__":
    uvicorn.run(
        application(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        backlog=256,
    )
