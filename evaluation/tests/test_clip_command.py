"""The command for clips: what it writes, what it refuses and how, and its gate."""

import json
import weakref
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation.clips import gate, own, spoiled
from evaluation.clips.__main__ import BAD_INPUT, main
from evaluation.clips.boxes import layout
from evaluation.clips.colour import bgr_of, difference, luma_of
from evaluation.clips.figures import Judged, figures
from evaluation.clips.frames import frames
from evaluation.clips.judge import Still, _Run, measure, open_still
from evaluation.clips.likeness import detail
from evaluation.clips.limits import FLICKER
from evaluation.clips.registration import NoPlace, Place, place_in
from evaluation.clips.source import read_facts
from evaluation.clips.verdict import Defect, verdict
from evaluation.seeing import gate as stored
from film.movement import Movement
from generator.core.order import ClipFormat

PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "photographs"
WHOLE = cv2.imdecode(np.fromfile(PHOTOGRAPHS / "colosseum.jpg", np.uint8), cv2.IMREAD_COLOR)
assert WHOLE is not None
PIXELS = cv2.resize(WHOLE, (420, 280), interpolation=cv2.INTER_AREA).astype(np.uint8)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("still") / "still.png"
    path.write_bytes(cv2.imencode(".png", PIXELS)[1].tobytes())
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = spoiled.panned(PIXELS, (256, 144), 14, step_px=2.5)
    dimmed = spoiled.gained(made, [0.95] * 14)
    return spoiled.write(
        tmp_path_factory.mktemp("clip") / "a clip.mp4", spoiled.gained(dimmed, spoiled.pulse(14, 0.04, 6))
    )


def test_a_clip_is_judged_into_a_table_a_report_a_file_and_a_sheet(
    still: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", "--still", str(still), "--out", str(tmp_path), str(clip)]) == 0
    told = capsys.readouterr().out
    assert "a clip.mp4  256x144  h264" in told
    assert "    flicker: amplitude 4" in told or "    flicker: amplitude 3" in told
    text = (tmp_path / "report.md").read_text()
    assert "| flicker |" in text
    assert FLICKER.reason in text
    (found,) = json.loads((tmp_path / "clips.json").read_text())["clips"]
    assert [one["name"] for one in found["defects"]] == ["flicker"]
    assert len(found["curves"]["quick_gain"]) == found["decoded_frames"] == 14
    sheet = cv2.imread(str(tmp_path / "01-a_clip.mp4.png"))
    assert sheet is not None
    assert sheet.shape[1] == 1600
    assert "](01-a_clip.mp4.png)" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.mp4", b"", "empty.mp4 is empty"),
        ("words.mp4", b"These are words and no clip at all.", "words.mp4 is no MP4, MOV, WebM or GIF clip"),
        ("head.mp4", b"\0\0\0\x18ftypisom" + bytes(40), "head.mp4 is damaged or cut off: its index cannot be read"),
        ("head.webm", b"\x1a\x45\xdf\xa3" + bytes(40), "head.webm is damaged or cut off: its index cannot be read"),
        (None, b"", "none.mp4 cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_in_one_sentence(
    still: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str | None, content: bytes, said: str
) -> None:
    path = tmp_path / (name or "none.mp4")
    if name:
        path.write_bytes(content)
    assert main(["judge", "--still", str(still), "--out", str(tmp_path / "out"), str(path)]) == BAD_INPUT
    told = capsys.readouterr()
    assert told.err.strip() == said
    assert told.out == ""


def test_a_still_that_cannot_be_read_is_refused(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "still.jpg"
    bad.write_bytes(b"no picture")
    assert main(["judge", "--still", str(bad), str(clip)]) == BAD_INPUT
    assert "still.jpg is no still that can be used" in capsys.readouterr().err


def test_a_huge_frame_is_refused_before_it_is_decoded(
    still: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoiled.write(tmp_path / "wide.mp4", [np.zeros((48, 4160, 3), np.uint8)], codec="mpeg4", options={})
    assert main(["judge", "--still", str(still), "--out", str(tmp_path), str(path)]) == BAD_INPUT
    assert "wide.mp4 has frames of 4,160 x 48 pixels" in capsys.readouterr().err


def test_the_other_clips_are_judged_when_one_is_refused(still: Path, clip: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert main(["judge", "--still", str(still), "--out", str(tmp_path), str(empty), str(clip)]) == BAD_INPUT
    plain = json.loads((tmp_path / "clips.json").read_text())
    assert len(plain["clips"]) == 1
    assert plain["refused"] == ["empty.mp4 is empty"]


def test_facts_are_those_of_the_file(clip: Path, tmp_path: Path) -> None:
    facts = read_facts(clip)
    assert (facts.width_px, facts.height_px, facts.codec, facts.pixel_format) == (256, 144, "h264", "yuv420p")
    assert (facts.colour_range, facts.matrix, facts.primaries) == ("limited", "BT.709", "BT.709")
    assert facts.actual_fps == pytest.approx(24)
    assert facts.duration_s == pytest.approx(14 / 24, abs=0.002)
    assert facts.bits_per_pixel == pytest.approx(facts.bit_rate / (256 * 144 * 24), rel=1e-3)
    assert facts.keyframes == (0,)
    assert not facts.index_first
    assert facts.audio == ""
    keyed = spoiled.write(
        tmp_path / "keyed.webm",
        spoiled.panned(PIXELS, (128, 72), 13, step_px=1),
        codec="libvpx-vp9",
        options={"g": "6", "deadline": "realtime", "cpu-used": "8"},
    )
    again = read_facts(keyed)
    assert again.keyframe_s == pytest.approx(0.25, abs=0.01)
    assert again.codec == "vp9"
    assert not layout(keyed).index_first


def test_frames_are_let_go_one_after_another(clip: Path) -> None:
    facts = read_facts(clip)
    run = _Run(facts, Still("still", PIXELS), "BT.709", camera=False)
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0
    for frame in frames(clip, facts, "BT.709"):
        alive.append(weakref.ref(frame.luma))
        run.add(frame)
        most = max(most, sum(one() is not None for one in alive))
    assert len(alive) == 14
    assert most <= 2


def test_differences_of_colours_are_those_of_the_published_pairs() -> None:
    # Sharma, Wu, Dalal (2005), table 1, pairs 1, 5, 9, 17, 25 and 34.
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.1848, -84.8006), (50, 0, -82.7485), 1.0000),
        ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, two, truth in pairs:
        assert float(difference(np.array(one), np.array(two))) == pytest.approx(truth, abs=1e-4)


@pytest.mark.parametrize("matrix", ["BT.601", "BT.709", "BT.2020"])
def test_grey_stays_grey_and_red_has_its_luma(matrix: str) -> None:
    grey = bgr_of(np.array([[[128, 0, 0]]], np.float32), matrix)
    assert grey.ravel() == pytest.approx([128 / 255] * 3, abs=1e-5)
    red = {"BT.601": 76, "BT.709": 54, "BT.2020": 67}[matrix]
    assert int(luma_of(np.array([[[0, 0, 255]]], np.uint8), matrix)[0, 0]) == red


def test_blur_is_told_in_pixels_whatever_its_size() -> None:
    luma = luma_of(PIXELS, "BT.709").astype(np.float32)
    everywhere, still = np.ones(luma.shape, bool), np.zeros((*luma.shape, 2), np.float32)
    for sigma in (0.5, 0.8, 1.2, 2.0):
        found = detail(cv2.GaussianBlur(luma, (0, 0), sigma).astype(np.float32), luma, everywhere, still)
        assert found is not None
        assert found.blur_px == pytest.approx(sigma, rel=0.25)
    # A shutter that smears along the way takes nothing that lies across it.
    smeared = cv2.blur(luma, (3, 1)).astype(np.float32)
    way = np.array([1, 0], np.float32)
    along, across = (detail(smeared, luma, everywhere, still + px * way) for px in (0, 3))
    assert along is not None
    assert across is not None
    assert along.median < 0.75 < across.median
    assert detail(smeared, luma, everywhere, still + 12 * way) is None


def test_a_place_is_found_to_a_tenth_of_a_pixel() -> None:
    luma = luma_of(PIXELS, "BT.709")
    matrix = np.array([[0.9, 0, 31.5], [0, 0.9, 22.25]])
    middles = matrix.copy()
    middles[:, 2] += 0.5 * matrix[:, :2].sum(axis=1) - 0.5
    frame = cv2.warpAffine(luma, middles, (320, 240), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP).astype(np.uint8)
    found = place_in(frame, luma)
    assert isinstance(found, Place)
    corners = np.array([[0, 320, 0, 320], [0, 0, 240, 240], [1, 1, 1, 1]])
    assert np.abs(found.matrix @ corners - matrix @ corners).max() < 0.1
    upside_down = place_in(np.ascontiguousarray(frame[::-1]), luma)
    assert isinstance(upside_down, NoPlace)
    assert upside_down.other


@pytest.mark.parametrize(
    ("movement", "form"),
    [(Movement.WHIP_PAN_LEFT, ClipFormat.WEBM_VP9)],
)
def test_a_quick_move_of_our_own_renderer_has_no_defect(movement: Movement, form: ClipFormat, tmp_path: Path) -> None:
    wanted = own.Wanted(str(PHOTOGRAPHS / "colosseum"), movement, form, seconds=1.0, short_side_px=240)
    path = own.make(wanted, tmp_path)
    found = measure(path, open_still(PHOTOGRAPHS / "colosseum.jpg"), camera=False)
    assert [one.name for one in verdict(found).defects] == []
    assert found.facts.index_first
    assert found.decoded == 24


def test_a_defect_of_our_own_falls_through_the_gate(clip: Path) -> None:
    measured = measure(clip, Still("still", PIXELS), camera=False)
    flawed = Judged(measured, verdict(measured), 0.1)
    calm = replace(measured.flicker, whole=measured.flicker.whole / 10)
    clean = Judged(replace(measured, flicker=calm), replace(flawed.verdict, defects=()), 0.1)
    baseline = json.loads(stored.stored(figures([clean]), seeds=1))
    assert gate.worse(figures([clean]), baseline) == []
    fallen = {one.name for one in gate.worse(figures([flawed]), baseline)}
    assert fallen == {"clips with a defect", "flicker, amplitude: worst", "flicker, amplitude: mean"}
    assert len(gate.worse([], baseline)) == len(baseline["figures"])


def test_every_defect_has_its_figure_and_its_reason(clip: Path) -> None:
    (defect,) = verdict(measure(clip, Still("still", PIXELS), camera=False)).defects
    assert isinstance(defect, Defect)
    assert defect.value > defect.limit
    assert defect.told.startswith("amplitude")
    assert defect.reason
