"""Every action without a browser.

Exit codes: 0 done, for a plan: there is one, proven or the best found; 1 an input has faults, a setting is
wrong, or there is no plan; 2 the command line itself is wrong; 3 a source cannot be read or a result not be
written; 130 interrupted. Results go to standard output or to ``--out``, everything else to standard error.
"""

from planning.cli.console import DONE, FAULTY, INTERRUPTED, UNREADABLE, USAGE
from planning.cli.line import main, make_parser
from planning.cli.settings import read_constraints, read_weights

__all__ = [
    "DONE",
    "FAULTY",
    "INTERRUPTED",
    "UNREADABLE",
    "USAGE",
    "main",
    "make_parser",
    "read_constraints",
    "read_weights",
]
