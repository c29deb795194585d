"""Where an outline lies on the body, told by one place."""

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.outlines import area_of, arrays
from mesodesk.domain.bodymap.view import SurfacePoint


def middle_of(atlas: Atlas, outline: Outline) -> SurfacePoint:
    """Return a place in the middle of the skin that an outline holds, or of a line.

    Raises:
        KeyError: if it names a region that the atlas does not have.
        ValueError: if it holds nothing.
    """
    if outline.regions:
        return atlas.middle_among(atlas.triangles_of(outline.regions))
    places = [place for ring in outline.rings for place in ring]
    triangles = arrays(places)[0]
    if outline.kind is not OutlineKind.LINE:
        covered = area_of(atlas, outline).covered
        triangles = covered if len(covered) else triangles
    if not len(triangles):
        raise ValueError("the outline holds no skin")
    return atlas.middle_among(triangles)
