"""How the points of a syringe look in print: as in the window, so that both are read alike."""

import math
from functools import cache
from typing import Final

from mesodesk.domain.syringe_looks import Shape, SyringeLook

_RING: Final = "#FFFFFF"
_EDGE: Final = "#1B2227"
_REGULAR: Final = {
    Shape.TRIANGLE: (3, 1.3, -90.0),
    Shape.DIAMOND: (4, 1.22, -90.0),
    Shape.PENTAGON: (5, 1.12, -90.0),
    Shape.HEXAGON: (6, 1.1, 0.0),
}
_SHAPES: Final = {
    Shape.CIRCLE: "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z",
    Shape.SQUARE: "M-.9 -.9H.9V.9H-.9Z",
    Shape.CROSS: "M-.5 -1.1H.5V-.5H1.1V.5H.5V1.1H-.5V.5H-1.1V-.5H-.5Z",
    Shape.DROP: "M0 -1.35C.35 -.85 .95 -.4 .95 .2C.95 1.38 -.95 1.38 -.95 .2"
    "C-.95 -.4 -.35 -.85 0 -1.35Z",
}
# How far below its middle a shape has room for a digit, in radii.
_LOWERED: Final = {Shape.TRIANGLE: 0.12, Shape.DROP: 0.2, Shape.STAR: 0.05}


@cache
def shape_path(shape: Shape) -> str:
    """Return an outline around the origin as an SVG path, as heavy as a circle of radius 1."""
    if shape in _SHAPES:
        return _SHAPES[shape]
    if shape is Shape.STAR:
        corners = [_polar(1.3 if at % 2 == 0 else 0.74, 36.0 * at - 90) for at in range(10)]
    else:
        count, radius, first = _REGULAR[shape]
        corners = [_polar(radius, first + 360 / count * at) for at in range(count)]
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def _polar(radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return radius * math.cos(angle), radius * math.sin(angle)


def symbol(look: SyringeLook) -> str:
    """Return what draws one point, to be used under the id `p` and its digit."""
    path = shape_path(look.shape)
    layers = (
        f'<path d="{path}" fill="{colour}" stroke="{colour}" stroke-width="{width}"'
        ' stroke-linejoin="round"/>'
        for colour, width in ((_EDGE, 1.1), (_RING, 0.62))
    )
    return f'<g id="p{look.digit}">{"".join(layers)}<path d="{path}" fill="{look.colour}"/></g>'


@cache
def badge_svg(look: SyringeLook) -> bytes:
    """Return the badge of a syringe with its digit."""
    lowered = _LOWERED.get(look.shape, 0.0)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1.4 -1.4 2.8 2.8" width="28"'
        f' height="28"><path d="{shape_path(look.shape)}" fill="{look.colour}"/>'
        f'<text x="0" y="{lowered + 0.42:.2f}" font-family="Inter" font-weight="700"'
        f' font-size="1.15" text-anchor="middle" fill="{look.ink}">{look.digit}</text></svg>'
    ).encode()
