"""Photographs as bytes: what they are, what is taken out of them, how they are decoded.

Nothing here knows the database, keys or windows. Pillow is imported late, and what reads HEIC only
in a process of its own.
"""

import logging

# Pillow tells its log, where that is asked for details, every value of a picture's EXIF.
logging.getLogger("PIL").setLevel(logging.WARNING)
