"""``python -m callguard`` is the command ``callguard``."""

import sys

from callguard.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
