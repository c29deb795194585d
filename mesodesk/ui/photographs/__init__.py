"""Photographs in the window: bringing, looking, drawing over, comparing, handing out."""
