"""``python -m gymdash_jupyter.compat script.py [arguments]``."""

import sys

from gymdash_jupyter.compat.script import main

if __name__ == "__main__":
    sys.exit(main())
