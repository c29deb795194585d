"""What a button says while the next try has to wait."""

from PySide6.QtCore import QCoreApplication

_IN_MINUTES_FROM_S = 90


def wait_words(seconds: int) -> str:
    """Return how long it takes, in seconds or, where that is long, in minutes."""
    if seconds > _IN_MINUTES_FROM_S:
        words = QCoreApplication.translate("Waiting", "Wait {minutes} min")
        return words.format(minutes=-(-seconds // 60))
    return QCoreApplication.translate("Waiting", "Wait {seconds} s").format(seconds=seconds)
