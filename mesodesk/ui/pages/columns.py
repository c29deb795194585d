"""How pages are laid out: under a title, and in columns that a narrow window takes one by one."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Title


def under_title(page: QWidget, title: str, body: QWidget | QLayout, *before: QWidget) -> None:
    """Lay a page out: its title, what stands before it (the way back), and the body below."""
    head = QHBoxLayout()
    head.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
    head.setSpacing(Space.M)
    for widget in before:
        head.addWidget(widget)
    head.addWidget(Title(title))
    head.addStretch(1)
    whole = QVBoxLayout(page)
    whole.setContentsMargins(0, Space.L, 0, 0)
    whole.setSpacing(Space.L)
    nest(whole, head)
    if isinstance(body, QLayout):
        nest(whole, body, 1)
    else:
        whole.addWidget(body, 1)


class TwoColumns(QWidget):
    """Put cards into `left` and `right`; each keeps its cards at the top.

    Args:
        shares: how the width is shared out.
        narrow: below this width there is one column.
    """

    def __init__(
        self, shares: tuple[int, int] = (1, 1), narrow: int = 960, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._narrow = narrow
        self.left, self.right = QVBoxLayout(), QVBoxLayout()
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        for column, share in zip((self.left, self.right), shares, strict=True):
            column.setSpacing(Space.M)
            nest(self._line, column, share)
        self._line.setSpacing(Space.L)

    def finish(self) -> None:
        """Keep the cards at the top; call it once all of them are in."""
        for column in (self.left, self.right):
            column.addStretch(1)

    def is_narrow(self) -> bool:
        """Tell whether there is one column now."""
        return self._line.direction() is QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        one = self.width() < self._narrow
        if one != self.is_narrow():
            directions = QBoxLayout.Direction
            self._line.setDirection(directions.TopToBottom if one else directions.LeftToRight)
            self._line.setSpacing(Space.M if one else Space.L)
