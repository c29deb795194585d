"""The chart in words: exact sentences in four languages, and volumes that add up."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap import chart_text as source
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart_text import TextSyringe, chart_text
from mesodesk.domain.bodymap.chart_words import load_chart_words
from mesodesk.domain.bodymap.codec import field_from_plain, field_to_plain
from mesodesk.domain.bodymap.drawing import inside_loop
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import outline_of, regions_in
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.regions import Side, named
from mesodesk.domain.bodymap.totals import totals
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.texts import LANGUAGES

ONE, TWO, GONE = UUID(int=1), UUID(int=2), UUID(int=3)
THIGH, OTHER_THIGH, FLANK = "thigh_outer_upper.left", "thigh_outer_upper.right", "flank.left"
ABDOMEN = "abdomen_upper.midline"


def active(ingredient, name, strength, unit=StrengthUnit.MG_PER_ML):
    known = None if strength is None else Strength(Decimal(strength), unit)
    return ActiveStrength(name, ingredient, known)


def mixture(*parts):
    return Mixture(
        tuple(Component(UUID(int=99), "", Decimal(volume), actives) for volume, actives in parts)
    )


CAFFEINE = mixture(("2", (active("caffeine", "Caffeine", "40"),)), ("2", ()))
THIRDS = mixture(
    ("1", (active("hyaluronidase", "Hyaluronidase", "100", StrengthUnit.IU_PER_ML),)),
    ("2", (active("procaine", "Procaine", None),)),
)
FULL = TextSyringe(ONE, 1, "Caffeine mix", CAFFEINE, Decimal("0.5"), Decimal("0.5"))
OPEN = TextSyringe(TWO, 2, "", THIRDS)


@cache
def triangles(region):
    """Return the triangles of a region of the body, on the patient's left where it has sides."""
    atlas = load_atlas("female")
    everywhere = np.arange(atlas.triangle_count)
    wanted = atlas.region_indices(everywhere) == atlas.regions_by_key[region].index
    if region.endswith("midline"):
        third = np.full(len(everywhere), 1 / 3)
        sides = atlas.side_indices(everywhere, third, third)
        wanted &= sides == atlas.sides.index("left")
    return np.flatnonzero(wanted).tolist()


def points(region, *volumes_ul, depth_um=4000):
    return PackedPoints(
        ChartPoint(triangle, 1 / 3, 1 / 3, volume, depth_um)
        for triangle, volume in zip(triangles(region), volumes_ul, strict=False)
    )


def field(number, syringe_id, packed, pattern=Pattern.SINGLE, **others):
    made = {"technique": "papule", "depth_mm": Decimal(2), "needle": "30g_4", **others}
    return ChartField(UUID(int=number), syringe_id, pattern=pattern, points=packed, **made)


def small_chart():
    """Return sixty staggered points, four single ones in two regions, and a zone."""
    single = [(FLANK, 0, 50), (FLANK, 1, 40), (FLANK, 2, 50), (ABDOMEN, 0, 10)]
    return [
        field(
            10,
            ONE,
            points(THIGH, *[50] * 60),
            Pattern.STAGGERED,
            technique="superficial_intradermal",
            spacing_mm=Decimal("15.0"),
        ),
        *(
            field(
                20 + at,
                TWO,
                PackedPoints([ChartPoint(triangles(region)[nth], 1 / 3, 1 / 3, volume, 2000)]),
            )
            for at, (region, nth, volume) in enumerate(single)
        ),
        field(
            30,
            TWO,
            PackedPoints(),
            Pattern.ZONE,
            outline=Outline(OutlineKind.REGION, regions=(OTHER_THIGH,)),
            depth_mm=Decimal("1.5"),
            punctures=200,
            zone_ml=Decimal("0.5"),
        ),
    ]


def written(language, fields=None, syringes=(FULL, OPEN)):
    given_fields = small_chart() if fields is None else fields
    return chart_text(given_fields, syringes, load_atlas("female"), language)


EXPECTED = {
    "en": """\
Left outer thigh, upper: 60 points of 0.05 mL, staggered 15 mm, superficial intradermal (nappage), \
4 mm deep, 3.0 mL = 60 mg caffeine (syringe 1)
Left flank: 3 points of 0.04 to 0.05 mL, papule (wheal), 2 mm deep, 0.14 mL = 4.667 IU \
hyaluronidase (rounded); procaine: strength unknown (syringe 2)
Upper abdomen (left): 1 point, papule (wheal), 2 mm deep, 0.01 mL = 0.3333 IU hyaluronidase \
(rounded); procaine: strength unknown (syringe 2)
Right outer thigh, upper: zone, about 200 punctures (estimate), papule (wheal), 1.5 mm deep, \
0.5 mL = 16.67 IU hyaluronidase (rounded); procaine: strength unknown (syringe 2)

Syringe 1 (Caffeine mix): drawn 4.0 mL = injected 3.0 mL + wasted 0.5 mL + left 0.5 mL
Syringe 2: drawn 3.0 mL; injected 0.65 mL, wasted not told, left not told
Caffeine: 60 mg in 3.0 mL
Hyaluronidase: 21.67 IU (rounded) in 0.65 mL
Procaine: strength unknown, in 0.65 mL
In all: 64 points and about 200 punctures (estimate), 3.65 mL""",
    "fr": """\
Cuisse gauche, face externe, partie haute\u00a0: 60 points de 0,05 mL, en quinconce à 15 mm, \
intradermique superficielle (nappage), à 4 mm de profondeur, 3,0 mL = 60 mg de caféine (seringue 1)
Flanc gauche\u00a0: 3 points de 0,04 à 0,05 mL, papule, à 2 mm de profondeur, 0,14 mL = 4,667 UI \
d\u2019hyaluronidase (arrondi)\u00a0; procaïne\u00a0: concentration inconnue (seringue 2)
Haut de l\u2019abdomen (à gauche)\u00a0: 1 point, papule, à 2 mm de profondeur, 0,01 mL = 0,3333 \
UI d\u2019hyaluronidase (arrondi)\u00a0; procaïne\u00a0: concentration inconnue (seringue 2)
Cuisse droite, face externe, partie haute\u00a0: zone, environ 200 piqûres (estimation), papule, \
à 1,5 mm de profondeur, 0,5 mL = 16,67 UI d\u2019hyaluronidase (arrondi)\u00a0; procaïne\u00a0: \
concentration inconnue (seringue 2)

Seringue 1 (Caffeine mix)\u00a0: prélevé 4,0 mL = injecté 3,0 mL + jeté 0,5 mL + restant 0,5 mL
Seringue 2\u00a0: prélevé 3,0 mL\u00a0; injecté 0,65 mL, jeté non indiqué, restant non indiqué
Caféine\u00a0: 60 mg dans 3,0 mL
Hyaluronidase\u00a0: 21,67 UI (arrondi) dans 0,65 mL
Procaïne\u00a0: concentration inconnue, dans 0,65 mL
Au total\u00a0: 64 points et environ 200 piqûres (estimation), 3,65 mL""",
    "it": """\
Coscia sinistra, faccia esterna, parte alta: 60 punti da 0,05 mL, a quinconce ogni 15 mm, \
intradermica superficiale (nappage), a 4 mm di profondità, 3,0 mL = 60 mg di caffeina (siringa 1)
Fianco sinistro: 3 punti da 0,04 a 0,05 mL, pomfo, a 2 mm di profondità, 0,14 mL = 4,667 UI \
di ialuronidasi (arrotondato); procaina: concentrazione sconosciuta (siringa 2)
Addome superiore (a sinistra): 1 punto, pomfo, a 2 mm di profondità, 0,01 mL = 0,3333 UI di \
ialuronidasi (arrotondato); procaina: concentrazione sconosciuta (siringa 2)
Coscia destra, faccia esterna, parte alta: zona, circa 200 punture (stima), pomfo, a 1,5 mm di \
profondità, 0,5 mL = 16,67 UI di ialuronidasi (arrotondato); procaina: concentrazione \
sconosciuta (siringa 2)

Siringa 1 (Caffeine mix): aspirato 4,0 mL = iniettato 3,0 mL + scartato 0,5 mL + rimasto 0,5 mL
Siringa 2: aspirato 3,0 mL; iniettato 0,65 mL, scartato non indicato, rimasto non indicato
Caffeina: 60 mg in 3,0 mL
Ialuronidasi: 21,67 UI (arrotondato) in 0,65 mL
Procaina: concentrazione sconosciuta, in 0,65 mL
In tutto: 64 punti e circa 200 punture (stima), 3,65 mL""",
    "es": """\
Muslo izquierdo, cara externa, parte alta: 60 puntos de 0,05 mL, al tresbolillo cada 15 mm, \
intradérmica superficial (nappage), a 4 mm de profundidad, 3,0 mL = 60 mg de cafeína (jeringa 1)
Flanco izquierdo: 3 puntos de 0,04 a 0,05 mL, pápula (habón), a 2 mm de profundidad, 0,14 mL = \
4,667 UI de hialuronidasa (redondeado); procaína: concentración desconocida (jeringa 2)
Abdomen superior (a la izquierda): 1 punto, pápula (habón), a 2 mm de profundidad, 0,01 mL = \
0,3333 UI de hialuronidasa (redondeado); procaína: concentración desconocida (jeringa 2)
Muslo derecho, cara externa, parte alta: zona, alrededor de 200 punciones (estimación), pápula \
(habón), a 1,5 mm de profundidad, 0,5 mL = 16,67 UI de hialuronidasa (redondeado); procaína: \
concentración desconocida (jeringa 2)

Jeringa 1 (Caffeine mix): cargado 4,0 mL = inyectado 3,0 mL + desechado 0,5 mL + restante 0,5 mL
Jeringa 2: cargado 3,0 mL; inyectado 0,65 mL, desechado sin indicar, restante sin indicar
Cafeína: 60 mg en 3,0 mL
Hialuronidasa: 21,67 UI (redondeado) en 0,65 mL
Procaína: concentración desconocida, en 0,65 mL
En total: 64 puntos y alrededor de 200 punciones (estimación), 3,65 mL""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_chart_reads_as_it_should(language):
    assert written(language).text == EXPECTED[language]


def test_a_language_with_a_country_is_that_language_and_an_unknown_one_english():
    assert written("fr_CA").text == EXPECTED["fr"]
    assert written("de").text == EXPECTED["en"]


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "puncture"), ("fr", "piqûre"), ("it", "puntura"), ("es", "punción")],
)
def test_one_of_a_kind_is_singular(language, word):
    zone = field(1, ONE, PackedPoints(), Pattern.ZONE, punctures=1, zone_ml=Decimal("0.1"))
    line = written(language, [zone]).lines[0].text
    assert re.search(rf"\b1 {word} \(", line)


def test_sixty_single_points_of_one_region_are_one_line():
    singles = [
        field(at + 1, ONE, PackedPoints([ChartPoint(triangle, 1 / 3, 1 / 3, 50, 4000)]))
        for at, triangle in enumerate(triangles(THIGH)[:60])
    ]
    (line,) = written("en", singles).lines
    assert line.text.startswith("Left outer thigh, upper: 60 points of 0.05 mL, papule (wheal), 4")
    assert (line.points, line.volume_ml) == (60, Decimal(3))


@pytest.mark.parametrize(
    "other",
    [
        {"syringe_id": TWO},
        {"technique": "dry"},
        {"depth_um": 4500},
        {"region": OTHER_THIGH},
    ],
)
def test_single_points_that_differ_are_told_apart(other):
    def single(number, syringe_id=ONE, technique="papule", depth_um=4000, region=THIGH):
        packed = points(region, 50, depth_um=depth_um)
        return field(number, syringe_id, packed, technique=technique)

    assert len(written("en", [single(1), single(2)]).lines) == 1
    assert len(written("en", [single(1), single(2, **other)]).lines) == 2


def test_depths_and_regions_of_one_field_are_all_told():
    records = np.concatenate(
        [points(THIGH, 50, depth_um=3000).records, points(FLANK, 50, depth_um=5000).records]
    )
    line = written("en", [field(1, ONE, PackedPoints.from_records(records), Pattern.LINES)]).lines[
        0
    ]
    assert line.text.startswith(
        "Left outer thigh, upper + Left flank: 2 points of 0.05 mL, in lines"
    )
    assert "3 to 5 mm deep" in line.text


def test_what_has_no_footprint_is_kept_as_it_was_before_footprints_were():
    pressed = field(1, ONE, points(THIGH, 50), Pattern.STAMP, spacing_mm=Decimal(10))
    assert "stamp" not in field_to_plain(pressed)
    assert field_from_plain(field_to_plain(pressed)) == pressed
    named = replace(pressed, stamp="row_3")
    assert field_from_plain(field_to_plain(named)) == named != pressed


@pytest.mark.parametrize(
    ("stamp", "language", "told"),
    [
        ("row_3", "en", "with a multi-injector (row of 3, 10 mm)"),
        ("row_3", "fr", "au multi-injecteur (ligne de 3, 10 mm)"),
        ("row_3", "it", "con multiniettore (fila di 3, 10 mm)"),
        ("row_3", "es", "con multiinyector (fila de 3, 10 mm)"),
        # One that is in the file no more, and a field of before footprints were kept.
        ("old_9", "en", "with a multi-injector (old_9, 10 mm)"),
        ("", "en", "with a multi-injector 10 mm"),
    ],
)
def test_the_footprint_of_a_stamp_is_told(stamp, language, told):
    pressed = field(1, ONE, points(THIGH, 50), Pattern.STAMP, spacing_mm=Decimal(10), stamp=stamp)
    (line,) = written(language, [pressed]).lines
    assert told in line.text.replace("\u00a0", " ")


def drawn_zone(view_id, x_shares, y_shares):
    """Return a zone inside a box drawn in a view, given by shares of its width and height."""
    atlas = load_atlas("female")
    view = atlas.view(view_id)
    corners = [(x_shares[0], y_shares[0]), (x_shares[1], y_shares[0])]
    corners += [(x_shares[1], y_shares[1]), (x_shares[0], y_shares[1])]
    loop = np.array(corners) * (view.width_px, view.height_px)
    outline = outline_of(inside_loop(atlas.skin, view, loop), OutlineKind.LASSO)
    return field(
        1, ONE, PackedPoints(), Pattern.ZONE, outline=outline, punctures=9, zone_ml=Decimal(1)
    )


def test_a_drawn_zone_is_told_with_all_the_regions_that_it_lies_in():
    zone = drawn_zone("front", (0.3, 0.7), (0.5, 0.6))
    keys = regions_in(load_atlas("female"), zone.outline)
    assert len(keys) > 4
    place = written("en", [zone]).lines[0].text.partition(":")[0].split(" + ")
    names = [named([key], "en")[0] for key in keys]
    assert [each.removesuffix(" (both sides)") for each in place] == names
    assert "Left front thigh, upper" in place


@pytest.mark.parametrize(
    ("x_shares", "where"), [((0.5, 0.55), "left"), ((0.45, 0.5), "right"), ((0.45, 0.55), "both")]
)
def test_a_drawn_zone_of_the_belly_says_its_side(x_shares, where):
    zone = drawn_zone("front", x_shares, (0.36, 0.38))
    text = written("en", [zone]).lines[0].text
    said = "both sides" if where == "both" else where
    assert re.match(rf"(Upper abdomen|Around the navel) \({said}\)", text), text


def test_what_was_not_told_says_so():
    zone = field(1, GONE, PackedPoints(), Pattern.ZONE)
    text = written("en", [zone]).lines[0].text
    assert text == (
        "Place not recorded: zone, number of punctures not told, papule (wheal), 2 mm deep, "
        "volume not told (a syringe that was put away)"
    )


def test_a_syringe_without_actives_says_so():
    water = TextSyringe(ONE, 1, "", mixture(("4", ())))
    assert (
        "0.05 mL; no active recorded"
        in written("en", [field(1, ONE, points(THIGH, 50))], [water]).text
    )


def test_the_clinics_own_name_of_an_active_stands_in_every_language():
    own = TextSyringe(ONE, 1, "", mixture(("1", (active("caffeine", "CafBase Forte", "10"),))))
    assert (
        "0,5 mg de CafBase Forte" in written("fr", [field(1, ONE, points(THIGH, 50))], [own]).text
    )


@pytest.mark.parametrize(
    ("wasted", "left", "end"),
    [
        ("0.5", "0.5", "drawn 4.0 mL = injected 3.0 mL + wasted 0.5 mL + left 0.5 mL"),
        ("1", None, "drawn 4.0 mL = injected 3.0 mL + wasted 1.0 mL + left 0.0 mL"),
        ("0.9", None, "drawn 4.0 mL; injected 3.0 mL, wasted 0.9 mL, left not told"),
        ("0.5", "0.25", "left 0.25 mL + not accounted for 0.25 mL"),
        ("0.5", "1.5", "left 1.5 mL, which is 1.0 mL too much"),
    ],
)
def test_the_balance_of_a_syringe_is_an_equation_only_where_it_holds(wasted, left, end):
    left_ml = None if left is None else Decimal(left)
    syringe = TextSyringe(ONE, 1, "", CAFFEINE, Decimal(wasted), left_ml)
    balance = written("en", [field(1, ONE, points(THIGH, *[50] * 60), Pattern.SQUARE)], [syringe])
    assert balance.syringes[0].endswith(end)
    equation = "too much" not in end and "not told" not in end
    assert ("drawn 4.0 mL =" in balance.syringes[0]) is equation


def test_an_empty_chart_says_so():
    text = written("en", [], [FULL]).text
    assert text == (
        "Syringe 1 (Caffeine mix): drawn 4.0 mL = injected 0.0 mL + wasted 0.5 mL + left 0.5 mL "
        "+ not accounted for 3.0 mL\nNothing is charted."
    )


VOLUMES = st.lists(st.integers(1, 20_000), min_size=1, max_size=6)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from([ONE, TWO, GONE]),
        st.sampled_from([THIGH, OTHER_THIGH, FLANK, ABDOMEN]),
        st.sampled_from([Pattern.SINGLE, Pattern.STAGGERED, Pattern.ZONE]),
        VOLUMES,
        st.integers(1, 60_000),
    ),
    max_size=12,
)


def drawn_field(number, drawn):
    syringe_id, region, pattern, volumes, depth_um = drawn
    if pattern is Pattern.ZONE:
        volume = Decimal(sum(volumes)).scaleb(-3)
        return field(number, syringe_id, PackedPoints(), pattern, zone_ml=volume, punctures=9)
    kept = volumes[:1] if pattern is Pattern.SINGLE else volumes
    return field(number, syringe_id, points(region, *kept, depth_um=depth_um), pattern)


@settings(max_examples=60)
@given(FIELDS, st.sampled_from(LANGUAGES))
def test_the_volumes_read_from_the_lines_add_up_to_the_chart(drawn, language):
    fields = [drawn_field(at + 1, each) for at, each in enumerate(drawn)]
    text = written(language, fields)
    by_id = {each.id: each for each in fields}
    whole = totals(by_id, load_atlas("female"), {ONE: CAFFEINE, TWO: THIRDS}).whole
    # The last volume of a line is its total: doses of single points stand before it.
    read = [re.findall(r"([\d.,]+) mL", line.text)[-1].replace(",", ".") for line in text.lines]
    assert sum(map(Decimal, read), Decimal(0)) == whole.volume_ml
    assert [Decimal(each) for each in read] == [line.volume_ml for line in text.lines]
    assert sum(line.points for line in text.lines) == whole.points
    assert sum(line.punctures for line in text.lines) == whole.punctures


def test_every_word_is_used_and_keeps_what_is_filled_in_in_every_language():
    folder = Path(source.__file__).parent
    code = "".join(
        (folder / name).read_text("utf-8") for name in ("chart_text.py", "chart_words.py")
    )
    for key, text in load_chart_words().items():
        stem = key.removesuffix("_one").removesuffix("_other").removesuffix("_spaced")
        assert f'"{stem}"' in code or stem in {*Pattern, *Side}, f"{key} is not used"
        filled = {tuple(sorted(re.findall(r"{\w+}", text.get(each)))) for each in LANGUAGES}
        assert len(filled) == 1, key


def test_a_language_left_out_is_refused(altered):
    path = altered("chart_text.toml", 'zone.it = "zona"\n')
    with pytest.raises(ClinicalDataError, match="zone"):
        load_chart_words(path)
