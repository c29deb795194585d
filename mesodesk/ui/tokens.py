"""Design tokens: colours, distances and shapes, as plain values that need no Qt.

Every pair of foreground and ground in `READABLE_PAIRS` has a contrast of 4.5:1 or better in both
schemes; a test computes it.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Space:
    """Distances between things, in pixels at 100 %."""

    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24
    PAGE: Final = L
    """Between the window's frame and what a page shows."""


RADIUS: Final = 8
BAR: Final = 12
"""Width of a scroll bar; the style sheet has it too."""
TARGET: Final = 44
"""Least height of what is touched on the main path, in pixels at 100 %."""
COMPACT: Final = 36
"""Height of controls off the main path: tool rows, filters."""


class Kind(StrEnum):
    """What a chip, a notice or a label says beyond its words; always shown with icon and word."""

    STOP = "stop"
    CAUTION = "caution"
    INFO = "info"
    OK = "ok"
    NEUTRAL = "neutral"


KIND_ICONS: Final = {
    Kind.STOP: "alert-octagon",
    Kind.CAUTION: "alert",
    Kind.INFO: "information-outline",
    Kind.OK: "check-circle",
    Kind.NEUTRAL: "circle-outline",
}


class Scheme(NamedTuple):
    """The colours of one appearance, as `#RRGGBB`.

    A named tuple, because making a dataclass of so many fields costs 5 ms before the first paint.
    """

    dark: bool
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    ground: str
    surface: str
    hover: str
    pressed: str
    border: str
    border_strong: str
    text: str
    muted: str
    disabled: str
    rail: str
    rail_hover: str
    rail_active: str
    rail_text: str
    rail_text_active: str
    stop: str
    stop_soft: str
    stop_fill: str
    stop_fill_hover: str
    on_stop_fill: str
    caution: str
    caution_soft: str
    info: str
    info_soft: str
    ok: str
    ok_soft: str
    neutral: str
    neutral_soft: str
    map_ground: str
    scrim: str

    def named(self) -> dict[str, str]:
        """Return every colour by its name, for the style sheet."""
        return {name: value for name, value in self._asdict().items() if isinstance(value, str)}

    def foreground(self, kind: Kind) -> str:
        """Return the readable colour of a kind, on its tint and on the surface."""
        return str(getattr(self, kind.value))

    def tint(self, kind: Kind) -> str:
        """Return the soft ground of a kind."""
        return str(getattr(self, f"{kind.value}_soft"))


LIGHT: Final = Scheme(
    dark=False,
    accent="#0F6E76",
    accent_hover="#0C5F66",
    accent_pressed="#0A5056",
    on_accent="#FFFFFF",
    accent_soft="#E3F1F2",
    ground="#F5F6F7",
    surface="#FFFFFF",
    hover="#EEF1F2",
    pressed="#E2E7E9",
    border="#DFE3E6",
    border_strong="#818C94",
    text="#1B2227",
    muted="#5C6870",
    disabled="#98A2A9",
    rail="#12363A",
    rail_hover="#1F464A",
    rail_active="#335255",
    rail_text="#CFE3E4",
    rail_text_active="#FFFFFF",
    stop="#B3261E",
    stop_soft="#FDE9E7",
    stop_fill="#B3261E",
    stop_fill_hover="#98201A",
    on_stop_fill="#FFFFFF",
    caution="#8F5400",
    caution_soft="#FFF3DC",
    info="#1F5C94",
    info_soft="#E5F0FA",
    ok="#1E6B3A",
    ok_soft="#E6F4EA",
    neutral="#4C575F",
    neutral_soft="#E9ECEE",
    map_ground="#FBFBFA",
    scrim="#0B1719",
)

DARK: Final = Scheme(
    dark=True,
    accent="#4FB3BB",
    accent_hover="#67C1C8",
    accent_pressed="#83CFD5",
    on_accent="#08211F",
    accent_soft="#173A3E",
    ground="#14191B",
    surface="#1C2326",
    hover="#252D31",
    pressed="#2D373B",
    border="#303A3E",
    border_strong="#6F7D84",
    text="#E6ECEE",
    muted="#9DABB1",
    disabled="#66737A",
    rail="#0C1416",
    rail_hover="#1B2426",
    rail_active="#2D3436",
    rail_text="#A9C3C6",
    rail_text_active="#FFFFFF",
    stop="#FF8A80",
    stop_soft="#43201E",
    stop_fill="#F2766B",
    stop_fill_hover="#FF8A80",
    on_stop_fill="#2B0B08",
    caution="#F0B95A",
    caution_soft="#3A2D12",
    info="#8FC1F2",
    info_soft="#16304A",
    ok="#7FD1A0",
    ok_soft="#18352A",
    neutral="#B4C0C5",
    neutral_soft="#2A3337",
    map_ground="#191F21",
    scrim="#000000",
)

_INKS: Final = ("text", "muted", "accent", *Kind)
_GROUNDS: Final = (
    *("ground", "surface", "hover", "pressed", "accent_soft", "map_ground"),
    *(f"{kind}_soft" for kind in Kind),
)
READABLE_PAIRS: Final = (
    *((str(ink), ground) for ink in _INKS for ground in _GROUNDS),
    *(("on_accent", back) for back in ("accent", "accent_hover", "accent_pressed")),
    *(("on_stop_fill", back) for back in ("stop_fill", "stop_fill_hover")),
    *(("rail_text", back) for back in ("rail", "rail_hover")),
    *(("rail_text_active", back) for back in ("rail", "rail_hover", "rail_active")),
    ("ground", "text"),  # tooltips
)
"""(foreground, ground) names that text is drawn with: any ink may come to lie on any ground."""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two `#RRGGBB` colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
