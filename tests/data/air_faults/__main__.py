"""The command line: `python -m tests.data.air_faults PORT --fault NAME`."""

from __future__ import annotations

from ..air_server import Air, Handler, flags, serve
from . import FAULTS

parser = flags()
parser.add_argument("--fault", required=True, choices=FAULTS, metavar="NAME", help=", ".join(FAULTS))
given = parser.parse_args()
fault = FAULTS[given.fault]
serve(*(Air(given), fault) if issubclass(fault, Handler) else (fault(given), Handler))
