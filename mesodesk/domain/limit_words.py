"""The arithmetic of a limit in words, as the chart shows it and the session keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from mesodesk.domain.dosing import to_decimal
from mesodesk.domain.limit_files import LimitBook, decimal_point, load_limits, value_text
from mesodesk.domain.limits import Lack, LimitFinding, Term
from mesodesk.domain.records.limits import LimitKind
from mesodesk.domain.units import plain

_PLACES: Final = {LimitKind.VOLUME_PER_POINT: 3, LimitKind.VOLUME_PER_SESSION: 3}
_MOST_PLACES: Final = 9
_NO_BREAK: Final = "\u00a0"
_TIMES: Final = "\u00d7"
_LACKS: Final = {
    Lack.WEIGHT: "no_weight",
    Lack.STRENGTH: "no_strength",
    Lack.POINTS: "no_points",
    Lack.SPACING: "no_spacing",
    Lack.GAP: "no_gap",
}


@dataclass(frozen=True, slots=True)
class LimitWords:
    """How one finding is said in a language.

    Args:
        finding: how the chart stands to a limit.
        language: of the words.
        point: the decimal sign; "" for that of the language.
    """

    finding: LimitFinding
    language: str = "en"
    point: str = ""

    @property
    def message(self) -> str:
        """What the limit is, as in `Lidocaine: at most 300 mg in a session`."""
        return self.finding.limit.message.get(self.language).format(value=self._value())

    @property
    def name(self) -> str:
        """What the limit is called where there is little room."""
        return self.finding.limit.short.get(self.language)

    @property
    def figure(self) -> str:
        """Used and allowed with one unit: `75 / 279 mg`; a question mark where one is unknown."""
        used, allowed = self._pair()
        return f"{used} / {allowed}{self._unit(_NO_BREAK)}"

    @property
    def arithmetic(self) -> str:
        """The sum and the line: `2 syringes: 30 mg + 45 mg = 75 mg of 4.5 mg/kg x 62 kg = 279 mg`.

        What is missing comes after it.
        """
        told = [self._sum()] if self.finding.used is not None else []
        return "; ".join([*told, *self.lacks])

    @property
    def lacks(self) -> tuple[str, ...]:
        """What cannot be checked, and why."""
        return tuple(self._phrase(_LACKS[lack], value=self._value()) for lack in self.finding.lacks)

    @property
    def syringes(self) -> tuple[str, ...]:
        """What each syringe adds: `syringe 1: 1.5 mL x 20 mg/mL = 30 mg`."""
        return tuple(
            self._phrase("syringe", digit=term.digit, terms=self._term(term))
            for term in self.finding.terms
        )

    @property
    def source(self) -> str:
        return self.finding.limit.source.get(self.language)

    def used_text(self) -> str:
        """Return what is used, exactly, with its unit; empty where nothing can be said."""
        return self._exact(self.finding.used)

    def allowed_text(self) -> str:
        """Return what is allowed, exactly, with its unit; empty while the weight is not known."""
        return self._exact(self.finding.allowed)

    def _sum(self) -> str:
        finding = self.finding
        used, allowed = self._pair()
        whole = used + self._unit(_NO_BREAK)
        line = allowed + self._unit(_NO_BREAK) if finding.allowed is not None else ""
        kind = finding.limit.kind
        if finding.across is not None:
            one, other = finding.across
            key = "across_one" if one == other else "across"
            return self._phrase(key, used=whole, allowed=line, one=one, other=other)
        if kind in (LimitKind.VOLUME_PER_POINT, LimitKind.SPACING):
            key = "at_least" if kind is LimitKind.SPACING else "largest"
            return self._phrase(key, used=whole, allowed=line)
        terms = [term for term in finding.terms if term.amount != 0]
        if len(terms) > 1:
            shown = " + ".join(self._amount(term.amount) for term in terms)
            whole = self._phrase("sum", count=len(terms), terms=shown, used=whole)
        if not line:
            return whole
        if finding.weight_kg is not None:
            weight = f"{plain(finding.weight_kg)}{_NO_BREAK}kg".replace(".", self._sign())
            line = f"{self._value()} {_TIMES} {weight} = {line}"
        return self._phrase("of", used=whole, allowed=line)

    def _term(self, term: Term) -> str:
        amount = self._amount(term.amount)
        if not self.finding.limit.kind.unit.startswith("mg"):
            return amount
        volume = f"{self._number(term.volume_ml, 3)}{_NO_BREAK}mL"
        strength = "?" if term.mg_per_ml is None else self._number(term.mg_per_ml, 3)
        return f"{volume} {_TIMES} {strength}{_NO_BREAK}mg/mL = {amount}"

    def _pair(self) -> tuple[str, str]:
        """Return used and allowed with as many decimals as it takes to tell them apart."""
        used, allowed = self.finding.used, self.finding.allowed
        places = _PLACES.get(self.finding.limit.kind, 1)
        while True:
            shown = tuple("?" if v is None else self._number(v, places) for v in (used, allowed))
            if used == allowed or shown[0] != shown[1] or places == _MOST_PLACES:
                return shown[0], shown[1]
            places += 1

    def _amount(self, value: Fraction | None) -> str:
        shown = "?" if value is None else self._number(value, _PLACES.get(self._kind, 1))
        return shown + self._unit(_NO_BREAK)

    @property
    def _kind(self) -> LimitKind:
        return self.finding.limit.kind

    def _unit(self, before: str) -> str:
        unit = self._kind.unit.partition("/")[0]
        return f"{before}{unit}" if unit else ""

    def _number(self, value: Fraction, places: int) -> str:
        return plain(to_decimal(value, places)).replace(".", self._sign())

    def _exact(self, value: Fraction | None) -> str:
        if value is None:
            return ""
        return exact_text(value) + self._unit(" ")

    def _value(self) -> str:
        return value_text(self.finding.limit, self.language, self._sign())

    def _sign(self) -> str:
        return self.point or decimal_point(self.language)

    def _phrase(self, key: str, **values: object) -> str:
        return self._book().phrases[key].get(self.language).format(**values)

    @staticmethod
    def _book() -> LimitBook:
        return load_limits()


def exact_text(value: Fraction) -> str:
    """Return a fraction without rounding: `279`, `0.125`, or `100/3` where no decimal is exact."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return plain(Decimal((value * 10**places).numerator).scaleb(-places))


def kept(finding: LimitFinding) -> Mapping[str, object]:
    """Return what a signed session keeps of a limit, whatever its level."""
    words = LimitWords(finding)
    return {
        "id": finding.limit.id,
        "version": finding.limit.version,
        "kind": finding.limit.kind,
        "value": finding.limit.value,
        "level": finding.level.name.lower(),
        "used": words.used_text(),
        "allowed": words.allowed_text(),
        "lacks": [str(lack) for lack in finding.lacks],
        "arithmetic": words.arithmetic,
        "source": finding.limit.source.get("en"),
    }
