"""One step of the first start."""

from PySide6.QtWidgets import QWidget


class Step(QWidget):
    """One step. `problem` says in a sentence what still keeps it from being left forwards."""

    title = ""
    lead = ""

    def problem(self) -> str:
        """Return "" when the step is complete; puts the cursor where the problem is."""
        return ""

    def begin(self) -> None:
        """Called when the step is shown."""
