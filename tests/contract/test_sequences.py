"""Sequences of operations along the links between them, in random orders.

They are only sent here; what was answered is judged with the whole log.
"""

from __future__ import annotations

import pytest

from scripts.contract.plugin import Flaky, Spent, quiet, run, schema, share, state_machine


def test_linked_operations_are_called_in_sequence() -> None:
    if not any(operation.id in run().creating for operation in run().scope):
        pytest.skip("nothing is created in this mode, so nothing is linked")
    with share("sequences") as allowed:
        machine = state_machine(schema(1))
        try:
            machine.run(settings=quiet(max_examples=max(1, allowed // 10), stateful_step_count=6))
        except Spent as spent:
            pytest.skip(str(spent))
        except Flaky:
            # Time passes at the server, so the same sequence need not get the same answers again.
            run().ledger.note("sequences: ended early, the same requests got other answers the second time")
