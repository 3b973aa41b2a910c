"""A value as YAML or JSON text: the same value gives the same text, with LF line ends."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from .scalars import CORE_SCHEMA
from .value import Json

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _PlainDumper(_Dumper):  # type: ignore[misc]
    """Block style, members in their own order, long texts as literal blocks, no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class names it
        return True


def _represent_str(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_PlainDumper.add_representer(str, _represent_str)
# A string such as `1e3` reads as a number in YAML 1.2 alone, so it needs quotes too.
for _tag, _pattern, _first in CORE_SCHEMA:
    _PlainDumper.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def dump(data: Json) -> str:
    """`data` as YAML."""
    return yaml.dump(data, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=1000)


def dump_json(data: Json) -> str:
    """`data` as JSON."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
