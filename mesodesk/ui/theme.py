"""The look of the program: fonts, palette and style sheet, light or dark, restyled live.

    theme.start(app)           # once, before the first window
    theme.current().accent     # a colour of the scheme in use, for painting
    theme.font(Role.HEADING)   # a font of the family
    theme.watcher().changed    # emitted after the scheme has changed
    theme.force(True)          # dark for good; None follows the system again

A widget that paints itself reads `current()` in its paintEvent; a change repaints every widget.
"""

from enum import Enum
from functools import cache
from string import Template
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from mesodesk.assets import resources
from mesodesk.ui.tokens import DARK, LIGHT, RADIUS, Scheme

FAMILY: Final = "Inter"
_WEIGHTS: Final = ("Regular", "SemiBold")


class Role(Enum):
    """A size in pixels and a weight; every text of the program has one of these."""

    DISPLAY = (28, QFont.Weight.DemiBold)
    TITLE = (20, QFont.Weight.DemiBold)
    HEADING = (15, QFont.Weight.DemiBold)
    STRONG = (13, QFont.Weight.DemiBold)
    BODY = (13, QFont.Weight.Normal)
    INPUT = (14, QFont.Weight.Normal)
    READING = (17, QFont.Weight.Normal)
    READING_STRONG = (17, QFont.Weight.DemiBold)
    BUTTON = (14, QFont.Weight.DemiBold)
    SMALL = (12, QFont.Weight.Normal)
    SMALL_STRONG = (12, QFont.Weight.DemiBold)
    FIGURE = (16, QFont.Weight.DemiBold)


class Watcher(QObject):
    """Tells of a change of scheme, and follows the system unless a scheme is forced."""

    changed = Signal()
    #: Another scheme is forced, or none any more; the scheme itself may be the same.
    forced_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Scheme = LIGHT
        self.forced: bool | None = None

    @Slot()
    def follow(self) -> None:
        """Take the system's scheme, unless one is forced."""
        dark = self.forced
        if dark is None:
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        if dark != self.scheme.dark:
            self.scheme = DARK if dark else LIGHT
            _dress()
            self.changed.emit()


@cache
def watcher() -> Watcher:
    """Return the one watcher of this process."""
    return Watcher()


def current() -> Scheme:
    """Return the colours in use."""
    return watcher().scheme


def colour(name: str) -> QColor:
    """Return a colour of the scheme in use by its name in `Scheme`."""
    return QColor(getattr(current(), name))


def start(app: QApplication, *, sheet: bool = True) -> None:
    """Load the fonts, set Fusion as the base, and dress the program in the system's scheme.

    Without `sheet` the style sheet waits for `lay_sheet`: it costs the first picture 8 ms.
    """
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    _load_fonts()
    app.setFont(font(Role.BODY))
    following = watcher()
    app.styleHints().colorSchemeChanged.connect(following.follow)
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    following.scheme = DARK if (following.forced or (following.forced is None and dark)) else LIGHT
    app.setPalette(palette(current()))
    if sheet:
        lay_sheet()


def force(dark: bool | None) -> None:
    """Show dark (True) or light (False) whatever the system says; None follows it again."""
    watching = watcher()
    watching.forced = dark
    watching.follow()
    watching.forced_changed.emit()


@cache
def font(role: Role) -> QFont:
    """Return the font of a role, with digits of equal width."""
    pixels, weight = role.value
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def _load_fonts() -> None:
    folder = resources() / "fonts" / "inter"
    for weight in _WEIGHTS:
        QFontDatabase.addApplicationFont(str(folder / f"Inter-{weight}.otf"))


def _dress() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setPalette(palette(current()))
        lay_sheet()


@Slot()
def lay_sheet() -> None:
    """Give every widget the style sheet of the scheme in use."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setStyleSheet(style_sheet(current()))


def has_sheet() -> bool:
    """Tell whether the style sheet is laid: until then a widget looks after its own colours."""
    app = QApplication.instance()
    return isinstance(app, QApplication) and bool(app.styleSheet())


def style_sheet(scheme: Scheme) -> str:
    """Return the style sheet for a scheme."""
    return _template().substitute(scheme.named(), radius=RADIUS)


@cache
def _template() -> Template:
    return Template((resources() / "styles" / "mesodesk.qss").read_text(encoding="utf-8"))


def palette(scheme: Scheme) -> QPalette:
    """Return the palette for what Fusion itself paints."""
    roles = {
        QPalette.ColorRole.Window: scheme.ground,
        QPalette.ColorRole.WindowText: scheme.text,
        QPalette.ColorRole.Base: scheme.surface,
        QPalette.ColorRole.AlternateBase: scheme.hover,
        QPalette.ColorRole.Text: scheme.text,
        QPalette.ColorRole.PlaceholderText: scheme.muted,
        QPalette.ColorRole.Button: scheme.surface,
        QPalette.ColorRole.ButtonText: scheme.text,
        QPalette.ColorRole.Highlight: scheme.accent,
        QPalette.ColorRole.HighlightedText: scheme.on_accent,
        QPalette.ColorRole.Accent: scheme.accent,
        QPalette.ColorRole.Link: scheme.accent,
        QPalette.ColorRole.LinkVisited: scheme.accent,
        QPalette.ColorRole.ToolTipBase: scheme.text,
        QPalette.ColorRole.ToolTipText: scheme.ground,
        QPalette.ColorRole.Light: scheme.surface,
        QPalette.ColorRole.Mid: scheme.border,
        QPalette.ColorRole.Dark: scheme.border_strong,
        QPalette.ColorRole.Shadow: scheme.border,
    }
    made = QPalette()
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(scheme.disabled))
    return made
