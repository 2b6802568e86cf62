"""Pictures of no scene tell little, whatever they are made of; pictures of a scene tell much."""

import cv2
import numpy as np
import pytest

from analyzer.core.frame import frame_of
from analyzer.core.information import measure_information
from analyzer.core.segments import find_segments

from .stills import corridor, photograph, seaside

HEIGHT, WIDTH = 384, 512
FLOOR = 0.3
"""Below this nothing is predicted."""
SEEDS = range(4)


def told(pixels):
    frame = frame_of(np.ascontiguousarray(pixels))
    return measure_information(frame, find_segments(frame)).value


def bgr(plane):
    return np.repeat(np.clip(plane, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def field(rng, exponent):
    """A Gaussian field whose power falls with this exponent of frequency: 0 white, 1 pink, 2 as scenes have."""
    frequency = np.hypot(np.fft.fftfreq(HEIGHT)[:, None], np.fft.fftfreq(WIDTH)[None])
    frequency[0, 0] = 1.0
    spectrum = np.fft.fft2(rng.normal(size=(HEIGHT, WIDTH))) * frequency ** (-exponent / 2)
    spectrum[0, 0] = 0.0
    plane = np.fft.ifft2(spectrum).real
    return plane / plane.std()


def white(rng):
    return rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def faint(rng):
    return bgr(128 + rng.uniform(4, 20) * rng.normal(size=(HEIGHT, WIDTH)))


def pink(rng):
    return bgr(128 + 45 * field(rng, 1.0))


def cloud_like(rng):
    return bgr(128 + 45 * field(rng, rng.uniform(1.7, 2.4)))


def soft_cloud_like(rng):
    return bgr(128 + 45 * field(rng, 3.0))


def coloured(rng):
    planes = [128 + 45 * field(rng, rng.uniform(1.6, 2.6)) for _ in range(3)]
    return np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8)


def octaves(rng):
    plane = np.zeros((HEIGHT, WIDTH))
    for octave in range(int(rng.integers(2, 6))):
        side = 2 ** (octave + 2)
        grid = rng.random((side * 3 // 4 + 2, side + 2)).astype(np.float32)
        plane += cv2.resize(grid, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) / 2**octave
    return bgr(128 + 50 * (plane - plane.mean()) / plane.std())


def blurred(rng):
    plane = cv2.GaussianBlur(rng.normal(size=(HEIGHT, WIDTH, 3)), (0, 0), rng.uniform(1, 14))
    return np.clip(128 + 45 * plane / plane.std(), 0, 255).astype(np.uint8)


def compressed(rng):
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(8, 70))]
    return cv2.imdecode(cv2.imencode(".jpg", blurred(rng), quality)[1], cv2.IMREAD_COLOR)


def compressed_white(rng):
    return cv2.imdecode(cv2.imencode(".jpg", white(rng), [cv2.IMWRITE_JPEG_QUALITY, 20])[1], cv2.IMREAD_COLOR)


def salt_and_pepper(rng):
    plane, chance, share = np.full((HEIGHT, WIDTH), 128.0), rng.random((HEIGHT, WIDTH)), rng.uniform(0.02, 0.4)
    plane[chance < share], plane[chance > 1 - share] = 0, 255
    return bgr(plane)


def soft_salt_and_pepper(rng):
    return cv2.GaussianBlur(salt_and_pepper(rng), (0, 0), rng.uniform(0.8, 3))


def slope(rng):
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    plane = np.cos(angle) * x + np.sin(angle) * y
    shade = (plane - plane.min())[..., None] / np.ptp(plane)
    return np.clip(rng.uniform(0, 255, 3) + shade * rng.uniform(-255, 255, 3), 0, 255).astype(np.uint8)


def spot(rng):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    plane = np.hypot(x - rng.uniform(0, WIDTH), y - rng.uniform(0, HEIGHT))
    return np.clip(255 - plane[..., None] * rng.uniform(0.1, 0.6, 3), 0, 255).astype(np.uint8)


def stripes(rng):
    angle, period = rng.uniform(0, np.pi), rng.uniform(6, 110)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    wave = np.sin((np.cos(angle) * x + np.sin(angle) * y) * 2 * np.pi / period)
    return _two_colours(rng, np.sign(wave) if rng.random() < 0.5 else wave)


def checkers(rng):
    side = int(rng.integers(8, 80))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return _two_colours(rng, (x // side + y // side) % 2 * 2.0 - 1)


def tiles(rng):
    side = int(rng.integers(24, 110))
    tile = cv2.GaussianBlur(rng.integers(0, 256, (side, side, 3)).astype(np.uint8), (0, 0), 1.5)
    for _ in range(4):
        place, colour = tuple(rng.integers(0, side, 2).tolist()), rng.integers(0, 255, 3).tolist()
        cv2.circle(tile, place, int(rng.integers(3, side // 3)), colour, -1)
    grained = np.tile(tile, (HEIGHT // side + 1, WIDTH // side + 1, 1))[:HEIGHT, :WIDTH] + rng.normal(
        0, 6, (HEIGHT, WIDTH, 3)
    )
    return np.clip(grained, 0, 255).astype(np.uint8)


def marks(rng):
    """Short strokes everywhere: a texture."""
    scene = np.full((HEIGHT, WIDTH, 3), rng.integers(60, 200, 3), np.uint8)
    size = int(rng.integers(5, 18))
    for _ in range(int(HEIGHT * WIDTH / size**2 * 1.2)):
        x, y, angle = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)), rng.uniform(0, 2 * np.pi)
        end = (int(x + size * np.cos(angle)), int(y + size * np.sin(angle)))
        cv2.line(scene, (x, y), end, rng.integers(0, 255, 3).tolist(), 2)
    return scene


def swirl(rng):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / np.array([HEIGHT, WIDTH])[:, None, None]
    waves = [np.sin(rng.uniform(2, 9) * x + rng.uniform(2, 9) * y + 2 * np.sin(rng.uniform(2, 7) * y)) for _ in "123"]
    return _two_colours(rng, sum(waves) / 3)


def soft_discs(rng):
    scene = np.full((HEIGHT, WIDTH, 3), rng.integers(0, 255, 3), np.uint8)
    for _ in range(6):
        place = (int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)))
        cv2.circle(scene, place, int(rng.integers(40, 160)), rng.integers(0, 255, 3).tolist(), -1)
    return cv2.GaussianBlur(scene, (0, 0), rng.uniform(15, 40))


def _two_colours(rng, plane):
    one, other = rng.uniform(0, 255, (2, 3))
    return np.clip(one + (plane[..., None] + 1) / 2 * (other - one), 0, 255).astype(np.uint8)


NOISE = [
    white,
    faint,
    pink,
    cloud_like,
    soft_cloud_like,
    coloured,
    octaves,
    blurred,
    compressed,
    compressed_white,
    salt_and_pepper,
    soft_salt_and_pepper,
]
PATTERNS = [slope, spot, stripes, checkers, tiles, marks, swirl, soft_discs]


@pytest.mark.parametrize("family", NOISE, ids=lambda one: one.__name__)
def test_noise_of_any_kind_tells_nothing(family):
    assert max(told(family(np.random.default_rng(seed))) for seed in SEEDS) < 0.1


@pytest.mark.parametrize("family", PATTERNS, ids=lambda one: one.__name__)
def test_gradients_patterns_and_soft_shapes_tell_less_than_a_prediction_needs(family):
    assert max(told(family(np.random.default_rng(seed))) for seed in SEEDS) < FLOOR


def front(rng, columns, rows):
    """A wall with the same window again and again, from straight before it, under a bright sky."""
    scene = np.full((HEIGHT, WIDTH, 3), (235, 220, 200), np.float32)
    eaves, wide, high = HEIGHT // 5, WIDTH // columns, (HEIGHT - HEIGHT // 5) // rows
    scene[eaves:] = rng.uniform(100, 200, 3)
    scene[eaves : eaves + 5] *= 0.6
    for row in range(rows):
        for column in range(columns):
            top, left = eaves + row * high + high // 4, column * wide + wide // 4
            scene[top : top + high // 2, left : left + wide // 2] = (225, 230, 238)
            scene[top + 4 : top + high // 2 - 4, left + 4 : left + wide // 2 - 4] = (80, 62, 52)
    taken = cv2.GaussianBlur(scene, (0, 0), 0.7) + rng.normal(0, 2, scene.shape)
    return np.clip(taken, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("columns", "rows"), [(4, 2), (6, 3), (8, 4)])
def test_a_front_whose_windows_repeat_themselves_tells_much(columns, rows):
    assert min(told(front(np.random.default_rng(seed), columns, rows)) for seed in SEEDS) > 0.6


def foggy(photo):
    y = np.linspace(0.25, 0.8, photo.shape[0])[:, None, None]
    return (photo * y + 205 * (1 - y)).astype(np.uint8)


def at_night(photo):
    return (255 * (photo / 255.0) ** 1.4 * 0.45).astype(np.uint8)


def high_key(photo):
    return (255 * (photo / 255.0) ** 0.45).astype(np.uint8)


def grained(photo):
    return np.clip(photo + np.random.default_rng(3).normal(0, 10, (*photo.shape[:2], 1)), 0, 255).astype(np.uint8)


def squeezed(photo):
    return cv2.imdecode(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 25])[1], cv2.IMREAD_COLOR)


@pytest.mark.parametrize("change", [foggy, at_night, high_key, grained, squeezed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_a_photograph_tells_much_in_any_light_and_weather(name, change):
    assert told(change(photograph(name))) >= 0.6


@pytest.mark.parametrize("still", [seaside(), corridor()], ids=["seaside", "corridor"])
def test_a_drawn_scene_tells_much(still):
    assert told(still) >= 0.6


def test_a_small_still_is_judged_too():
    assert told(photograph("china")[100:140, 200:260]) >= 0.0
    assert told(white(np.random.default_rng(0))[:33, :40]) == 0.0


def test_information_does_not_depend_on_the_exposure():
    photo = photograph("china")

    assert told((photo * 0.7).astype(np.uint8)) == pytest.approx(told(photo), abs=0.1)
