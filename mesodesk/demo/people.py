"""Makes up patients: names in many languages, birth dates, telephone numbers nobody has."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from mesodesk.demo.names import STOCKS, NameStock
from mesodesk.domain.records.patient import BodySex, PatientFields

_MIN_AGE, _USUAL_AGE, _MAX_AGE = 19, 41, 84
_FEMALE_SHARE = 0.84
_TAIL_SHARE = 0.22

# Number ranges that regulators keep free for films and examples, so that no call reaches anybody:
# Ofcom (numbers for drama use), ARCEP decision 2018-0881, Bundesnetzagentur (drama numbers), NANPA
# (555-0100 to 0199). Spain and Italy keep none: there the number starts with a digit that is not
# given to subscribers.
_PHONES = {
    "es": ("+34 555 01# ###", "+34 555 02# ###"),
    "fr": ("+33 1 99 00 ## ##", "+33 4 65 71 ## ##", "+33 6 39 98 ## ##"),
    "it": ("+39 555 01# ####",),
    "en": ("+44 7700 900###", "+44 1632 960###", "+44 20 7946 0###"),
    "de": ("+49 30 23125 ###", "+49 89 99998 ###", "+49 40 66969 ###"),
}
_OTHER_PHONES = ("+1 212 555 01##", "+1 305 555 01##", "+1 415 555 01##", "+1 646 555 01##")

_STREETS = (
    "Calle del Olivo",
    "Calle Mayor",
    "Avenida de los Tilos",
    "Plaza del Pozo",
    "Calle de la Fuente",
    "Paseo del Molino",
    "Camino Viejo",
    "Ronda del Sur",
    "Calle San Roque",
    "Travesía del Horno",
)
_TOWNS = ("Villaluz", "Fuenteclara", "Montesol", "Aldea del Río", "Puertobello")


def seeded(*parts: object) -> Random:
    """Return a generator that yields the same numbers for the same parts, on every machine."""
    return Random("/".join(str(part) for part in parts))  # noqa: S311 (nothing secret is drawn)


@dataclass(frozen=True, slots=True)
class Name:
    """A made-up name and the language it is from."""

    family_name: str
    given_names: str
    language: str
    body_sex: BodySex


class People:
    """Draws people who exist nowhere; the same `random` and day give the same people."""

    def __init__(self, random: Random, today: date) -> None:
        self._random = random
        self._today = today
        self._stocks = tuple(stock for stock, _ in STOCKS)
        self._weights = tuple(accumulate(weight for _, weight in STOCKS))

    def patient(self) -> PatientFields:
        """Return the fields of one patient, an adult on the day given."""
        name = self.name()
        phone = self.phone(name.language) if self._random.random() < 0.95 else ""
        return PatientFields(
            family_name=name.family_name,
            given_names=name.given_names,
            birth_date=self.birth_date(),
            body_sex=name.body_sex,
            phone=phone,
            email=self._email() if self._random.random() < 0.6 else "",
            address=self._address() if self._random.random() < 0.7 else "",
            language=name.language,
        )

    def name(self) -> Name:
        """Return a name of a language drawn by how often it is met."""
        random = self._random
        (stock,) = random.choices(self._stocks, cum_weights=self._weights)
        female = random.random() < _FEMALE_SHARE
        family = self._surname(stock)
        if stock.two_surnames:
            family = f"{family} {self._surname(stock)}"
        elif stock.roots and random.random() < 0.06:
            family = f"{family}-{self._surname(stock)}"
        given = self._skewed(stock.female if female else stock.male)
        sex = BodySex.FEMALE if female else BodySex.MALE
        return Name(family, given, stock.language, sex)

    def birth_date(self) -> date:
        """Return the birthday of somebody between 19 and 84, most of them about 41."""
        age = self._random.triangular(_MIN_AGE, _MAX_AGE, _USUAL_AGE)
        return self._today - timedelta(days=int(age * 365.25) + 1)

    def phone(self, language: str) -> str:
        """Return a number of a range that is kept free, in the form of the language's country."""
        random = self._random
        pattern = random.choice(_PHONES.get(language, _OTHER_PHONES))
        return "".join(random.choice("0123456789") if sign == "#" else sign for sign in pattern)

    def _surname(self, stock: NameStock) -> str:
        random = self._random
        if stock.roots and random.random() < _TAIL_SHARE:
            return random.choice(stock.roots) + random.choice(stock.endings)
        return self._skewed(stock.surnames)

    def _skewed(self, names: tuple[str, ...]) -> str:
        """Return one of the names, the first ones far more often than the last."""
        return names[int(len(names) * self._random.random() ** 1.8)]

    def _email(self) -> str:
        # example.org is set aside for examples (RFC 2606); the name in it would be in the way of
        # nobody, but a mailbox number reads just as well in every script.
        return f"mail{self._random.randrange(10_000):04}@example.org"

    def _address(self) -> str:
        random = self._random
        return f"{random.choice(_STREETS)} {random.randint(1, 96)}, {random.choice(_TOWNS)}"
