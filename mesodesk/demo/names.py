"""Given names and surnames by language, from which made-up people are put together.

Everyday names only, joined at random: that a real person bears one of the results is chance.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NameStock:
    """The names of one language, the commonest first.

    `roots` and `endings` join into rarer surnames, so that a large clinic has a long tail of them.
    """

    language: str
    female: tuple[str, ...]
    male: tuple[str, ...]
    surnames: tuple[str, ...]
    roots: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    two_surnames: bool = False


def _list(text: str) -> tuple[str, ...]:
    """Split at commas: a double name such as "Anne Sophie" stays one entry."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


SPANISH = NameStock(
    "es",
    _list(
        "María, Carmen, Ana, Lucía, Laura, Marta, Elena, Paula, Cristina, Isabel, Raquel, Rocío,"
        "Inés, Beatriz, Nuria, Silvia, Noelia, Ángela, Belén, Mónica, Concepción, Begoña, Itziar,"
        "María José, María Ángeles, Ana Belén, Rosa María"
    ),
    _list(
        "José, Antonio, Manuel, Javier, David, Carlos, Jesús, Miguel, Alejandro, Rafael, Álvaro,"
        "Andrés, Íñigo, Joaquín, Ramón, Sebastián, Óscar, Rubén, José Luis, Juan Carlos, Iñaki"
    ),
    _list(
        "García, González, Rodríguez, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín,"
        "Jiménez, Ruiz, Hernández, Díaz, Moreno, Muñoz, Álvarez, Romero, Alonso, Gutiérrez,"
        "Navarro, Torres, Domínguez, Vázquez, Ramos, Gil, Ramírez, Serrano, Blanco, Molina,"
        "Suárez, Ortega, Delgado, Castro, Ortiz, Rubio, Marín, Sanz, Núñez, Iglesias, Medina,"
        "Garrido, Cortés, Castillo, Lozano, Guerrero, Cano, Prieto, Méndez, Calvo, Cruz,"
        "Vidal, León, Peña, Ibáñez, Etxeberria, Agirre, Puig, Ferrer, Núñez de la Vega,"
        "de la Fuente, del Río, San Martín"
    ),
    _list("Val, Mont, Cas, Rob, Oliv, Font, Cald, Bel, Quint, Sald, Alb, Carr, Mir, Pedr, Sot"),
    _list("edo, ares, era, eros, alba, anar, ales, illa, ellano, osa, erón, anilla, olaza, ardo"),
    two_surnames=True,
)

FRENCH = NameStock(
    "fr",
    _list(
        "Marie, Camille, Julie, Sophie, Léa, Chloé, Hélène, Élodie, Anaïs, Céline, Amélie, Zoé,"
        "Françoise, Renée, Maëlle, Noémie, Geneviève, Anne-Sophie, Marie-Claire, Marie-Thérèse"
    ),
    _list(
        "Jean, Pierre, Michel, Nicolas, Julien, Thomas, Étienne, François, Rémi, Jérôme, Loïc,"
        "Benoît, Gaël, Raphaël, Théo, Jean-Luc, Jean-Baptiste, Pierre-Yves"
    ),
    _list(
        "Martin, Bernard, Dubois, Thomas, Robert, Petit, Durand, Leroy, Moreau, Simon, Laurent,"
        "Lefèvre, Michel, Roux, Fournier, Girard, Bonnet, Mercier, Blanc, Guérin, Boyer, Garnier,"
        "Chevalier, François, Legrand, Gauthier, Perrin, Morin, Clément, Barbier, Brunet, Renaud,"
        "Aubert, Béranger, Le Gall, Le Goff, de la Tour, Dupré, L'Hermite, d'Aubrac, Boissière"
    ),
    _list("Beau, Mont, Roche, Clair, Val, Bel, Grand, Haute, Cham, Ville, Bour, Cour, Fon, Mar"),
    _list("fort, rivière, champ, court, lieu, pré, bois, gny, neuve, dieu, bonne, lac, tel, vigne"),
)

ITALIAN = NameStock(
    "it",
    _list(
        "Giulia, Francesca, Chiara, Sara, Martina, Valentina, Elisa, Alessia, Federica, Silvia,"
        "Ilaria, Lucia Maria, Annalisa, Maria Grazia, Maria Teresa, Anna Rita, Noemi, Ludovica"
    ),
    _list(
        "Marco, Alessandro, Andrea, Luca, Matteo, Lorenzo, Davide, Simone, Nicolò, Gabriele,"
        "Riccardo, Stefano, Gian Luca, Pier Paolo, Giosuè, Raffaele"
    ),
    _list(
        "Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Bruno,"
        "Gallo, Conti, De Luca, Costa, Giordano, Mancini, Rizzo, Lombardi, Moretti, Barbieri,"
        "Fontana, Santoro, Mariani, Rinaldi, Caruso, Ferrara, Galli, Martini, Leone, Longo,"
        "D'Angelo, Dell'Acqua, Di Stefano, Lo Presti, Niccolai, Forlì, Cantù"
    ),
    _list("Castel, Mont, Bell, Col, Guid, Tara, Gal, Pell, Sal, Bon, Mar, Vas, Cer, Ran, Bal"),
    _list("lini, ucci, azzo, eschi, igiani, oni, etti, andri, ato, essi, aldi, otti, erini, olfi"),
)

ENGLISH = NameStock(
    "en",
    _list(
        "Emma, Olivia, Sarah, Charlotte, Hannah, Lucy, Grace, Megan, Amy, Rachel, Zoë, Siobhán,"
        "Niamh, Rhiannon, Caitlín, Mary Ann, Mary-Kate, Bronwen, Chloë, Imogen"
    ),
    _list(
        "James, Oliver, Thomas, Daniel, Matthew, Luke, Adam, Callum, Seán, Owen, Rhys, Ciarán,"
        "Billy Joe, Jean-Paul, Tomás, Gareth"
    ),
    _list(
        "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Robinson, Wright, Evans,"
        "Walker, White, Roberts, Green, Hall, Wood, Jackson, Clarke, Patel, Hughes, Edwards,"
        "Turner, O'Brien, O'Neill, O'Connor, McCarthy, MacDonald, Fitzgerald, Smith-Jones, Ng,"
        "Nguyen, Okafor, Adeyemi, Kowalska, Łukasik, Dvořák, Horváth, Ilić, Sørensen, Ångström-Lee"
    ),
    _list("Ash, Bram, Carl, Den, Ever, Fair, Graf, Hart, Kings, Lang, Mel, North, Oak, Pres, Red"),
    _list("ton, ford, ley, worth, well, combe, field, wood, bury, brook, stead, hurst, wick, den"),
)

GERMAN = NameStock(
    "de",
    _list(
        "Anna, Lena, Julia, Katharina, Jana, Sabine, Jördis, Käthe, Müge, Ayşe, Heike, Bärbel,"
        "Anne-Kathrin, Eva-Maria, Ulrike, Zoe, İpek, Çiğdem"
    ),
    _list(
        "Lukas, Jonas, Felix, Maximilian, Jürgen, Jörg, Götz, Björn, Günter, Hans-Peter,"
        "Karl-Heinz, Emre, Mehmet, Sören, Andreas, Matthias"
    ),
    _list(
        "Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann,"
        "Schäfer, Koch, Bauer, Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun,"
        "Krüger, Hofmann, Lange, Krause, Köhler, Maier, Groß, Weiß, Jäger, Yılmaz, Öztürk, Çelik,"  # noqa: RUF001 (the Turkish letter)
        "von der Heide, Graf-Böhm, Müller-Ahrens, Strauß, Fuß"
    ),
    _list("Linden, Birken, Ober, Nieder, Alt, Neu, Stein, Eich, Rosen, Wald, Brück, Mühl, Hohen"),
    _list(
        "bauer, berger, meier, hofer, huber, müller, mann, stein, feld, kamp, wieser, egger, rath"
    ),
)

ARABIC = NameStock(
    "ar",
    _list("فاطمة, ليلى, مريم, نور, سلمى, هدى, أمينة, زينب"),
    _list("محمد, أحمد, يوسف, عمر, خالد, إبراهيم, سامي"),
    _list("الحداد, النجار, الخياط, القاسم, عبد الله, بن صالح, المنصوري, حمدان"),
)

HEBREW = NameStock(
    "he",
    _list("נועה, תמר, מיכל, שירה, יעל, רות, אביגיל"),
    _list("דוד, יוסף, איתן, אורי, נועם, משה"),
    _list("כהן, לוי, מזרחי, פרץ, ביטון, אזולאי, בן דוד"),
)

# How often each language is met, of 100 people.
STOCKS: tuple[tuple[NameStock, int], ...] = (
    (SPANISH, 44),
    (FRENCH, 14),
    (ITALIAN, 13),
    (ENGLISH, 13),
    (GERMAN, 11),
    (ARABIC, 3),
    (HEBREW, 2),
)
