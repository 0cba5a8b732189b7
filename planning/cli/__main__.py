"""``python -m planning.cli``: the command line without its installed name."""

import sys

from planning.cli.line import main

sys.exit(main())
