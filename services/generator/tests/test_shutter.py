"""Motion blur: which frames get it, and that it is the mean of what the shutter sees."""

import numpy as np
import pytest

from film.movement import Movement
from generator.core.camera import Easing
from generator.core.order import Preset
from generator.core.profile import Profile
from generator.core.render.path import About, Path
from generator.core.render.shutter import MOST_MOMENTS, OPEN, Exposure, exposures


def profile(**changes: object) -> Profile:
    form = {"width_px": 1280, "height_px": 720, "fps": 24, "frames": 96, "loop": False, "preset": Preset.FAST}
    return Profile(**{**form, **changes})


def path(movement: Movement, amplitude: float, *, easing: Easing = Easing.LINEAR, sway_rad: float = 0.0) -> Path:
    return Path(
        movement=movement,
        amplitude=amplitude,
        about=About(w=0.6),
        easing=easing,
        sway_rad=sway_rad,
        duration_s=4.0,
        seed=1,
    )


def shutter(made: Path, form: Profile | None = None, **known: object) -> tuple[tuple[float, ...], ...]:
    form = form or profile()
    return exposures(made, form.times(), form, **known)


@pytest.mark.parametrize(
    ("movement", "amplitude"), [(Movement.PAN_LEFT, 0.12), (Movement.DOLLY_IN, 0.28), (Movement.STATIC, 0.0)]
)
def test_calm_movements_stay_sharp(movement, amplitude):
    assert shutter(path(movement, amplitude)) == tuple((time,) for time in profile().times())


def test_a_pan_at_twelve_pixels_a_frame_is_exposed_for_half_of_each_frames_time():
    """0.9 rad in 95 steps are 12 px a step in the middle of a frame of 1280."""
    frames = shutter(path(Movement.PAN_LEFT, 0.9))
    step = 1 / 95
    middle = frames[48]

    assert len(middle) >= 3
    spread = (middle[-1] - middle[0]) * len(middle) / (len(middle) - 1)
    assert spread == pytest.approx(OPEN * step, rel=0.01)
    assert np.mean(middle) == pytest.approx(profile().times()[48])


def test_only_the_fast_frames_of_a_whip_are_exposed_longer_and_the_fastest_the_most():
    counts = [len(moments) for moments in shutter(path(Movement.WHIP_PAN_LEFT, 0.2, easing=Easing.SMOOTH))]

    assert counts[0] == counts[30] == counts[-1] == 1
    assert 4 <= sum(count > 1 for count in counts) <= 9
    assert max(counts) == max(counts[46:50]) > 8


def test_moments_are_few_and_lie_in_the_clip():
    for made in (path(Movement.CRASH_ZOOM_IN, 2.0), path(Movement.PAN_LEFT, 60.0), path(Movement.TRUCK_LEFT, 20.0)):
        frames = shutter(made)
        assert max(len(moments) for moments in frames) <= MOST_MOMENTS
        assert min(min(moments) for moments in frames) >= 0.0
        assert max(max(moments) for moments in frames) <= 1.0


def test_a_wider_frame_smears_by_the_same_share_of_its_width():
    small = shutter(path(Movement.PAN_LEFT, 0.9), profile(width_px=640, height_px=360))

    assert small == shutter(path(Movement.PAN_LEFT, 0.9))


def test_the_zoom_that_hides_the_border_makes_content_faster():
    calm, zoomed = (shutter(path(Movement.PAN_LEFT, 0.5), cover=cover) for cover in (1.0, 1.25))

    assert sum(map(len, calm)) < sum(map(len, zoomed))


def test_near_content_counts():
    far, near = (shutter(path(Movement.TRUCK_LEFT, 0.6), w=w) for w in ((0.2, 0.3), (0.2, 1.0)))

    assert sum(map(len, far)) < sum(map(len, near))


def test_the_shutter_of_a_loop_is_open_across_the_seam():
    """A quarter of the hand's way is made in a frame, at the seam as elsewhere."""
    form = profile(loop=True, frames=8)
    frames = exposures(path(Movement.HANDHELD, 0.3), form.times(), form)

    assert len(frames[0]) > 2
    assert 0.0 < min(frames[0]) < 0.1
    assert 0.9 < max(frames[0]) < 1.0


def test_speed_that_grows_brings_blur_in_gently():
    """From one amplitude to the next the open time never leaps: no frame of a slow start stands out."""
    spans = []
    for amplitude in np.linspace(0.3, 1.2, 60):
        moments = shutter(path(Movement.PAN_LEFT, float(amplitude)))[48]
        spans.append((moments[-1] - moments[0]) * 95)

    assert max(np.diff(spans)) < 0.2
    assert spans[0] == 0
    assert spans[-1] > 0.35


def test_an_exposure_is_the_mean_to_rounding_and_starts_anew():
    source = np.random.default_rng(4)
    pictures = source.integers(0, 256, (7, 30, 20), dtype=np.uint8)
    exposure = Exposure((30, 20))
    made = np.empty((30, 20), np.uint8)
    for _ in range(2):
        for picture in pictures:
            exposure.add(picture)
        exposure.take(made)
        assert np.abs(made - pictures.astype(float).mean(axis=0)).max() <= 0.5 + 1e-9


def test_the_same_path_is_exposed_the_same_way():
    made = path(Movement.HANDHELD, 0.05, sway_rad=0.05)

    assert shutter(made) == shutter(made)
