"""The body atlas and the chart drawn on it."""
