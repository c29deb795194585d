"""Reads what stands on the pages of a PDF, by its own tables of characters."""

import io
import re
from dataclasses import dataclass

import pikepdf

_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_SECTION = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@dataclass
class Read:
    """The text of each page without blanks, glyphs that are missing, and the fonts."""

    pages: list[str]
    missing: int
    fonts: dict[str, bool]
    """Whether each is embedded."""

    @property
    def text(self) -> str:
        return "".join(self.pages)

    def __contains__(self, words: str) -> bool:
        return "".join(words.split()) in self.text


def read_pdf(data: bytes) -> Read:
    """Read a PDF as a reader's search would: words are joined, since blanks are only distances."""
    found = Read([], 0, {})
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            found.pages.append("".join(_page(page, found).split()))
    return found


def _page(page: pikepdf.Page, found: Read) -> str:
    fonts = page.resources.get("/Font", {})
    tables: dict[str, dict[int, str]] = {}
    for name, font in fonts.items():
        tables[name] = _characters(font)
        inner = font["/DescendantFonts"][0]
        descriptor = inner["/FontDescriptor"]
        embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        found.fonts[str(font["/BaseFont"])] = embedded
    words: list[str] = []
    table: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            shown = operands[0] if str(operator) == "TJ" else operands
            texts = (bytes(each) for each in shown if isinstance(each, pikepdf.String))
            words += [_decoded(each, table, found) for each in texts]
    return "".join(words)


def _decoded(data: bytes, table: dict[int, str], found: Read) -> str:
    codes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
    found.missing += codes.count(0)
    return "".join(table.get(code, "") for code in codes)


def _characters(font: pikepdf.Object) -> dict[int, str]:
    table: dict[int, str] = {}
    for kind, body in _SECTION.findall(font["/ToUnicode"].read_bytes()):
        if kind == b"char":
            for code, text in _CHAR.findall(body):
                table[int(code, 16)] = _utf16(text)
        else:
            for low, high, text in _RANGE.findall(body):
                first = _utf16(text)
                for step in range(int(high, 16) - int(low, 16) + 1):
                    table[int(low, 16) + step] = first[:-1] + chr(ord(first[-1]) + step)
    return table


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")
