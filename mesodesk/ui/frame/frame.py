"""What surrounds every page: the rail at the left, notices above, the status strip beneath."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mesodesk.ui.frame.rail import Rail
from mesodesk.ui.frame.status import StatusStrip
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest


class Frame(QWidget):
    """Holds the pages in `stack`; which one shows is the window's affair."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rail = Rail()
        self.status = StatusStrip()
        self.stack = QStackedWidget()
        self._notices: list[Notice] = []
        self._notice_column = QVBoxLayout()
        self._notice_column.setContentsMargins(Space.L, 0, Space.L, 0)
        self._notice_column.setSpacing(Space.S)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        nest(right, self._notice_column)
        right.addWidget(self.stack, 1)
        right.addWidget(self.status)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        nest(whole, right, 1)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The banners in sight, from above."""
        return tuple(self._notices)

    def notify(self, kind: Kind, headline: str, text: str, object_name: str) -> Notice:
        """Show a banner above the page until it is closed; the same words are not shown twice."""
        for shown in self._notices:
            if (shown.headline.text(), shown.text.text()) == (headline, text):
                return shown
        notice = Notice(kind, headline, text, object_name=object_name, closable=True, parent=self)
        notice.dismissed.connect(self._let_go)
        self._notices.append(notice)
        self._notice_column.setContentsMargins(Space.L, Space.M, Space.L, 0)
        self._notice_column.addWidget(notice)
        notice.show()
        return notice

    def _let_go(self) -> None:
        """Forget the banners that were closed."""
        for notice in [one for one in self._notices if one.isHidden()]:
            self._notices.remove(notice)
            notice.deleteLater()
        if not self._notices:
            self._notice_column.setContentsMargins(Space.L, 0, Space.L, 0)
