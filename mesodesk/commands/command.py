"""What every module of a command offers."""

import argparse
from typing import Protocol


class Command(Protocol):
    """A module of this package. Imported only when a command is given, and then cheap."""

    HELP: str

    def add(self, parser: argparse.ArgumentParser, /) -> None:
        """Describe what may be given."""

    def run(self, options: argparse.Namespace, /) -> int:
        """Do it; return 0, or 1 for a problem that was said in one sentence."""
