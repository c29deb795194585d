"""Colours that can be read, fonts that are there, icons that exist, a look that changes live."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QLabel

from mesodesk.domain.syringe_looks import SYRINGES, syringe_look
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import BAR, DARK, KIND_ICONS, LIGHT, READABLE_PAIRS, Kind, contrast
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind


@pytest.fixture
def light_again(qapp):
    yield
    theme.force(dark=False)


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("fore", "back"), READABLE_PAIRS, ids="-".join)
def test_text_can_be_read(scheme, fore, back):
    colours = scheme.named()
    assert contrast(colours[fore], colours[back]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_an_input_can_be_seen(scheme):
    for ground in (scheme.surface, scheme.ground):
        assert contrast(scheme.border_strong, ground) >= 3


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "ground", "hover", "accent_soft"])
def test_the_focus_can_be_seen(scheme, ground):
    assert contrast(scheme.accent, scheme.named()[ground]) >= 3


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_scroll_bar_can_be_seen(scheme):
    rules = re.findall(
        r"QScrollBar::handle[^{]*\{[^}]*background: (#\w{6})", theme.style_sheet(scheme)
    )
    assert rules
    for handle in rules:
        for ground in (scheme.surface, scheme.ground):
            assert contrast(handle, ground) >= 3


def test_the_scroll_bar_is_as_wide_as_layouts_count_on():
    assert f"QScrollBar:vertical {{ background: transparent; width: {BAR}px" in theme.style_sheet(
        LIGHT
    )


@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: str(look.digit))
def test_a_syringes_digit_can_be_read_on_its_colour(look):
    assert contrast(look.ink, look.colour) >= 4.5


def test_syringes_differ_in_colour_and_in_shape():
    assert len({look.colour for look in SYRINGES}) == 9
    assert len({look.shape for look in SYRINGES}) == 9
    assert [syringe_look(digit).digit for digit in range(1, 10)] == list(range(1, 10))


@pytest.mark.parametrize("digit", [0, 10, -1])
def test_there_is_no_other_syringe(digit):
    with pytest.raises(ValueError, match="1 to 9"):
        syringe_look(digit)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
def test_every_role_is_set_in_the_shipped_font(qapp, role):
    found = QFontInfo(theme.font(role))
    assert found.family() == "Inter"
    assert found.weight() == role.value[1].value


def test_digits_have_equal_width(qapp):
    metrics = QFontMetricsF(theme.font(Role.BODY))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0888")
    proportional = QFont(theme.font(Role.BODY))
    proportional.clearFeatures()
    plain = QFontMetricsF(proportional)
    assert plain.horizontalAdvance("1111") != plain.horizontalAdvance("0888")


def test_a_label_keeps_equal_digits_under_the_style_sheet(qtbot):
    label = QLabel("1111")
    qtbot.addWidget(label)
    label.setFont(theme.font(Role.STRONG))
    label.setProperty("tone", "muted")
    label.show()
    assert label.font().isFeatureSet(QFont.Tag("tnum"))


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_filled_in(scheme):
    sheet = theme.style_sheet(scheme)
    assert "$" not in sheet
    assert scheme.accent in sheet


def test_a_change_of_scheme_is_told_and_repaints(qtbot, light_again):
    button = Button("Sign", "sign", ButtonKind.PRIMARY)
    qtbot.addWidget(button)
    button.show()
    with qtbot.waitSignal(theme.watcher().changed):
        theme.force(dark=True)
    assert theme.current() is DARK
    middle = button.grab().toImage().pixelColor(6, button.height() // 2)
    assert middle == QColor(DARK.accent)
    theme.force(dark=False)
    middle = button.grab().toImage().pixelColor(6, button.height() // 2)
    assert middle == QColor(LIGHT.accent)


def test_forcing_the_scheme_in_use_tells_nothing(qtbot, light_again):
    with qtbot.assertNotEmitted(theme.watcher().changed):
        theme.force(dark=False)


@pytest.mark.parametrize("name", sorted(KIND_ICONS.values()))
def test_every_kind_has_an_icon(qapp, name):
    assert not icons.outline(name).isEmpty()


def test_the_kinds_icons_differ():
    assert len(set(KIND_ICONS.values())) == len(Kind)


def test_all_icons_named_in_the_windows_exist(qapp):
    source = Path(icons.__file__).parent
    pattern = re.compile(r'icon(?:_name)?\s*=\s*"([a-z0-9-]+)"|IconLabel\(\s*"([a-z0-9-]+)"')
    named = {
        first or second
        for file in source.rglob("*.py")
        for first, second in pattern.findall(file.read_text(encoding="utf-8"))
    }
    assert named
    assert [name for name in sorted(named) if icons.outline(name).isEmpty()] == []


def test_an_icon_that_does_not_exist_is_refused(qapp):
    with pytest.raises(icons.IconMissingError):
        icons.outline("no-such-icon")


def test_an_icon_stays_in_its_box(qapp):
    image = QImage(60, 60, QImage.Format.Format_ARGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    icons.draw(painter, "square", QRectF(10, 10, 40, 40), "#000000")
    painter.end()
    dark = [
        (x, y) for x in range(60) for y in range(60) if image.pixelColor(x, y).lightness() < 128
    ]
    assert dark
    assert min(x for x, _ in dark) >= 10
    assert max(x for x, _ in dark) < 50
    assert min(y for _, y in dark) >= 10
    assert max(y for _, y in dark) < 50


def test_the_first_window_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from mesodesk.ui import shell, theme, jobs\n"
        "from mesodesk.ui.widgets import cards, textfields\n"
        "heavy = {'sqlalchemy', 'numpy', 'pyqtgraph', 'qtawesome', 'qtpy', 'shapely', 'json'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_black_has_an_edge_on_the_dark_ground(qtbot, light_again):
    assert paint.seen_edge("#000000") is None
    theme.force(dark=True)
    assert paint.seen_edge("#000000") == DARK.muted
    assert paint.seen_edge(SYRINGES[0].colour) is None
