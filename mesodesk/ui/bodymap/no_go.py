"""Zones to keep out of: a chip when points lie in one, and the zones themselves on the key X."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.chart_words import capitalised, uncapitalised
from mesodesk.domain.bodymap.no_go_skin import NoGoSkin
from mesodesk.domain.bodymap.outlines import arrays
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Severity
from mesodesk.domain.no_go import Trespass, Zone, load_no_go, trespasses
from mesodesk.ui.bodymap.figures import points_text
from mesodesk.ui.bodymap.ghost_card import GhostTip
from mesodesk.ui.bodymap.zone_marks import ZoneMarks
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.view import SurfacePoint
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.foresight import Aside
    from mesodesk.ui.bodymap.syringes import ChartSyringe
    from mesodesk.ui.bodymap.viewport import Viewport

_KINDS: Final = {
    Severity.STOP: Kind.STOP,
    Severity.CAUTION: Kind.CAUTION,
    Severity.INFO: Kind.INFO,
}
_ABOVE_FOOT: Final = 56
_EDGE: Final = 12
_TIP_WIDTH: Final = 330
# Of a zone that covers more than this share of the body there is nothing to see without a reason.
_NEARLY_ALL: Final = 0.5


class NoGo(QObject):
    """Belongs to a chart's view. It tells; it never keeps anybody from charting."""

    def __init__(self, view: "ChartView") -> None:
        super().__init__(view)
        self._view = view
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._skin: NoGoSkin | None = None
        self._marks: ZoneMarks | None = None
        self._aside: Aside | None = None
        self._round = 0
        self.shown = False
        # Whether it was said what is shown: once each time.
        self._told = False
        self.found: tuple[Trespass, ...] = ()
        self.chip = NoGoChip(self._canvas)
        self.tip = NoGoTip(self._canvas)
        self._button = view.toolbar.no_go
        self._button.clicked.connect(self.toggle)
        self._canvas.no_go_asked.connect(self.toggle)
        self._canvas.view_changed.connect(self._view_changed)
        self._canvas.viewport_changed.connect(self.tip.hide)
        self.chip.clicked.connect(self.show_found)
        self._model.loaded.connect(self._loaded)
        self._model.changed.connect(self._look)
        self._model.active_changed.connect(self._syringes_changed)
        self._canvas.installEventFilter(self)

    def compute_aside(self, aside: "Aside") -> None:
        """Let somebody else compute what takes a while, beside the window."""
        self._aside = aside

    # What lies in a zone

    @Slot()
    def _loaded(self) -> None:
        atlas = self._model.atlas
        scale = self._model.field_model.laying.scale
        self._skin = None if atlas is None else NoGoSkin(atlas, scale)
        self._look()
        if self.shown:
            self._put()

    @Slot()
    def _syringes_changed(self) -> None:
        self._look()
        if self.shown:
            self._put()

    @Slot()
    @Slot(object)
    def _look(self, _changed: object = None) -> None:
        """Tell at once of what lies in a zone now."""
        model = self._model
        self.found = ()
        if self._skin is not None:
            mixtures = {syringe.id: syringe.mixture for syringe in model.syringes}
            self.found = trespasses(load_no_go(), model.fields, mixtures, self._skin)
        sentences = self.sentences()
        if not sentences:
            self.chip.hide()
            return
        self.chip.tell(_KINDS[self.found[0].zone.severity], sentences, self._reasons())

    def sentences(self) -> list[str]:
        """Return a sentence for each zone and syringe with anything in it, the gravest first."""
        return [
            self._sentence(syringe, each)
            for each in self.found
            if (syringe := self._model.syringe(each.syringe_id)) is not None
        ]

    def _sentence(self, syringe: "ChartSyringe", found: Trespass) -> str:
        language, points, areas = self._model.language, len(found.refs), len(found.areas)
        counts = [points_text(points)] if points else []
        if areas:
            area = _tr("1 area") if areas == 1 else _tr("{number} areas").format(number=areas)
            counts.append(area)
        what = counts[0]
        if len(counts) == 2:
            what = _tr("{first} and {second}").format(first=counts[0], second=counts[1])
        template = _tr("{what} of syringe {digit} ({active}) lie {zone}")
        if points + areas == 1:
            template = _tr("{what} of syringe {digit} ({active}) lies {zone}")
        return template.format(
            what=what,
            digit=syringe.digit,
            active=_names(found.actives, language),
            zone=found.zone.name.get(language),
        )

    def _reasons(self) -> str:
        return "\n\n".join(
            self._reason(zone) for zone in dict.fromkeys(each.zone for each in self.found)
        )

    def _reason(self, zone: Zone) -> str:
        sources = "; ".join(str(source) for source in zone.sources)
        why = zone.why.get(self._model.language)
        return "\n".join((why, _tr("Source: {sources}").format(sources=sources)))

    @Slot()
    def show_found(self) -> None:
        """Draw the zones, and go to what lies in the gravest."""
        if not self.found:
            return
        if not self.shown:
            self.toggle()
        first = self.found[0]
        if first.refs:
            self._canvas.show_points(first.refs)
        else:
            self._view.show_field(first.areas[0])
        self._canvas.setFocus()

    # The zones themselves

    @Slot()
    def toggle(self) -> None:
        """Draw the zones, or take them away."""
        if self.shown or not self._canvas.has_stage:
            self.shown = False
            self.tip.hide()
            self._marks = None
            if self._canvas.has_stage:
                self._canvas.stage.put_hatching(None)
        else:
            self.shown, self._told = True, False
            self._put()
        self._button.setChecked(self.shown)
        self._canvas.update()

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Those of today's syringes; where none has any, all that are less than half the body."""
        meant = self._meant()
        if meant or self._skin is None:
            return meant
        skin = self._skin
        return tuple(z for z in load_no_go() if skin.covered(z).mean() < _NEARLY_ALL)

    def _meant(self) -> tuple[Zone, ...]:
        mixtures = [syringe.mixture for syringe in self._model.syringes]
        return tuple(
            zone
            for zone in load_no_go()
            if any(zone.concerned(mixture) is not None for mixture in mixtures)
        )

    def _put(self) -> None:
        """Lay the zones under the points of the stage in sight."""
        if self._skin is None or not self._canvas.has_stage:
            return
        self._round += 1
        work = partial(ZoneMarks, self._canvas.view, self._skin, self.zones)
        have = partial(self._have_marks, self._round)
        if self._aside is None:
            have(work())
        else:
            self._aside(self, work, have)

    def _have_marks(self, number: int, marks: ZoneMarks) -> None:
        if number != self._round or not self.shown:
            return
        self._marks = marks
        self._canvas.stage.put_hatching(self._paint)
        self._canvas.update()
        if self._told:
            return
        self._told = True
        if marks.is_empty:
            self._canvas.say(_tr("This view shows no zone to keep out of."))
        elif not self._meant():
            self._canvas.say(
                _tr("None of today's syringes has a zone to keep out of: all are shown.")
            )

    def _paint(self, painter: QPainter, viewport: "Viewport", clip: QRectF, ratio: float) -> None:
        if self._marks is not None:
            self._marks.paint(painter, viewport, clip, ratio)

    @Slot(str)
    def _view_changed(self, _view_id: str) -> None:
        self.tip.hide()
        if self.shown:
            self._put()

    # What is under the pointer, or under the crosshair of the keyboard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas:
            kind = event.type()
            if kind is QEvent.Type.Resize:
                self.chip.place()
            elif self.shown and kind is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._hover(event.position())
            elif kind in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
                self.tip.hide()
            elif self.shown and kind is QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
                self._tell_of_crosshair()
        return super().eventFilter(watched, event)

    def _tell_of_crosshair(self) -> None:
        at = self._canvas.crosshair
        if at is None:
            self.tip.hide()
        else:
            self._hover(self._canvas.viewport.to_canvas(at.x(), at.y()))

    def _hover(self, place: QPointF) -> None:
        skin = None if self._canvas.busy else self._canvas.pick(place)
        zones = () if skin is None else self.zones_at(skin)
        if zones:
            self.tip.tell(self._title(zones), "\n".join(map(self._reason, zones)), place)
        else:
            self.tip.hide()

    def _title(self, zones: Iterable[Zone]) -> str:
        names = "; ".join(zone.name.get(self._model.language) for zone in zones)
        return capitalised(names)

    def zones_at(self, place: "SurfacePoint") -> tuple[Zone, ...]:
        """Return the zones that are drawn at a place of the skin."""
        skin, at = self._skin, arrays([place])
        if skin is None:
            return ()
        return tuple(zone for zone in self.zones if skin.holds(zone, *at)[0])


class NoGoChip(Chip):
    """The sentence at the foot of the canvas, as wide as it needs; the rest is in its tooltip."""

    def __init__(self, room: QWidget) -> None:
        super().__init__(Kind.STOP, "", "chart_no_go_found", clickable=True, parent=room)
        self._canvas = room
        self.hide()

    def tell(self, kind: Kind, sentences: list[str], reasons: str) -> None:
        """Show the first sentence, and how many more there are."""
        more = len(sentences) - 1
        text = sentences[0]
        if more:
            text = _tr("{sentence}, and {number} more").format(sentence=text, number=more)
        self.set_kind(kind)
        self.set_text(text)
        self.setToolTip("\n\n".join(("\n".join(sentences), reasons)))
        self.show()
        self.place()
        self.raise_()

    def place(self) -> None:
        """Take the middle above the foot of the canvas, wholly inside it."""
        room = self._canvas.rect()
        width = min(self._wanted(), room.width() - 2 * _EDGE)
        left = (room.width() - width) // 2
        self.setGeometry(left, room.height() - self.sizeHint().height() - _ABOVE_FOOT, width, 26)


class NoGoTip(GhostTip):
    """Names the zones under the pointer, why, and by whose word."""

    def __init__(self, room: QWidget) -> None:
        super().__init__(room)
        self.setObjectName("no_go_tip")
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setFixedWidth(_TIP_WIDTH)


def _names(actives: Iterable[str], language: str) -> str:
    """Return ingredients within a sentence."""
    known = load_catalogue().ingredients
    return ", ".join(
        uncapitalised(known[each].name.get(language)) if each in known else each for each in actives
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("no_go", text)
