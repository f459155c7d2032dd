import re

from qzcompete.certificates.rules.seal import Glyph, seal, star


def _turns(drawn):
    return [float(angle) for angle in re.findall(r"rotate\((-?[\d.]+)\)", drawn)]


def test_the_name_lies_symmetrically_on_its_arc():
    turns = _turns(seal([Glyph("M0 0Z", 1.0)] * 9, []))

    assert turns == [-turn for turn in reversed(turns)]
    assert turns[0] == -88.0


def test_a_long_name_goes_round_no_further_than_260_degrees():
    turns = _turns(seal([Glyph("M0 0Z", 1.0)] * 24, []))

    assert (turns[0], turns[-1]) == (-130.0, 130.0)


def test_the_star_has_five_points_upright():
    assert star(10).startswith('<path d="M0 -10L')
    assert star(10).count("L") == 9
