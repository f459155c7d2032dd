"""The round seal of a committee: ring, star, its name on an arc, from glyph outlines that the caller brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

from qzcompete.certificates.rules.guilloche import spot

COLOUR = "#c8252c"


@dataclass(frozen=True)
class Glyph:
    """An outline with y downwards, drawn one unit to the em, standing on the base line from x = 0."""

    path: str
    advance: float


def star(radius: float) -> str:
    points = []
    for place in range(10):
        reach, angle = (
            radius if place % 2 == 0 else radius * 0.382,
            pi * place / 5 - pi / 2,
        )
        points.append(f"{spot(reach * cos(angle))} {spot(reach * sin(angle))}")
    return f'<path d="M{"L".join(points)}Z"/>'


def seal(name: Sequence[Glyph], foot: Sequence[Glyph], radius: float = 20.5) -> str:
    """Centred on 0,0. The arc grows with the name to at most 260 degrees; then the characters grow narrower."""
    ring = f'<circle r="{spot(radius)}" fill="none" stroke="{COLOUR}" stroke-width="1.1"/>'
    return f'{ring}<g fill="{COLOUR}">{star(radius * 0.3)}{_arc(name, radius)}{_line(foot, radius)}</g>'


def _arc(name: Sequence[Glyph], radius: float) -> str:
    size, base = radius * 0.225, radius * 0.7
    sweep = min(260.0, 22.0 * max(len(name) - 1, 0))
    step = sweep / max(len(name) - 1, 1)
    narrow = min(0.86, 0.86 * radians(step) * base / size)
    drawn = []
    for place, glyph in enumerate(name):
        angle = -sweep / 2 + step * place
        turn = f"rotate({spot(angle)}) translate(0 {spot(-base)}) scale({spot_fine(size * narrow)} {spot_fine(size)})"
        drawn.append(
            f'<path d="{glyph.path}" transform="{turn} translate({spot_fine(-glyph.advance / 2)} 0)"/>'
        )
    return "".join(drawn)


def _line(foot: Sequence[Glyph], radius: float) -> str:
    room = sum(glyph.advance for glyph in foot)
    size = radius * min(0.15, 0.75 / max(room, 1))
    left = -room * size / 2
    drawn = []
    for glyph in foot:
        turn = f"translate({spot_fine(left)} {spot_fine(radius * 0.66)}) scale({spot_fine(size)})"
        drawn.append(f'<path d="{glyph.path}" transform="{turn}"/>')
        left += glyph.advance * size
    return "".join(drawn)


def spot_fine(value: float) -> str:
    return f"{value:.4f}"
