"""Run `python -m media.relay`: the same as diemcau-relay."""

import sys

from media.relay.cli import main

sys.exit(main())
