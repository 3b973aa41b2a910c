"""How each test of the suite ended, and which promises it was to judge: why a cell of the matrix is empty."""

from __future__ import annotations

import unittest
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from ..document import Operation
from .budget import Spent

PASSED, FAILED, SKIPPED, SPENT, UNABLE = "passed", "failed", "skipped", "spent", "unable"
"""How a test can end: the last two before it judged all, at the budget's end or at an error of its own."""


@dataclass(frozen=True)
class Attempt:
    """One test that ran, or was skipped."""

    test: str
    family: str
    promises: tuple[str, ...]
    """The ids of the promises that it may judge, in the order of its mark."""
    operation: str | None
    """The operationId that it is about; None where it is about all."""
    outcome: str
    reason: str = ""
    """Why it was skipped, or which part of the budget was spent."""
    elsewhere: bool = False
    """Whether another family has its promises."""


def attempt(item: pytest.Item, call: pytest.CallInfo[None], known: Collection[str]) -> Attempt | None:
    """What a phase of a test came to; None for a phase that says nothing of it.

    `known` are the operationIds. A test says what it may judge by `@pytest.mark.judges("promise-id", …)`,
    with `elsewhere=True` where another family has those promises.
    """
    error = call.excinfo.value if call.excinfo is not None else None
    if call.when == "teardown" or (call.when == "setup" and error is None):
        return None
    outcome, reason = _outcome(error)
    parameters = getattr(item, "callspec", None)
    marks = list(item.iter_markers("judges"))
    return Attempt(
        test=item.name,
        family=item.path.stem.removeprefix("test_"),
        promises=tuple(str(name) for mark in marks for name in mark.args),
        operation=_operation(parameters.params.values() if parameters else (), known),
        outcome=outcome,
        reason=reason.partition("\n")[0],
        elsewhere=any(mark.kwargs.get("elsewhere", False) for mark in marks),
    )


def _outcome(error: BaseException | None) -> tuple[str, str]:
    if error is None:
        return PASSED, ""
    if isinstance(error, Spent):
        return SPENT, str(error)
    if isinstance(error, pytest.skip.Exception | unittest.SkipTest):
        return SKIPPED, str(error)
    return (FAILED if isinstance(error, pytest.fail.Exception) else UNABLE), ""


def _operation(parameters: Iterable[Any], known: Collection[str]) -> str | None:
    """The operation that a test's parameters name, themselves or by the operation that they have."""
    for parameter in parameters:
        for value in (parameter, getattr(parameter, "operation", None)):
            name = value.id if isinstance(value, Operation) else value
            if isinstance(name, str) and name in known:
                return name
    return None
