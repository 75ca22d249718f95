"""Photographs that people bring to be shown or generated from: read as any picture, refused if a face is found."""

from __future__ import annotations

from kit.errors import BadImage
from kit.images.faces import find_faces
from kit.images.intake import MAX_SIDE, Intake, read_image, shown_name


def admit(data: bytes, name: str, *, max_side: int = MAX_SIDE) -> Intake:
    """:func:`~kit.images.intake.read_image`, and no face in it. For a light worker: imports skimage.

    Raises :class:`kit.errors.BadImage` for a picture that shows a face, and as these two do.
    """
    taken = read_image(data, name, max_side=max_side)
    if find_faces(taken.pixels):
        raise BadImage(
            "“{name}” seems to show a face. Choose an object or a place: no face is generated.", name=shown_name(name)
        )
    return taken
