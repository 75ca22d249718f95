"""Names for a team that are nobody's: an animal or a plant, and a colour or a place in the landscape.

Nothing in the lists is a first name, says anything of a body, a skin, a people or a gender, or is used to mock.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator

_MASCULINE = (
    "Écureuil Hérisson Lynx Chevreuil Dauphin Goéland Héron Pinson Rossignol Papillon Grillon Cygne Chamois Bouquetin "
    "Coquelicot Bleuet Tournesol Érable Tilleul Bouleau Châtaignier Genêt Trèfle Roseau"
)
_FEMININE = (
    "Loutre Hirondelle Mésange Libellule Coccinelle Alouette Abeille Luciole Fauvette Salamandre Martre Sittelle "
    "Fougère Lavande Menthe Primevère Jonquille Pivoine Verveine Aubépine Sauge Bruyère Campanule Airelle"
)
_ENGLISH = (
    "Squirrel Hedgehog Lynx Deer Dolphin Seagull Heron Finch Nightingale Butterfly Cricket Swan Chamois Ibex Otter "
    "Swallow Ladybird Skylark Bee Firefly Kestrel Salamander Nuthatch Dragonfly Cornflower Sunflower Maple Lime Birch "
    "Chestnut Clover Bulrush Lavender Mint Daffodil Peony Bilberry Hawthorn Bluebell"
)
_COLOURS = {
    "masculine": "bleu vert doré argenté cuivré azuré nacré turquoise indigo corail émeraude safran",
    "feminine": "bleue verte dorée argentée cuivrée azurée nacrée turquoise indigo corail émeraude safran",
    "english": "Blue Green Golden Silver Copper Azure Pearl Turquoise Indigo Coral",
}
_PLACES = (
    *("des dunes", "des prés", "du lac", "de la rivière", "des collines", "du vallon", "des falaises", "du rivage"),
    *("de la lande", "des sommets", "des îles", "du verger", "de la clairière", "des sources"),
)
_ENGLISH_PLACES = "Dune Meadow Lake River Hill Valley Cliff Shore Moor Summit Island Orchard Glade Forest"


def pseudonym(seed: int, lang: str, taken: Collection[str]) -> str:
    """A name in ``lang`` (``fr``: « Loutre des dunes », ``en``: “Dune Otter”) that is not among ``taken``.

    The same for the same arguments. No two of a team are the same animal or plant, as long as that is possible: those
    are what one remembers. Raises :class:`ValueError` if all of them, more than 900 a language, are taken.
    """
    names = list(_names(lang))
    random.Random(seed).shuffle(names)
    used = {name.casefold() for name in taken}
    free = [(being, name) for being, name in names if name.casefold() not in used]
    if not free:
        raise ValueError("every pseudonym is taken")
    met = {word for name in used for word in name.split()}
    return next((name for being, name in free if being.casefold() not in met), free[0][1])


def _names(lang: str) -> Iterator[tuple[str, str]]:
    """Every animal or plant, with each name that it makes."""
    if lang == "en":
        qualities = [*_COLOURS["english"].split(), *_ENGLISH_PLACES.split()]
        yield from ((being, f"{quality} {being}") for being in _ENGLISH.split() for quality in qualities)
        return
    for beings, colours in ((_MASCULINE, _COLOURS["masculine"]), (_FEMININE, _COLOURS["feminine"])):
        qualities = [*colours.split(), *_PLACES]
        yield from ((being, f"{being} {quality}") for being in beings.split() for quality in qualities)
