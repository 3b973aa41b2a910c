"""What the benchmarks of the mock ask: the requests of Wasabi AiR, written out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..processes import KEYS
from .load import Ask, ask

BASE = "/api/v1"
"""The path that the API is served below; Prism leaves it out."""

_SERVICES = {"ocr": {}, "logo": {"config": {"rec_confidence_threshold": 0.85}}}
_SOURCE = {"Bucket": "wasabifs-chm", "ObjectKey": "MP4/Commercial.mp4", "Endpoint": "s3.us-west-1.wasabisys.com"}
_DESTINATION = {"Bucket": "airstream-output-2", "Region": "us-west-1"}


def _keys(prefix: str) -> dict[str, str]:
    return {
        "x-amz-access-key": KEYS[f"{prefix}_ACCESS_KEY"],
        "x-amz-secret-key": KEYS[f"{prefix}_SECRET_KEY"],
    }


ONE, OTHER = _keys("WASABI"), _keys("WASABI_OTHER")
"""The keys of two accounts."""

WRONG = {**ONE, "x-amz-secret-key": "not-the-secret"}


def create(*, base: str = BASE, keys: Mapping[str, str] = ONE, status: int = 200, **members: Any) -> Ask:
    """A new job, with `members` in place of those of its example."""
    job = {"Name": "MyJobName", "Priority": 5, "Batch": "batch_2024_11_21", "Services": _SERVICES}
    places = {"Source": _SOURCE, "Destination": _DESTINATION}
    return ask("POST", f"{base}/jobs", keys, json.dumps({**job, **places, **members}).encode(), status=status)


def job(identity: str, part: str = "", *, base: str = BASE, keys: Mapping[str, str] = ONE, status: int = 200) -> Ask:
    """One job, or a part of it, like `/status`."""
    return ask("GET", f"{base}/jobs/{identity}{part}", keys, status=status)


def page(
    query: Mapping[str, str | int] | None = None, *, base: str = BASE, keys: Mapping[str, str] = ONE, status: int = 200
) -> Ask:
    """A page of the list of jobs."""
    target = f"{base}/jobs?{urlencode(query)}" if query else f"{base}/jobs"
    return ask("GET", target, keys, status=status)
