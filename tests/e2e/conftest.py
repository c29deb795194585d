"""The helpers beside these tests are modules of their own: the driver runs as a script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
