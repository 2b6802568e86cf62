"""A face is what two detectors agree on, where skin is, with the relief of a face; people are weak evidence."""

import cv2
import numpy as np
import pytest

from analyzer.adapters.hog_people import HogPeople, PeopleMissing
from analyzer.core.faces import find_faces
from analyzer.core.frame import frame_of
from analyzer.core.people import find_people
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from analyzer.core.ports import FaceFind, PersonSight

from .stills import Quiet, analysed, detectors, eye, flat, photograph, png, seaside

MEDIA_WITHOUT_PEOPLE = ["china", "flower"]


class Sees:
    """Detectors that see a face over the middle of whatever they are shown, those that are told to."""

    def __init__(self, *seeing, part=0.6, shift=0.0):
        self._seeing = seeing
        self._part = part
        self._shift = shift
        self.asked = []

    def find(self, grey, *, least_px, most_px):
        self.asked.append((grey.shape, least_px, most_px))
        height, width = grey.shape
        side = self._part * min(height, width)
        finds = []
        for at, sees in enumerate(self._seeing):
            left = (width - side) / 2 + at * self._shift * side
            finds.append([FaceFind(left, (height - side) / 2, side, side, 6.0)] if sees else [])
        return finds


def head(*, colour=(140, 170, 225), eyes=True):
    """A round head with eyes, nose and mouth on a blue ground."""
    scene = np.full((320, 480, 3), (150, 90, 40), np.uint8)
    cv2.ellipse(scene, (240, 160), (62, 80), 0, 0, 360, colour, -1)
    dark = tuple(int(one * 0.35) for one in colour)
    if eyes:
        for x in (212, 268):
            cv2.ellipse(scene, (x, 142), (14, 8), 0, 0, 360, dark, -1)
        cv2.line(scene, (240, 150), (236, 178), dark, 4)
        cv2.ellipse(scene, (240, 204), (22, 7), 0, 0, 360, dark, -1)
    return cv2.GaussianBlur(scene, (0, 0), 1.5)


def test_a_face_that_both_detectors_see_is_one():
    faces, because = find_faces(frame_of(head()), Sees(True, True))

    assert because == ""
    (face,) = faces
    assert face.box.centre.x == pytest.approx(0.5, abs=0.05)
    assert face.quality > 0.5


@pytest.mark.parametrize("seeing", [(True, False), (False, True), (True, True, False)])
def test_a_face_that_one_detector_sees_is_none(seeing):
    assert find_faces(frame_of(head()), Sees(*seeing))[0] == ()


def test_detectors_that_see_it_in_different_places_do_not_agree():
    assert find_faces(frame_of(head()), Sees(True, True, shift=0.6))[0] == ()


def test_a_flat_patch_of_skin_is_no_face():
    assert find_faces(frame_of(head(eyes=False)), Sees(True, True, part=0.3))[0] == ()


def test_eyes_lighter_than_cheeks_are_no_eyes():
    negative = head(colour=(60, 75, 100))
    cv2.ellipse(negative, (240, 142), (50, 12), 0, 0, 360, (190, 210, 250), -1)

    sure = find_faces(frame_of(head()), Sees(True, True))[0][0].quality

    assert all(face.quality < 0.5 * sure for face in find_faces(frame_of(negative), Sees(True, True))[0])


def test_without_the_colour_of_skin_no_face_is_looked_for():
    eyes = Sees(True, True)

    faces, because = find_faces(frame_of(seaside()[:, 200:].copy()), eyes)

    assert faces == ()
    assert "skin" in because
    assert eyes.asked == []


def test_in_black_and_white_faces_are_looked_for_everywhere_and_trusted_less():
    grey = cv2.cvtColor(cv2.cvtColor(head(), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    eyes = Sees(True, True, part=0.45)

    (face,) = find_faces(frame_of(grey), eyes)[0]

    assert eyes.asked[0][0] == (320, 480)
    assert face.quality <= 0.7


def test_a_face_is_found_in_colour_in_grey_and_in_the_dark():
    photo = photograph("astronaut")
    grey = cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    dark = (photo * 0.55).astype(np.uint8)

    for still in (photo, grey, dark):
        (face,) = analysed(still).faces
        assert face.box.centre.x == pytest.approx(0.44, abs=0.03)


@pytest.mark.parametrize("name", MEDIA_WITHOUT_PEOPLE)
def test_a_photograph_without_people_has_no_face(name):
    assert analysed(photograph(name)).faces == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_wall_of_the_colour_of_skin_has_no_face(seed):
    rng = np.random.default_rng(seed)
    wall = np.array([140, 170, 215]) + rng.normal(0, 1, (30, 45, 1)) * 25
    wall = cv2.resize(np.clip(wall, 0, 255).astype(np.uint8), (480, 320), interpolation=cv2.INTER_CUBIC)

    assert find_faces(frame_of(wall), detectors())[0] == ()


def test_small_and_large_faces_are_looked_for_at_their_own_size():
    near, far = Sees(False, False), Sees(False, False)
    photo = head()
    small = np.full_like(photo, (150, 90, 40))
    small[100:180, 180:300] = cv2.resize(photo, (120, 80), interpolation=cv2.INTER_AREA)

    find_faces(frame_of(photo), near)
    find_faces(frame_of(small), far)

    assert near.asked[0][1] > far.asked[0][1]
    assert near.asked[0][0] > far.asked[0][0]


class Crowd:
    """A detector of people that sees what it is told to."""

    def __init__(self, *sights):
        self._sights = sights

    def find(self, _grey):
        return list(self._sights)


def test_people_are_weak_evidence():
    frame = frame_of(flat())

    people, because = find_people(frame, Crowd(PersonSight(50, 40, 60, 120, 9.0), PersonSight(200, 20, 90, 200, 0.6)))

    assert because == ""
    assert [one.quality for one in people] == [0.25, 0.5]
    assert people[0].box.area > people[1].box.area


@pytest.mark.parametrize("sight", [PersonSight(50, 40, 60, 120, -0.2), PersonSight(0, 0, 400, 300, 2.0)])
def test_what_is_faint_or_fills_the_frame_is_nobody(sight):
    people, because = find_people(frame_of(flat()), Crowd(sight))

    assert people == ()
    assert because


def test_people_are_looked_for_only_when_a_detector_is_given():
    analyzer = Analyzer(detectors(), eye(), people=Crowd(PersonSight(100, 60, 60, 160, 0.6)))
    file = png(photograph("china"))

    found = analyzer.measure(analyzer.decode(file, Options(), Quiet()), Options(), Quiet())

    assert len(found.people) == 1
    assert "people" in [report.stage for report in found.stages]
    assert analysed(file).people == ()
    assert "people" not in [report.stage for report in analysed(file).stages]


def standing(*, height=160, light=200, dark=50):
    """The outline of a person, 60 pixels from the top, in the middle of the frame."""
    scene = np.full((400, 300), light, np.uint8)
    unit, x, y = height / 8, 150, 60
    cv2.ellipse(scene, (x, int(y + 0.5 * unit)), (int(0.38 * unit), int(0.5 * unit)), 0, 0, 360, dark, -1)
    trunk = [[x - unit, y + 1.3 * unit], [x + unit, y + 1.3 * unit], [x + 0.75 * unit, y + 4 * unit]]
    cv2.fillPoly(scene, [np.array([*trunk, [x - 0.75 * unit, y + 4 * unit]], np.int32)], dark)
    for side in (-1, 1):
        for (near, top), (far, foot), wide in (((0.95, 1.5), (1.2, 4.2), 0.4), ((0.4, 3.9), (0.5, 7.8), 0.6)):
            ends = [(int(x + side * off * unit), int(y + down * unit)) for off, down in ((near, top), (far, foot))]
            cv2.line(scene, *ends, dark, max(2, int(wide * unit)))
    return cv2.GaussianBlur(scene, (0, 0), 2)


@pytest.mark.parametrize(("light", "dark"), [(200, 50), (60, 190)])
def test_the_detector_that_opencv_brings_sees_a_standing_figure_where_it_stands(light, dark):
    (sight,) = HogPeople().find(standing(light=light, dark=dark))

    assert sight.left + sight.width / 2 == pytest.approx(150, abs=15)
    assert sight.top == pytest.approx(60, abs=12)
    assert sight.height == pytest.approx(160, abs=30)


def test_an_empty_wall_has_no_standing_figure():
    assert HogPeople().find(np.full((300, 400), 128, np.uint8)) == []


def test_an_opencv_without_the_detector_is_named(monkeypatch):
    monkeypatch.delattr(cv2, "HOGDescriptor")

    with pytest.raises(PeopleMissing, match="OpenCV"):
        HogPeople()
