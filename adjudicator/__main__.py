"""``python -m adjudicator`` is the command ``adjudicator``."""

import sys

from adjudicator.cli import main

if __name__ == "__main__":
    sys.exit(main())
