"""What Python knows of the items that Qt makes for the widgets, spaces and layouts of a layout."""

from collections import Counter


def known_items() -> Counter[str]:
    """Return how many items that Qt made have a Python side, by kind."""
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QLayoutItem
    from shiboken6 import createdByPython, getAllValidWrappers

    return Counter(
        type(each).__name__
        for each in getAllValidWrappers()
        if isinstance(each, QLayoutItem)
        and not isinstance(each, QObject)
        and not createdByPython(each)
    )
