"""Trained models: loaded from real files, asked about real pixels, and refused with a sentence when they do not fit."""

import hashlib
import http.server
import threading
from functools import partial

import numpy as np
import pytest

pytest.importorskip("onnx")

from analyzer.adapters.onnx_models import (
    ModelUnusable,
    OnnxDepth,
    OnnxDetection,
    OnnxSegmentation,
    Scaling,
    Session,
    Source,
    fetched,
)
from analyzer.adapters.onnx_models.depth import Meaning
from analyzer.core.analysis import ModelTask, RegionKind, SubjectKind
from analyzer.core.models import Detection, ModelFailed, ModelFile, Models, consult
from film.geometry import Box

from . import onnx_files

DARK_LEFT = np.repeat(np.linspace(0, 255, 96).astype(np.uint8)[None, :, None], 3, axis=2).repeat(48, axis=0)


def session(path, *, scaling=Scaling.UNIT, size_px=64):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Session(path, ModelFile("small", digest), shown="small", scaling=scaling, size_px=size_px, threads=1)


def source(place, sha256, folder, **changes):
    limits = {"max_bytes": 1 << 20, "timeout_s": 5.0} | changes
    return Source(place=str(place), sha256=sha256, folder=folder, **limits)


@pytest.mark.parametrize("free", [False, True])
def test_a_depth_model_tells_depth_at_the_stills_size(tmp_path, free):
    onnx_files.depth(tmp_path / "depth.onnx", free=free)
    model = OnnxDepth(session(tmp_path / "depth.onnx"), Meaning.DISPARITY)

    plane = model.disparity(DARK_LEFT)

    assert plane.shape == (48, 96)
    assert np.all(np.diff(plane[20]) >= -1e-3)
    assert plane[20, -1] - plane[20, 0] == pytest.approx(1, abs=0.05)


def test_distances_become_disparities(tmp_path):
    onnx_files.depth(tmp_path / "depth.onnx")

    plane = OnnxDepth(session(tmp_path / "depth.onnx"), Meaning.DISTANCE).disparity(DARK_LEFT)

    assert plane[20, 5] > plane[20, 90]


def test_a_model_that_sees_one_depth_everywhere_is_told_and_not_used(tmp_path):
    onnx_files.depth(tmp_path / "depth.onnx", flat=True)
    model = OnnxDepth(session(tmp_path / "depth.onnx"), Meaning.DISPARITY)

    told = consult(Models(depth=model), DARK_LEFT)

    assert told.disparity is None
    assert [(use.task, bool(use.unused_because)) for use in told.uses] == [(ModelTask.DEPTH, True)]


@pytest.mark.parametrize("form", ["rows", "raw", "named"])
def test_a_detector_of_any_known_form_finds_the_same(tmp_path, form):
    # A still of 96 x 48 lies in the middle of 64 x 64, two thirds as large, 16 rows from the top.
    person, dog, doubt = (0, 16, 32, 48, 0.9, 0), (48, 32, 64, 48, 0.8, 16), (0, 0, 9, 9, 0.1, 2)
    onnx_files.detector(tmp_path / "detector.onnx", [person, dog, doubt], form=form)

    found = OnnxDetection(session(tmp_path / "detector.onnx")).find(DARK_LEFT)

    assert [one.kind for one in found] == [SubjectKind.PERSON, SubjectKind.ANIMAL]
    assert found[0].box == Box(0.0, 0.0, 0.5, 1.0)
    assert [one.score for one in found] == pytest.approx([0.9, 0.8])


def test_overlapping_finds_of_one_kind_are_one(tmp_path):
    twice = [(0, 16, 32, 48, 0.9, 0), (1, 16, 33, 48, 0.8, 0), (0, 16, 32, 48, 0.7, 17)]
    onnx_files.detector(tmp_path / "detector.onnx", twice, form="raw")

    found = OnnxDetection(session(tmp_path / "detector.onnx")).find(DARK_LEFT)

    assert [(one.kind, one.score) for one in found] == [
        (SubjectKind.PERSON, pytest.approx(0.9)),
        (SubjectKind.ANIMAL, pytest.approx(0.7)),
    ]


def test_a_detectors_own_names_count(tmp_path):
    onnx_files.detector(tmp_path / "d.onnx", [(0, 16, 64, 48, 0.9, 1)], names="{0: 'wall', 1: 'boat'}")

    found = OnnxDetection(session(tmp_path / "d.onnx")).find(DARK_LEFT)

    assert [one.kind for one in found] == [SubjectKind.VEHICLE]


@pytest.mark.parametrize("numbers", [False, True])
def test_a_segmenter_tells_materials(tmp_path, numbers):
    onnx_files.segmenter(tmp_path / "s.onnx", numbers=numbers)
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:20, :, 0], picture[20:, :, 1] = 255, 255

    told = OnnxSegmentation(session(tmp_path / "s.onnx")).materials(picture)

    assert set(told) == {RegionKind.SKY, RegionKind.VEGETATION}
    assert told[RegionKind.SKY][:25].min() > 0.99
    assert told[RegionKind.SKY][40:].max() < 0.01
    assert told[RegionKind.VEGETATION][40:].min() > 0.99


def test_a_segmenter_without_names_is_refused(tmp_path):
    onnx_files.segmenter(tmp_path / "s.onnx", names=None)

    with pytest.raises(ModelUnusable, match="names"):
        OnnxSegmentation(session(tmp_path / "s.onnx"))


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "no.onnx").write_bytes(b"no model at all")

    with pytest.raises(ModelUnusable, match="cannot load"):
        session(tmp_path / "no.onnx")


def test_a_file_with_another_digest_is_refused(tmp_path):
    digest = onnx_files.depth(tmp_path / "depth.onnx")
    path = fetched(source(tmp_path / "depth.onnx", digest.upper(), tmp_path))

    assert path == tmp_path / "depth.onnx"
    with pytest.raises(ModelUnusable, match="SHA-256"):
        fetched(source(tmp_path / "depth.onnx", "0" * 64, tmp_path))


@pytest.mark.parametrize(
    ("place", "why"),
    [("nowhere.onnx", "no such file"), ("http://127.0.0.1/m.onnx", "https"), ("s3://bucket/m.onnx", "address")],
)
def test_a_place_that_cannot_be_used_is_refused(tmp_path, place, why):
    with pytest.raises(ModelUnusable, match=why):
        fetched(source(place, "0" * 64, tmp_path))


@pytest.fixture
def https(tmp_path, monkeypatch):
    """A server with a certificate of its own that serves tmp_path/files; counts what it was asked for."""
    import ssl

    import trustme

    authority = trustme.CA()
    folder = tmp_path / "files"
    folder.mkdir()
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"https://user:secret@127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_model_from_an_address_is_fetched_once_and_held_to_its_digest(tmp_path, https):
    folder, address, asked = https
    digest = onnx_files.depth(folder / "depth.onnx")
    kept = tmp_path / "kept"

    first = fetched(source(f"{address}/depth.onnx", digest, kept))
    second = fetched(source(f"{address}/depth.onnx", digest, kept))

    assert first == second == kept / f"{digest}.onnx"
    assert asked == ["/depth.onnx"]
    with pytest.raises(ModelUnusable, match="SHA-256") as refused:
        fetched(source(f"{address}/depth.onnx", "0" * 64, kept))
    assert "secret" not in str(refused.value)
    with pytest.raises(ModelUnusable, match="404"):
        fetched(source(f"{address}/other.onnx", digest[::-1], kept))
    with pytest.raises(ModelUnusable, match="models_max_bytes"):
        fetched(source(f"{address}/depth.onnx", digest[::-1], kept, max_bytes=100))
    assert [path.name for path in kept.iterdir()] == [f"{digest}.onnx"]


def test_a_model_that_fails_costs_no_more_than_its_answer():
    class Broken:
        file = ModelFile("broken", "a" * 64)

        def find(self, pixels):
            raise ModelFailed("It stopped.")

    class Works:
        file = ModelFile("works", "b" * 64)

        def materials(self, pixels):
            return {RegionKind.SKY: np.ones((4, 4), np.float32)}

    models = Models(detection=Broken(), segmentation=Works())
    told = consult(models, DARK_LEFT)

    assert told.detections is None
    assert told.materials is not None
    assert [use.unused_because for use in told.uses] == ["It stopped.", ""]
    assert models.identity == "a" * 64 + "+" + "b" * 64


def test_a_detection_takes_the_place_of_the_area_it_covers():
    from analyzer.core.analysis import Subject, absent
    from analyzer.core.detections import with_detections
    from film.geometry import Point

    none = absent("Not told.")
    area = Subject(
        box=Box(0.2, 0.2, 0.2, 0.2), centre=Point(0.3, 0.3), prominence=0.4, compactness=none, heading=none,
        lead_room=none, nearness=none,
    )  # fmt: skip
    marks = np.zeros((20, 20), np.uint8)
    marks[4:8, 4:8] = 1
    saliency = np.full((20, 20), 0.5, np.float32)
    cat = Detection(SubjectKind.ANIMAL, Box(0.1, 0.1, 0.4, 0.4), 0.8)
    boat = Detection(SubjectKind.VEHICLE, Box(0.7, 0.7, 0.2, 0.2), 0.5)

    subjects, fresh = with_detections((area,), marks, [cat, boat], saliency)

    assert [one.kind for one in subjects] == [SubjectKind.ANIMAL, SubjectKind.VEHICLE]
    assert fresh[5, 5] == 1
    assert fresh[15, 15] == 2
