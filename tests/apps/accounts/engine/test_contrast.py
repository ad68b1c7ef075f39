import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.engine.contrast import AA_TEXT, channels, contrast, darkened, luminance

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that passes AA on white (WebAIM's contrast checker)
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_known_contrasts(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_is_symmetric_and_between_one_and_twenty_one(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@given(COLOURS)
def test_a_darkened_colour_passes_and_is_never_lighter(colour):
    shade = darkened(colour)
    assert contrast(shade, "#ffffff") >= AA_TEXT
    assert luminance(shade) <= luminance(colour)
    assert all(now <= before for now, before in zip(channels(shade), channels(colour), strict=True))


@pytest.mark.parametrize("wrong", ["green", "#fff", "0f5c4a7", "#0f5c4z"])
def test_what_is_no_colour_is_refused(wrong):
    with pytest.raises(ValueError, match=r"colour|invalid literal"):
        channels(wrong)


def test_no_shade_reaches_the_ratio_against_black():
    with pytest.raises(ValueError, match="no shade"):
        darkened("#102030", against="#000000")
