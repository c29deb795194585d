"""A chart on the real body, with real mouse and keys."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.bodymap.chart_panel import ChartPanel
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine
from mesodesk.ui.bodymap.vocabulary import DEFAULT_SETTINGS

# Places of the front view, as shares of its width and height.
BELLY = (0.50, 0.40)
LEFT_THIGH = (0.61, 0.58)
RIGHT_THIGH = (0.39, 0.58)
LEFT_SHIN = (0.66, 0.83)
BESIDE = (0.06, 0.92)


def syringe(digit, drawn, name, strength):
    active = ActiveStrength(name, name.lower(), Strength(Decimal(strength), StrengthUnit.MG_PER_ML))
    half = Decimal(drawn) / 2
    return ChartSyringe(
        id=new_id(),
        digit=digit,
        label=f"{name} mix",
        mixture=Mixture(
            (Component(new_id(), name, half, (active,)), Component(new_id(), "Saline", half))
        ),
        parts=(PartLine(name, f"L{digit}"), PartLine("Saline", "N1")),
    )


@pytest.fixture(scope="session")
def atlas():
    return load_atlas("female")


@pytest.fixture
def syringes():
    return syringe(1, "4", "Caffeine", "50"), syringe(2, "4", "Silicium", "10")


@dataclass
class Chart:
    """The panel under test, and short words for what a hand does to it."""

    panel: ChartPanel
    qtbot: object
    edits: list
    syringes: tuple

    @property
    def canvas(self):
        return self.panel.view.canvas

    @property
    def model(self):
        return self.panel.model

    @property
    def document(self):
        return self.panel.model.document

    @property
    def popover(self):
        return self.panel.view.popover

    def at(self, share, dx=0, dy=0):
        """Return the canvas pixel of a share of the view's picture."""
        view = self.canvas.view
        place = self.canvas.viewport.to_canvas(share[0] * view.width_px, share[1] * view.height_px)
        return place.toPoint() + QPoint(dx, dy)

    def click(self, share, dx=0, dy=0):
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(share, dx, dy))

    def drag(self, start, end, button=Qt.MouseButton.LeftButton, release=True):
        self.qtbot.mousePress(self.canvas, button, pos=start)
        for step in (0.3, 0.7, 1.0):
            self.qtbot.mouseMove(
                self.canvas, (QPointF(start) * (1 - step) + QPointF(end) * step).toPoint()
            )
        if release:
            self.qtbot.mouseRelease(self.canvas, button, pos=end)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier, widget=None):
        self.qtbot.keyClick(widget or self.canvas, key, modifier)

    def type(self, text, widget=None):
        self.qtbot.keyClicks(widget or self.canvas, text)

    def points(self):
        return [self.model.point(ref) for ref in self.document.refs()]

    def ref(self, number=0):
        return list(self.document.refs())[number]

    def region(self, number=0):
        return self.model.region_of(self.ref(number)).key

    def on_canvas(self, number=0):
        return self.canvas.stage.on_canvas(self.ref(number))[0].toPoint()

    def click_point(self, number=0):
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.on_canvas(number))


@pytest.fixture
def make_chart(qtbot, atlas, syringes):
    def make(document=None, *, height_cm=Decimal(168), read_only=False, given=syringes):
        panel = ChartPanel()
        qtbot.addWidget(panel)
        panel.resize(1280, 640)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        edits = []
        panel.edit_made.connect(lambda edit, before: edits.append((edit, before)))
        panel.load(
            document or ChartDocument(),
            atlas,
            given,
            height_cm,
            read_only=read_only,
            settings=DEFAULT_SETTINGS,
        )
        panel.view.strip.finish_reading()
        panel.view.canvas.setFocus()
        # A move to where the test before left the pointer would be none.
        qtbot.mouseMove(panel, QPoint(1, 1))
        return Chart(panel, qtbot, edits, given)

    return make


@pytest.fixture
def chart(make_chart):
    return make_chart()
