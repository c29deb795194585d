"""A layout made in Python: its items stay its own, whatever becomes of layouts before it."""

import pytest
import shiboken6
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import FlowLayout, PageScroll
from mesodesk.ui.widgets.text import Body


def place(count=3):
    """Return a widget with a flow of buttons in it."""
    widget = QWidget()
    flow = FlowLayout()
    for number in range(count):
        flow.addWidget(QPushButton(f"button {number}", widget))
    QVBoxLayout(widget).addLayout(flow)
    return widget, flow


def test_items_do_not_die_with_a_layout_that_was_asked_for_its_own(qtbot):
    """What `itemAt` returns is kept by its layout, also when Qt has deleted the item itself.

    An item of another layout that then came to lie at the same place was taken for it.
    """
    box, widget = QWidget(), QWidget()
    qtbot.addWidget(widget)
    column, flow = QVBoxLayout(box), FlowLayout(widget)
    others = [QPushButton(widget) for _ in range(50)]
    buttons = [QPushButton(box) for _ in range(50)]
    for button in buttons:
        column.addWidget(button)
    assert all(column.itemAt(at) is not None for at in range(column.count()))
    for button, other in zip(buttons, others, strict=True):
        shiboken6.delete(button)
        flow.addWidget(other)
    shiboken6.delete(box)
    assert all(shiboken6.isValid(flow.itemAt(at)) for at in range(flow.count()))


def test_a_widget_that_goes_leaves_the_layout(qtbot):
    widget, flow = place(4)
    qtbot.addWidget(widget)
    shiboken6.delete(flow.itemAt(1).widget())
    flow.itemAt(0).widget().setParent(None)
    assert [flow.itemAt(at).widget().text() for at in range(flow.count())] == [
        "button 2",
        "button 3",
    ]


@pytest.mark.parametrize("width", [1300, 500])
def test_a_page_scrolls_no_further_than_what_is_on_it(qtbot, width):
    page = PageScroll(margin=0, max_width=1900)
    qtbot.addWidget(page)
    page.resize(width, 200)
    card = Card("A card")
    for number in range(8):
        card.add(Body(f"{number}: " + "text that fills some lines, or one where it is wide. " * 3))
    page.add(card)
    page.column.addStretch(1)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    foot = card.mapTo(page.widget(), card.rect().bottomLeft()).y() + 1
    assert page.widget().height() == foot
