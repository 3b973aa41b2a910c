"""What a class of the independent servers is called."""

from __future__ import annotations

import re


def kebab(each: type) -> str:
    """`NameCutAt255` is name-cut-at255."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", each.__name__).lower()
