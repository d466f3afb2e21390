"""`python -m controller`: the same as `diemcau-controller`."""

import sys

from controller.cli import main

sys.exit(main())
