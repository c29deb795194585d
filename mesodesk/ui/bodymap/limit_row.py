"""One limit as a line beneath the totals: how the chart stands to it."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.limit_words import LimitWords
from mesodesk.domain.limits import Level, LimitFinding
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label, plain_tip

KINDS: Final = {
    Level.OK: Kind.OK,
    Level.NEAR: Kind.CAUTION,
    Level.UNKNOWN: Kind.CAUTION,
    Level.OVER: Kind.STOP,
}
ICON: Final = 18
_LINE: Final = 21
_BAR: Final = 4


class LimitHead(FocusRing):
    """One limit: icon, name and figure; beneath, how full it is and the word for it.

    What is missing to check it stands in the place of bar and word. `clicked` asks for the
    arithmetic, which a mouse sees in the tooltip.
    """

    def __init__(self, limit_id: str) -> None:
        super().__init__()
        self.setObjectName(f"limit_{limit_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.level = Level.OK
        self.name, self.figure = "", ""
        self._given = False
        self._share = 0.0

    @property
    def word(self) -> str:
        """How the chart stands to the limit, in a word."""
        word = {
            Level.OK: tr("within"),
            Level.NEAR: tr("near"),
            Level.UNKNOWN: tr("not known"),
            Level.OVER: tr("over"),
        }[self.level]
        return tr("{word}, reason given").format(word=word) if self._given else word

    def show_finding(self, finding: LimitFinding, words: LimitWords, *, given: bool) -> None:
        """Show how the chart stands to the limit; `given`: a reason to go on is on record."""
        if finding.level is not self.level:
            self.level = finding.level
            self.updateGeometry()
        self.name, self.figure, self._given = words.name, words.figure, given
        self._share = min(1.0, float(finding.share))
        details = details_text(words)
        self.setToolTip(plain_tip(details))
        self.setAccessibleName(f"{self.name}: {self.word}, {self.figure}")
        self.setAccessibleDescription(details)
        self.update()

    def sizeHint(self) -> QSize:
        lines = 1 if self.level is Level.UNKNOWN else 2
        return QSize(220, lines * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        kind = KINDS[self.level]
        ink = scheme.foreground(kind)
        whole = paint.inside(self)
        if self.underMouse():
            paint.box(painter, whole, scheme.hover, radius=5)
        if self.shows_ring():
            paint.ring(painter, whole, radius=5)
        icons.draw(painter, KIND_ICONS[kind], QRectF(2, 3, 14, 14), ink)
        strong, right = theme.font(Role.STRONG), Qt.AlignmentFlag.AlignRight
        figure = paint.text_width(self.figure, strong)
        top = QRectF(ICON + 4, 0, whole.width() - ICON - 8, _LINE)
        paint.write(painter, top, self.figure, strong, scheme.text, right)
        paint.write(
            painter,
            top.adjusted(0, 0, -figure - Space.S, 0),
            self.name,
            theme.font(Role.BODY),
            scheme.text,
        )
        if self.level is not Level.UNKNOWN:
            self._paint_share(painter, top.translated(0, _LINE - 2), ink)

    def _paint_share(self, painter: QPainter, below: QRectF, ink: str) -> None:
        scheme, small = theme.current(), theme.font(Role.SMALL_STRONG)
        word = paint.text_width(self.word, small)
        paint.write(painter, below, self.word, small, ink, Qt.AlignmentFlag.AlignRight)
        bar = QRectF(below.left(), below.center().y() - 1, below.width() - word - Space.S, _BAR)
        paint.box(painter, bar, scheme.border, radius=2)
        if self._share > 0:
            filled = QRectF(bar.left(), bar.top(), max(_BAR, bar.width() * self._share), _BAR)
            paint.box(painter, filled, ink, radius=2)


class LimitRow(QWidget):
    """A limit, and in words what is missing to check it. Emits `details_asked`."""

    details_asked = Signal()

    def __init__(self, limit_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding: LimitFinding | None = None
        self.head = LimitHead(limit_id)
        self.lacks = Label("", Role.SMALL, Kind.CAUTION.value, wrap=True)
        self.lacks.setObjectName(f"limit_{limit_id}_lacks")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        beneath = QHBoxLayout()
        beneath.setContentsMargins(ICON + 4, 0, 0, 0)
        beneath.addWidget(self.lacks)
        nest(column, beneath)
        self.lacks.hide()
        self.head.clicked.connect(self.details_asked)

    def show_finding(self, finding: LimitFinding, language: str, *, given: bool) -> None:
        """Show how the chart stands to the limit; `given`: a reason to go on is on record."""
        self.finding = finding
        words = in_words(finding, language)
        self.head.show_finding(finding, words, given=given)
        lacks = "\n".join(words.lacks)
        if given:
            lacks = tr("{word}, reason given").format(word=lacks)
        self.lacks.setText(lacks)
        self.lacks.setVisible(finding.level is Level.UNKNOWN)


def in_words(finding: LimitFinding, language: str) -> LimitWords:
    """Return a finding in words, with the decimal sign of the user's locale."""
    return LimitWords(finding, language, QLocale().decimalPoint())


def details_text(words: LimitWords) -> str:
    """Return everything about a limit: what it is, the arithmetic, each syringe, the source."""
    lines = [words.message, f"{words.arithmetic}."]
    if len(words.syringes) > 1 or words.finding.limit.kind.unit.startswith("mg"):
        lines += words.syringes
    lines.append(tr("Source: {source}").format(source=words.source))
    return "\n".join(line[:1].upper() + line[1:] for line in lines)


def tr(text: str) -> str:
    """Translate what is said of limits beside the chart."""
    return QCoreApplication.translate("chart_limits", text)
