"""The line work of a certificate: braided borders, rosettes, waves, as SVG paths of flat strokes.

Pure geometry in millimetres. No gradients: some viewers leave out gradient strokes of SVG.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

Point = tuple[float, float]
Curve = Callable[[float], Point]

PAGE = (297.0, 210.0)
GOLD, PALE_GOLD, RED, DEEP_RED = "#a8781f", "#d9bd7c", "#a9252b", "#8f1219"
WATERMARK = "#f0e2bd"


def spot(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def curve_path(curve: Curve, start: float, end: float, pieces: int, closed: bool = False) -> str:
    """A smooth curve as cubic pieces whose handles follow its derivative (taken numerically)."""
    step = (end - start) / pieces
    tiny = step / 1000
    points = [curve(start + step * place) for place in range(pieces + 1)]
    slopes = [_slope(curve, start + step * place, tiny) for place in range(pieces + 1)]
    parts = [f"M{_pair(points[0])}"]
    for (a, da), (b, db) in zip(
        zip(points, slopes, strict=True),
        list(zip(points, slopes, strict=True))[1:],
        strict=False,
    ):
        first = (a[0] + da[0] * step / 3, a[1] + da[1] * step / 3)
        second = (b[0] - db[0] * step / 3, b[1] - db[1] * step / 3)
        parts.append(f"C{_pair(first)} {_pair(second)} {_pair(b)}")
    return "".join(parts) + ("Z" if closed else "")


def _slope(curve: Curve, at: float, tiny: float) -> Point:
    before, after = curve(at - tiny), curve(at + tiny)
    return ((after[0] - before[0]) / (2 * tiny), (after[1] - before[1]) / (2 * tiny))


def _pair(point: Point) -> str:
    return f"{spot(point[0])} {spot(point[1])}"


def stroked(path: str, colour: str, thickness: float) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{spot(thickness)}"/>'


def frame(inset: float, colour: str, thickness: float, page: Point = PAGE) -> str:
    across, down = page[0] - 2 * inset, page[1] - 2 * inset
    return (
        f'<rect x="{spot(inset)}" y="{spot(inset)}" width="{spot(across)}" height="{spot(down)}" '
        f'fill="none" stroke="{colour}" stroke-width="{spot(thickness)}"/>'
    )


def braid(length: float, periods: int, half: float) -> str:
    """A band along the x axis from 0 to length: two red strands, and gold ones woven between."""
    wave = 2 * pi * periods / length

    def strand(height: float, phase: float, harmonic: float = 0.0) -> Curve:
        return lambda x: (
            x,
            height * sin(wave * x + phase) + harmonic * sin(3 * wave * x + 3 * phase),
        )

    pieces = periods * 4
    gold = [strand(half, 2 * pi * turn / 6) for turn in range(6)]
    red = [strand(half * 0.62, pi * turn + pi / 2, half * 0.16) for turn in range(2)]
    drawn = [stroked(curve_path(curve, 0, length, pieces), GOLD, 0.14) for curve in gold]
    return "".join(
        [
            *drawn,
            *(stroked(curve_path(curve, 0, length, pieces * 2), RED, 0.2) for curve in red),
        ]
    )


def border(page: Point = PAGE) -> str:
    """Four braids between double frames; the corners are covered by rosettes."""
    middle, half = 15.0, 3.8
    across, down = page[0] - 2 * 24, page[1] - 2 * 24
    long, short = (braid(length, round(length / 8.2), half) for length in (across, down))
    rails = [
        (8.4, GOLD, 1.1),
        (9.9, PALE_GOLD, 0.3),
        (10.7, RED, 0.35),
        (19.3, RED, 0.35),
        (20.3, GOLD, 0.7),
        (23.6, PALE_GOLD, 0.25),
    ]
    placed = [
        f'<g transform="translate(24 {spot(middle)})">{long}</g>',
        f'<g transform="translate(24 {spot(page[1] - middle)})">{long}</g>',
        f'<g transform="translate({spot(middle)} 24) rotate(90)">{short}</g>',
        f'<g transform="translate({spot(page[0] - middle)} 24) rotate(90)">{short}</g>',
    ]
    return "".join(
        [
            *(frame(*rail, page) for rail in rails),
            *placed,
            *(_corner(x, y) for x in (15.0, page[0] - 15.0) for y in (15.0, page[1] - 15.0)),
        ]
    )


def _corner(x: float, y: float) -> str:
    return (
        f'<g transform="translate({spot(x)} {spot(y)})"><circle r="10.4" fill="#fffaf0" stroke="{GOLD}" stroke-width="1.1"/>'
        f'<circle r="9.4" fill="none" stroke="{RED}" stroke-width=".3"/>{rosette(8.9, 5.2, 24, GOLD, 0.16)}'
        f"{rosette(5.6, 2.0, 12, RED, 0.2)}{petals(2.3, 8)}</g>"
    )


def rosette(outer: float, inner: float, lobes: int, colour: str, thickness: float) -> str:
    """Two turned copies of a circle whose radius swings `lobes` times, and their mirror: a woven ring."""
    middle, swing = (outer + inner) / 2, (outer - inner) / 2

    def ring(phase: float) -> Curve:
        def at(angle: float) -> Point:
            radius = middle + swing * sin(lobes * angle / 2 + phase)
            return (radius * cos(angle), radius * sin(angle))

        return at

    turns = 2 if lobes % 2 else 1
    phases = (0.0, pi / 2, pi, 3 * pi / 2)
    return "".join(
        stroked(
            curve_path(ring(phase), 0, 2 * pi * turns, lobes * 2 * turns, closed=True),
            colour,
            thickness,
        )
        for phase in phases
    )


def petals(radius: float, count: int) -> str:
    """A small solid flower: the heart of a corner."""
    leaf = f"M0 0C{spot(radius * 0.35)} {spot(-radius * 0.35)} {spot(radius * 0.3)} {spot(-radius * 0.8)} 0 {spot(-radius)}"
    leaf += f"C{spot(-radius * 0.3)} {spot(-radius * 0.8)} {spot(-radius * 0.35)} {spot(-radius * 0.35)} 0 0Z"
    turned = (f'<path d="{leaf}" transform="rotate({spot(360 * place / count)})"/>' for place in range(count))
    return f'<g fill="{DEEP_RED}">{"".join(turned)}</g><circle r=".55" fill="#fffaf0"/>'


def watermark(x: float, y: float) -> str:
    """The large pale rose behind the text: looped rings of rising size, one weave."""
    rings = ((56.0, 30.0, 36, 0.22), (40.0, 18.0, 24, 0.22), (24.0, 8.0, 16, 0.22))
    drawn = "".join(rosette(outer, inner, lobes, WATERMARK, thick) for outer, inner, lobes, thick in rings)
    return f'<g transform="translate({spot(x)} {spot(y)})">{drawn}</g>'


def waves(left: float, right: float, bottom: float) -> str:
    """Sea waves along the foot, for a city on the gulf: rows of half circles in one another, paler upwards."""
    colours, radius = ("#ead6a4", "#f0e1b9", "#f5ebcd"), (right - left) / 34
    rows = []
    for row, colour in reversed(list(enumerate(colours))):
        odd = row % 2
        centres = [left + radius * (1 - odd + 2 * place) for place in range(17 + odd)]
        rows += [_scallop(centre, bottom - row * radius * 0.62, radius, colour) for centre in centres]
    edge = f'<clipPath id="foot"><rect x="{spot(left)}" y="100" width="{spot(right - left)}" height="{spot(bottom - 100)}"/></clipPath>'
    return f'{edge}<g clip-path="url(#foot)">{"".join(rows)}</g>'


def _scallop(x: float, y: float, radius: float, colour: str) -> str:
    arcs = []
    for share in (1.0, 0.74, 0.48, 0.22):
        r = spot(radius * share)
        fill = "#fffaee" if share == 1.0 else "none"
        path = f"M{spot(x - radius * share)} {spot(y)}A{r} {r} 0 0 1 {spot(x + radius * share)} {spot(y)}"
        arcs.append(f'<path d="{path}" fill="{fill}" stroke="{colour}" stroke-width=".28"/>')
    return "".join(arcs)


def divider(x: float, y: float, half: float) -> str:
    """The rule under the title: two hair lines and three diamonds."""
    lines = "".join(
        f'<path d="M{spot(x + side * 6)} {spot(y)}H{spot(x + side * half)}" stroke="{PALE_GOLD}" stroke-width=".35"/>'
        for side in (-1, 1)
    )
    return lines + "".join(
        _diamond(x + shift, y, size) for shift, size in ((-3.6, 0.7), (0, 1.4), (3.6, 0.7))
    )


def _diamond(x: float, y: float, size: float) -> str:
    return f'<path d="M{spot(x - size)} {spot(y)}L{spot(x)} {spot(y - size)}L{spot(x + size)} {spot(y)}L{spot(x)} {spot(y + size)}Z" fill="{RED}"/>'


def slim_border(page: Point) -> str:
    """Two rails and a small rosette in each corner: the frame of a letter."""
    rails = ((12.0, GOLD, 0.8), (13.6, PALE_GOLD, 0.3), (15.2, RED, 0.3))
    corners = [
        f'<g transform="translate({spot(x)} {spot(y)})"><circle r="5.4" fill="#fffdf8"/>'
        f"{rosette(5.2, 2.6, 16, GOLD, 0.14)}{petals(1.6, 8)}</g>"
        for x in (13.6, page[0] - 13.6)
        for y in (13.6, page[1] - 13.6)
    ]
    return "".join([*(frame(*rail, page) for rail in rails), *corners])


def plate(page: Point) -> str:
    """The frame of a metal plate: a deep rim, a fine line, a screw in each corner."""
    rim = "".join(
        frame(inset, colour, thickness, page)
        for inset, colour, thickness in (
            (6.0, "#6d4a12", 1.6),
            (8.2, "#f7e3a6", 0.5),
            (17.0, "#8a5f19", 0.7),
            (18.4, "#8a5f19", 0.25),
        )
    )
    screws = "".join(
        f'<g transform="translate({spot(x)} {spot(y)})"><circle r="3" fill="#b98a2f" stroke="#6d4a12" stroke-width=".5"/>'
        f'<circle r="2" fill="#e9cf8b"/><path d="M-1.6 -0.9L1.6 0.9" stroke="#6d4a12" stroke-width=".6"/></g>'
        for x in (12.6, page[0] - 12.6)
        for y in (12.6, page[1] - 12.6)
    )
    return rim + screws
