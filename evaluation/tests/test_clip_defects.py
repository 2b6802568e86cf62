"""Clips from truth with a defect of known size: each is found, measured, and nothing else is."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from evaluation.clips import spoiled
from evaluation.clips.colour import difference, lab_of
from evaluation.clips.figures import Judged
from evaluation.clips.judge import Measured, Still, measure
from evaluation.clips.source import BadInput, read_facts
from evaluation.clips.spoiled import Clip
from evaluation.clips.verdict import Verdict, added_blur, verdict

PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "photographs"
SIZE = (256, 144)
COUNT = 24


@cache
def photograph(name: str) -> np.ndarray:
    whole = cv2.imread(str(PHOTOGRAPHS / f"{name}.jpg"))
    assert whole is not None
    return cv2.resize(whole, (420, 280), interpolation=cv2.INTER_AREA).astype(np.uint8)


STILL = Still("colosseum", photograph("colosseum"))


def clean(name: str = "colosseum") -> Clip:
    return spoiled.panned(photograph(name), SIZE, COUNT, step_px=2.5)


def names(found: Judged) -> list[str]:
    return [one.name for one in found.verdict.defects]


Judge = Callable[..., Judged]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def judged(frames: Clip, still: Still = STILL, *, camera: bool = False, **how: Any) -> Judged:
        found = measure(spoiled.write(tmp_path / "clip.mp4", frames, **how), still, camera=camera)
        return Judged(found, verdict(found), 0.0)

    return judged


def test_a_clean_clip_has_no_defect_and_its_place_in_the_still_is_known(judge: Judge) -> None:
    found = judge(clean(), camera=True)
    assert names(found) == []
    assert found.verdict.unjudged == ()
    first = found.measured.first
    assert first is not None
    assert first.psnr_db > 38
    assert first.changed == 0
    assert first.shown == pytest.approx(256 * 144 / (420 * 280), rel=0.01)
    assert found.measured.timing.new_fps == pytest.approx(24)
    assert found.measured.camera.movement in ("truck_right", "pan_right")


def test_a_picture_that_is_panned_fast_does_not_flicker(judge: Judge) -> None:
    # Half of this still is much darker than the other half: the mean of the frame runs up by a third.
    ramp = np.linspace(0.5, 1.2, 420, dtype=np.float32)[None, :, None]
    still = np.clip(photograph("colosseum") * ramp, 0, 255).astype(np.uint8)
    found = judge(spoiled.panned(still, SIZE, 16, step_px=10), Still("ramp", still))
    assert names(found) == []
    assert found.measured.flicker.amplitude < 0.003


def test_letters_on_white_that_come_nearer_do_not_flicker(judge: Judge) -> None:
    page = np.full((280, 420, 3), 254, np.uint8)
    for row, words in enumerate(
        ("Serving size: 1 bar", "Total fat 13 g", "Cholesterol 0 mg", "Sodium 20 mg", "Amount")
    ):
        cv2.putText(page, words, (20, 60 + 44 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 4, cv2.LINE_AA)
    frames = []
    for index in range(16):
        sides = 300 - 4 * index, 168.75 - 2.25 * index
        corners = np.array([[0, 0], [SIZE[0], 0], [0, SIZE[1]]], np.float32)
        seen = np.array([210, 140]) - np.array(sides) / 2
        there = (seen + corners / SIZE * np.array(sides)).astype(np.float32)
        matrix = cv2.getAffineTransform(there, corners)
        frames.append(cv2.warpAffine(page, matrix, SIZE, flags=cv2.INTER_LINEAR).astype(np.uint8))
    found = judge(frames, Still("page", page))
    assert names(found) == []
    assert found.measured.flicker.local_amplitude < 0.04


@pytest.mark.parametrize("step_px", [0.0, 2.5])
def test_light_that_pulses_is_flicker_and_is_measured(judge: Judge, step_px: float) -> None:
    frames = spoiled.panned(photograph("colosseum"), SIZE, COUNT, step_px=step_px)
    found = judge(spoiled.gained(spoiled.gained(frames, [0.95] * COUNT), spoiled.pulse(COUNT, 0.03, 6)))
    assert names(found) == ["flicker"]
    assert found.measured.flicker.amplitude == pytest.approx(0.03, abs=0.004)


def test_light_that_drifts_is_no_flicker(judge: Judge) -> None:
    found = judge(spoiled.gained(clean(), np.linspace(0.9, 1.0, COUNT).tolist()))
    assert "flicker" not in names(found)
    assert found.measured.flicker.gain[-1] == pytest.approx(1 / 0.9, rel=0.02)


def test_a_lamp_that_pulses_is_local_flicker(judge: Judge) -> None:
    dimmed = spoiled.gained(clean(), [0.97] * COUNT)
    found = judge(spoiled.gained_at(dimmed, spoiled.pulse(COUNT, 0.12, 5), (150, 80), 30))
    assert names(found) == ["local flicker"]
    assert found.measured.flicker.local_amplitude == pytest.approx(0.12, rel=0.35)
    assert found.measured.flicker.amplitude < 0.004


def test_blur_that_grows_is_measured_in_pixels(judge: Judge) -> None:
    found = judge(spoiled.blurred(clean(), 2.0))
    assert names(found) == ["softens"]
    added = added_blur(found.measured)
    assert added is not None
    # The last third of the clip has 1.3 to 2.0.
    assert added[0] == pytest.approx(1.65, abs=0.45)


def test_a_clip_that_is_soft_from_the_start_is_soft(judge: Judge) -> None:
    found = judge(spoiled.each(clean()[:8], lambda frame: cv2.GaussianBlur(frame, (0, 0), 2.0)))
    assert names(found) == ["soft"]
    first = found.measured.samples[0].detail
    assert first is not None
    assert first.blur_px == pytest.approx(2.0, abs=0.4)


def test_half_a_second_without_a_new_frame_is_a_freeze(judge: Judge) -> None:
    found = judge(spoiled.frozen(clean(), 6, 12))
    assert names(found) == ["freeze"]
    (defect,) = found.verdict.defects
    assert defect.value == pytest.approx(0.5, abs=0.05)
    assert defect.where == "frames 7 to 17"


def test_every_second_frame_doubled_shows_half_the_rate(judge: Judge) -> None:
    found = judge(spoiled.doubled(clean()))
    assert names(found) == ["doubled frames"]
    assert found.measured.timing.new_fps == pytest.approx(12, abs=0.5)


def test_a_movement_that_comes_to_rest_does_not_freeze(judge: Judge) -> None:
    still = photograph("colosseum")
    way = 60 * (1 - np.clip(1 - np.arange(COUNT) / 16, 0, 1) ** 3)
    found = judge([spoiled.panned(still[:, round(x) :], SIZE, 1, step_px=0)[0] for x in way])
    assert "freeze" not in names(found)


def test_black_frames_are_counted_and_spoil_nothing_else(judge: Judge) -> None:
    found = judge(spoiled.blackened(clean(), (10, 11)))
    assert names(found) == ["black frames"]
    assert found.measured.timing.black == (10, 11)


def test_a_night_is_not_black(judge: Judge) -> None:
    night = (photograph("colosseum") * 0.08).astype(np.uint8)
    frames = spoiled.panned(night, SIZE, 8, step_px=2.5)
    assert "black frames" not in names(judge(frames, Still("night", night)))


def test_a_crop_in_another_size_and_shape_is_no_defect(judge: Judge) -> None:
    frames = spoiled.each(clean(), lambda frame: cv2.resize(frame[10:130, 20:180], (320, 240)))
    found = judge(frames)
    assert names(found) == []
    first = found.measured.first
    assert first is not None
    assert first.scale == pytest.approx((0.5, 0.5), abs=0.003)
    assert any(note.startswith("crop") for note in found.verdict.notes)


def test_bars_around_another_shape_are_a_letterbox(judge: Judge) -> None:
    found = judge(
        spoiled.each(clean()[:10], lambda frame: cv2.copyMakeBorder(frame, 24, 24, 0, 0, cv2.BORDER_CONSTANT))
    )
    assert names(found) == []
    assert "letterbox: bars of 0 px at the sides, 24 px above and below" in found.verdict.notes


def test_a_bar_on_one_side_is_a_border(judge: Judge) -> None:
    def barred(frame: np.ndarray) -> np.ndarray:
        frame = frame.copy()
        frame[:, :8] = 0
        return frame

    found = judge(spoiled.each(clean()[:10], barred))
    assert names(found) == ["black border"]
    assert found.verdict.defects[0].value == pytest.approx(8 / 256, abs=0.005)
    assert found.verdict.defects[0].where == "left"


def test_turned_hues_are_other_colours(judge: Judge) -> None:
    frames = clean()[:6]
    other = spoiled.each(frames, lambda frame: spoiled.turned_hue(frame, 40))
    labs = [
        lab_of((cv2.resize(one, (128, 72), interpolation=cv2.INTER_AREA) / 255).astype(np.float32))
        for one in (frames[0], other[0])
    ]
    truth = float(np.median(difference(*labs)))
    found = judge(other)
    assert names(found) == ["other colours"]
    assert found.verdict.defects[0].value == pytest.approx(truth, abs=1.0)


def test_another_picture_is_told_from_one_that_cannot_be_judged(judge: Judge) -> None:
    other = judge(clean("lake")[:6])
    assert names(other) == ["another picture"]
    assert "fidelity to the still" in [one.what for one in other.verdict.unjudged]
    empty = judge([np.full((144, 256, 3), 90, np.uint8)] * 4)
    assert names(empty) == []
    assert "too little structure" in empty.verdict.unjudged[0].why


def test_a_thing_that_was_painted_in_is_changed_content(judge: Judge) -> None:
    disc = cv2.ellipse(np.zeros((144, 256), np.uint8), (128, 80), (36, 40), 0, 0, 360, 1, cv2.FILLED)
    chequers = (np.indices((144, 256)).sum(axis=0) // 12 % 2 * 120 + 60).astype(np.uint8)

    def painted(frame: np.ndarray) -> np.ndarray:
        return np.where(disc[..., None] > 0, chequers[..., None], frame)

    found = judge(spoiled.each(clean()[:8], painted))
    assert names(found)[0] == "changed content"
    assert found.verdict.defects[0].value == pytest.approx(np.pi * 36 * 40 / (256 * 144), rel=0.35)


def test_a_cut_and_a_dissolve_are_told_apart(judge: Judge) -> None:
    cut = judge([*clean()[:9], *clean("lake")[:9]])
    assert names(cut) == ["cut"]
    assert cut.measured.timing.cuts == (9,)
    dissolved = judge(spoiled.mixed(clean(), clean("lake"), 6, 12))
    assert "dissolve" in names(dissolved)
    assert "cut" not in names(dissolved)


def test_strong_compression_without_a_filter_shows_its_blocks(judge: Judge) -> None:
    found = judge(clean()[:12], codec="mpeg4", options=spoiled.BLOCKY)
    assert "blocks" in names(found)
    assert found.measured.facts.codec == "mpeg4"


def test_uneven_times_are_counted(judge: Judge) -> None:
    times = spoiled.uneven_times(COUNT, late_ms=14, every=7)
    found = judge(clean(), times_ms=times)
    assert names(found) == ["irregular times"]
    # Each late frame makes one step longer and the next one shorter; the last frame has no next.
    assert found.verdict.defects[0].value == 6
    assert found.measured.timing.longest_s == pytest.approx(0.056, abs=0.001)


def test_a_file_that_was_cut_off_is_cut_short_or_refused(judge: Judge, tmp_path: Path) -> None:
    whole = spoiled.write(tmp_path / "whole.mp4", clean(), index_first=True)
    assert read_facts(whole).index_first
    short = tmp_path / "short.mp4"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    found: Measured = measure(short, STILL, camera=False)
    said: Verdict = verdict(found)
    (defect,) = [one for one in said.defects if one.name == "cut short"]
    assert defect.value == COUNT - found.decoded
    assert 0 < found.decoded < COUNT
    late = spoiled.write(tmp_path / "late.mp4", clean()[:6])
    late.write_bytes(late.read_bytes()[:-200])
    with pytest.raises(BadInput, match="index cannot be read"):
        measure(late, STILL)


def test_a_clip_of_one_frame_is_judged_by_that_frame_alone(judge: Judge) -> None:
    found = judge(clean()[:1])
    assert names(found) == []
    assert found.measured.first is not None
    assert ("all that happens over time", "The clip has 1 frame.") in [
        (one.what, one.why) for one in found.verdict.unjudged
    ]
