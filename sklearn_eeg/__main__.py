"""The command line: ``python -m sklearn_eeg --help``."""

import sys

from .detection._cli import main

if __name__ == "__main__":
    sys.exit(main())
