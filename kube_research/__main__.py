"""`python -m kube_research …` is the command `kube-research …`."""

import sys

from .cli import main

sys.exit(main())
