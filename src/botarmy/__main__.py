"""`python -m botarmy` is `botarmy`."""

import sys

from botarmy.cli import main

if __name__ == "__main__":
    sys.exit(main())
