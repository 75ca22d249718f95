"""The words of which a participant is given two, « cerise tambour » or “garden rocket”, to come back to a class.

They are read on a screen, copied on paper and typed again by nine-year-olds. So each list holds things that one can
draw, with one plain spelling: no accent, no hyphen, 4 to 9 letters. Two words of a list are at least three letters
apart, so that a slip of the finger never makes another word, and none sounds like another. Two are drawn together, for
one person: nothing mocks or shames, alone or in a pair, hence no first name, no part of the body, no weapon, no
religion, and no food or animal that serves as an insult.
"""

from __future__ import annotations

_FRENCH = """
abeille affiche aimant ananas arbre arrosoir assiette avion ballon banjo bateau billet biscuit boussole branche brique
brosse cabane cactus cahier caillou canari cartable carte cascade cerise chapeau chemin cheval cirque citron colibri
couette couloir coussin cravate crayon cube dauphin dessin enveloppe escalier feuille ficelle flocon fourmi framboise
gaufre gomme grange grenier grillon guitare hamac hibou horloge iceberg igloo jardin journal kiwi koala lampe lettre
libellule maison marelle miel miroir montagne montre moulin noisette nuage oreiller palmier pantalon papaye papillon
parapluie photo piano pinceau pirogue plafond plume poney puzzle pyjama racine radio raquette renard rideau robot
rocher route ruban ruisseau sable sandale sapin satellite sentier sirop soleil statue stylo sucre tableau tablier
tambour tasse ticket tigre torrent toupie tracteur train triangle trompette tulipe vague valise village voilier volcan
wagon
"""

_ENGLISH = """
acorn anchor apricot attic backpack balloon bamboo battery bicycle blanket blueberry branch bridge butterfly button
cabin cactus camera candle carpet chair chimney cloud comet compass cottage crayon curtain cushion daffodil dolphin
dragonfly drum envelope feather fence firefly folder garage garden guitar hedgehog helmet iceberg igloo island kayak
kettle keyboard koala ladder lamp lantern leaf library magnet mango meadow mirror mitten mountain museum notebook
octopus orange otter painting pancake paper parrot pebble pencil piano picture pillow pond popcorn postcard printer
puzzle rabbit raincoat ribbon robot rocket ruler sailboat sandal sandwich satellite scarf scooter seahorse shell
slipper snowman sofa spider spoon stadium starfish statue submarine suitcase sunflower swan sweater table teapot
telescope tent thunder tiger tomato tractor truck trumpet tulip tunnel umbrella valley violin volcano wagon waterfall
windmill window zebra
"""

WORDS: dict[str, tuple[str, ...]] = {"fr": tuple(_FRENCH.split()), "en": tuple(_ENGLISH.split())}
"""128 words a language, in alphabetical order: two of them are one of 16,384 pairs (:mod:`kit.classroom.codes`)."""
