"""Run `python -m media`: the same as diemcau-relay."""

import sys

from media.cli import main

sys.exit(main())
