"""What swings, and light that flickers."""

import cv2
import numpy as np
import pytest

from generator.core.order import EnvironmentMotion, Material

MOMENTS = np.linspace(0, 1, 64, endpoint=False)


def ways(place, made, window):
    """Sideways displacement of a window at each moment, in pixels, against the still."""
    still = place.canvas.y[window].astype(np.float32)
    hann = cv2.createHanningWindow(still.shape[::-1], cv2.CV_32F)
    return np.array(
        [
            cv2.phaseCorrelate(still - still.mean(), seen - seen.mean(), hann)[0][0]
            for seen in (place.painted(made, t).y[window].astype(np.float32) for t in MOMENTS)
        ]
    )


@pytest.mark.parametrize(
    ("motion", "name", "far", "held"),
    [
        (EnvironmentMotion.FOLIAGE, "vegetation", np.s_[130:190, 300:400], np.s_[320:356, 300:400]),
        (EnvironmentMotion.HAIR, "hair", np.s_[290:350, 300:400], np.s_[80:116, 300:400]),
        (EnvironmentMotion.CLOTH, "cloth", np.s_[290:350, 300:400], np.s_[80:116, 300:400]),
    ],
)
def test_what_is_far_from_its_base_swings_most(place, motion, name, far, held):
    made = place.make(motion, place.map(**{name: (0.2, 0.9)}), region=Material(name), intensity=1.0)

    assert np.ptp(ways(place, made, far)) > 2 * np.ptp(ways(place, made, held))
    assert np.ptp(ways(place, made, far)) > 1.0


def test_leaves_swing_as_often_as_asked(place):
    made = place.make(EnvironmentMotion.FOLIAGE, place.map(vegetation=(0.2, 0.9)), frequency_hz=1.0, intensity=1.0)

    swing = ways(place, made, np.s_[120:220, 280:400])

    assert np.argmax(np.abs(np.fft.rfft(swing - swing.mean()))) == 4


def test_treetops_reach_into_the_sky_and_not_into_a_wall(place):
    change = {
        above: np.abs(
            place.painted(
                place.make(
                    EnvironmentMotion.FOLIAGE, place.map(**{above: (0.0, 0.4), "vegetation": (0.4, 1.0)}), intensity=1.0
                ),
                0.3,
            ).y.astype(int)
            - place.canvas.y
        )[150:164].mean()
        for above in ("sky", "man_made")
    }

    assert change["sky"] > 1.3 * change["man_made"]


def test_light_over_a_material_flickers_there_alone(place):
    made = place.make(EnvironmentMotion.LIGHT, place.map(man_made=(0.4, 0.7)), region=Material.MAN_MADE, intensity=1.0)

    light = np.array([place.painted(made, t).y.mean(axis=1) for t in MOMENTS])

    assert np.ptp(light[:, 180:250].mean(axis=1)) > 2
    assert np.ptp(light[:, :120], axis=0).max() == 0


def test_light_over_the_frame_leaves_darkness_dark(place):
    made = place.make(EnvironmentMotion.LIGHT, None, intensity=1.0)

    dark, bright = (np.ptp([place.drawn(made, t, luma).y[0, 0] for t in MOMENTS]) for luma in (20, 180))

    assert dark <= 1
    assert bright >= 6
