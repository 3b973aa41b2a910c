"""Find the nodes of a document that a JSONPath query selects, as RFC 9535 defines it.

The library's strict mode still takes some extensions of its own, which are taken out here. Two
functions are replaced, because Python's regular expressions differ from I-Regexp (RFC 9485): a dot
matches no carriage return, and there are classes by Unicode category (`\\p{Lu}`).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import groupby
from typing import ClassVar, TypeAlias

import jsonpath
from jsonpath.function_extensions import ExpressionType, FilterFunction
from jsonpath.lex import Lexer
from jsonpath.parse import Parser
from jsonpath.token import TOKEN_LBRACKET

from ..document import Json

Parts: TypeAlias = tuple[str | int, ...]
"""The place of a node: names and indices, from the root."""

_FAULTS = (jsonpath.JSONPathError, ArithmeticError, RecursionError, ValueError)
"""What the library raises; the last three for numbers and depths that it does not expect."""


def fault(query: str) -> str:
    """Why `query` is not a JSONPath of RFC 9535; empty if it is one."""
    try:
        _PATHS.compile(query)
    except _FAULTS as error:
        return _reason(error)
    return ""


def find(query: str, data: Json) -> list[Parts]:
    """The places in `data` of the nodes that `query` selects, in its order; each once, however often it is selected.

    Raises `ValueError` with the reason if the query is none, or if `data` is too deep for a
    descendant segment (100 levels).
    """
    root = 0 if isinstance(data, str) else data  # the library would take a text for JSON to be parsed
    try:
        return list(dict.fromkeys(tuple(match.parts) for match in _PATHS.compile(query).finditer(root)))
    except _FAULTS as error:
        raise ValueError(_reason(error)) from None


def _reason(error: Exception) -> str:
    # Not `str`: at the end of a query the library fails over showing where it is.
    return str(error.args[0]).partition("\n")[0] if error.args else type(error).__name__


class _Expression(FilterFunction):
    """A function of filters that holds a text against an I-Regexp; false where either is none."""

    arg_types: ClassVar = [ExpressionType.VALUE, ExpressionType.VALUE]
    return_type = ExpressionType.LOGICAL

    def __init__(self, holds: Callable[[re.Pattern[str], str], object]) -> None:
        self._holds = holds

    def __call__(self, value: object, pattern: object) -> bool:
        expression = _expression(pattern) if isinstance(pattern, str) else None
        return expression is not None and isinstance(value, str) and bool(self._holds(expression, value))


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str] | None:
    """An I-Regexp as one of Python's; None if it is not well formed."""
    inside = False
    translated = []
    for piece in re.findall(r"\\[pP]\{\w+\}|\\.|.", pattern, re.DOTALL):
        if piece[:3] in (r"\p{", r"\P{"):
            members = _members(piece[3:-1], outside=piece[1] == "P")
            translated.append(members if inside else f"[{members}]")
            continue
        if piece in ("[", "]"):
            inside = piece == "["
        translated.append(r"[^\n\r]" if piece == "." and not inside else piece)
    try:
        return re.compile("".join(translated))
    except (re.error, OverflowError, RecursionError):
        return None


@cache
def _members(category: str, *, outside: bool) -> str:
    """The members of a Unicode category, or what is outside it, as ranges for a class of characters."""
    flags = ((chr(code), unicodedata.category(chr(code))) for code in range(sys.maxunicode + 1))
    runs = groupby(flags, key=lambda pair: pair[1].startswith(category) != outside)
    ranges = []
    for wanted, run in runs:
        if wanted:
            characters = [character for character, _ in run]
            ranges.append(f"\\U{ord(characters[0]):08x}-\\U{ord(characters[-1]):08x}")
    return "".join(ranges)


class _Lexer(Lexer):
    """Names after a dot are those of RFC 9535: no hyphen, any character beyond ASCII."""

    _first = r"A-Za-z_\u0080-\ud7ff\ue000-\U0010ffff"
    key_pattern = f"[{_first}][0-9{_first}]*"


class _Parser(Parser):
    """A filter compares no lists written in it, and by no `<>`."""

    def __init__(self, *, env: jsonpath.JSONPathEnvironment) -> None:
        super().__init__(env=env)
        del self.token_map[TOKEN_LBRACKET]
        self.BINARY_OPERATORS = {kind: sign for kind, sign in self.BINARY_OPERATORS.items() if sign != "<>"}


class _Paths(jsonpath.JSONPathEnvironment):
    lexer_class = _Lexer
    parser_class = _Parser

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Expression(re.Pattern.fullmatch)
        self.function_extensions["search"] = _Expression(re.Pattern.search)


_PATHS = _Paths(strict=True)
