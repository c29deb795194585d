"""`python -m benchmarks.anchors.none_counts`: print the calls that lose None."""

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsEllipseItem,
    QGraphicsScene,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)

TIMES = 200
# A loss is one reference a call; anything the interpreter itself keeps stays far below this.
_LOST_A_CALL = 0.5


def calls(image: QImage) -> dict[str, Callable[[], object]]:
    """Return calls that return nothing, of every part of Qt that the program uses.

    Args:
        image: is painted on; it must outlive the calls.
    """
    painter, path, polygon = QPainter(image), QPainterPath(), QPolygonF([QPointF(1, 1)])
    pen, colour, point, rectangle = QPen(), QColor("red"), QPointF(1, 2), QRectF(1, 1, 2, 2)
    item, scene, timer, thing = QGraphicsEllipseItem(), QGraphicsScene(), QTimer(), QObject()
    line, label, rows, widget = QLineEdit(), QLabel(), QListWidget(), QWidget()
    scene.addItem(item)
    return {
        "QLineEdit.setText": lambda: line.setText("a"),
        "QLabel.setText": lambda: label.setText("a"),
        "QListWidget.addItem": lambda: rows.addItem("a"),
        "QWidget.setVisible": lambda: widget.setVisible(False),
        "QWidget.update": widget.update,
        "QWidget.setEnabled": lambda: widget.setEnabled(True),
        "QWidget.setToolTip": lambda: widget.setToolTip("a"),
        "QObject.setObjectName": lambda: thing.setObjectName("a"),
        "QTimer.start": lambda: timer.start(1000),
        "QTimer.stop": timer.stop,
        "QPainter.drawEllipse": lambda: painter.drawEllipse(point, 2, 2),
        "QPainter.drawRects": lambda: painter.drawRects([rectangle]),
        "QPainter.drawPolygon": lambda: painter.drawPolygon(polygon),
        "QPainter.drawText": lambda: painter.drawText(point, "x"),
        "QPainter.setBrush": lambda: painter.setBrush(colour),
        "QPainter.setPen": lambda: painter.setPen(pen),
        "QPainter.resetTransform": painter.resetTransform,
        "QPainterPath.lineTo": lambda: path.lineTo(1, 1),
        "QGraphicsItem.setPos": lambda: item.setPos(point),
        "QGraphicsItem.setPen": lambda: item.setPen(pen),
        "QGraphicsItem.setVisible": lambda: item.setVisible(True),
        "QApplication.sendPostedEvents": QApplication.sendPostedEvents,
        "QGraphicsScene.setSceneRect": lambda: scene.setSceneRect(rectangle),
    }


def main() -> None:
    """Print a line for each call that loses None; print nothing if none does."""
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    image = QImage(50, 50, QImage.Format.Format_ARGB32)
    every_call = calls(image)
    for name, call in every_call.items():
        call()
        before = sys.getrefcount(None)
        for _ in range(TIMES):
            call()
        if (before - sys.getrefcount(None)) / TIMES > _LOST_A_CALL:
            print(name)
    sys.stdout.flush()
    # With references to None lost, an orderly end would abort before the lines are seen.
    os._exit(0)


if __name__ == "__main__":
    main()
