"""The demonstration clinic: made once a day, so that its lists are of today."""

from mesodesk.demo.making import DEMO_PASSWORD, make_demo

__all__ = ["DEMO_PASSWORD", "make_demo"]
