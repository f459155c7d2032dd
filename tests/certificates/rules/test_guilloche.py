import re

from qzcompete.certificates.rules.guilloche import (
    border,
    curve_path,
    rosette,
    watermark,
    waves,
)


def test_a_curve_passes_through_its_points_and_ends_where_it_should():
    path = curve_path(lambda x: (x, x * x), 0, 2, 2)

    assert path == "M0 0C0.33 0 0.67 0.33 1 1C1.33 1.67 1.67 2.67 2 4"


def test_a_closed_rosette_ends_where_it_began():
    for path in re.findall(r' d="(M[^"]+)"', rosette(9, 5, 24, "#000", 0.1)):
        first = path[1:].split("C")[0]
        assert path.removesuffix("Z").endswith(first)


def test_the_artwork_has_no_gradient_and_no_transparency_because_viewers_lose_them():
    drawn = border() + watermark(100, 100) + waves(20, 270, 180)

    assert "gradient" not in drawn.lower()
    assert "opacity" not in drawn


def test_the_artwork_is_the_same_each_time():
    assert border() == border()
