"""What a write touched, so that each view reloads only when it is concerned."""

from enum import Flag, auto


class Topic(Flag):
    """Parts of the record; a write returns the union of those it changed."""

    NONE = 0
    CLINIC = auto()
    PATIENTS = auto()
    INTAKES = auto()
    STOCK = auto()
    SESSIONS = auto()
    CHARTS = auto()
    FOLLOW_UPS = auto()
    MEASUREMENTS = auto()
    DRAFTS = auto()
    FAVOURITES = auto()
    BACKUPS = auto()
    PLANS = auto()
    CONSENTS = auto()
    REACTIONS = auto()
    PHOTOS = auto()
