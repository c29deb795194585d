"""Whose charts in the vault of charts have how many points. Imports no part of the program."""

from types import MappingProxyType

# Record numbers of women who were treated before, by how many points their session in draft has.
RECORD_OF = MappingProxyType({0: "00004", 2_200: "00005", 5_000: "00006", 50_000: "00007"})
# One who was treated before and has answered "no" to everything since, for a whole visit.
VISITED = "00008"
# One with 60 signed sessions of some 200 points each, and one in draft without any.
OFTEN_TREATED = "00001"
