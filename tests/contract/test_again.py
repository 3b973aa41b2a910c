"""What showed a finding is sent again, once, when a run looks at it a second time.

It is only sent here; what was answered is judged with the whole log.
"""

from __future__ import annotations

import pytest

from scripts.contract.plugin import Unanswered, run, sent_again, share


@pytest.mark.parametrize("exchange", sent_again(), ids=lambda exchange: str(exchange.number))
def test_a_request_is_sent_again(exchange) -> None:
    with share("again"):
        try:
            run().resend(exchange)
        except Unanswered:
            pass  # It is in the log, and judged there.
