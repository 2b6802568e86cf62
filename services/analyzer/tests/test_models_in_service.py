"""Trained models behind the service: what they change in an answer, and what happens when they cannot be used."""

import cv2
import grpc
import numpy as np
import pytest

pytest.importorskip("onnx")

from analyzer import bootstrap, settings
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc, space_pb2, subjects_pb2
from animatize.type.v1 import image_pb2
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry

from . import onnx_files
from .stills import photograph

PHOTO = photograph("flower")
PNG = cv2.imencode(".png", PHOTO)[1].tobytes()
MIRRORED = cv2.imencode(".png", np.ascontiguousarray(PHOTO[:, ::-1]))[1].tobytes()


async def analysed(content, **fields):
    told = settings.Settings(port=0, drain_pause_s=0, grace_s=1, workers=2, **fields)
    async with (
        bootstrap.running(told, telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        request = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content))
        request.options.maps.append(analysis_pb2.MAP_KIND_DEPTH)
        return (await analyzer_pb2_grpc.AnalyzerServiceStub(channel).AnalyzeImage(request)).analysis


def depth_map(analysis):
    return cv2.imdecode(np.frombuffer(analysis.maps.depth.data, np.uint8), cv2.IMREAD_UNCHANGED)


async def test_a_depth_model_takes_the_place_of_the_cues(tmp_path):
    digest = onnx_files.depth(tmp_path / "bright_is_near.onnx")

    with_it = await analysed(PNG, depth_model=str(tmp_path / "bright_is_near.onnx"), depth_model_sha256=digest)

    assert list(with_it.depth.cues) == [space_pb2.DEPTH_CUE_MODEL]
    assert with_it.depth.model == "bright_is_near"
    assert [(use.task, use.sha256, use.unused_because) for use in with_it.models] == [
        (analysis_pb2.MODEL_TASK_DEPTH, digest, "")
    ]
    depth = depth_map(with_it).astype(float).ravel()
    height, width = depth_map(with_it).shape
    grey = cv2.resize(PHOTO.mean(axis=2), (width, height), interpolation=cv2.INTER_AREA).ravel()
    assert np.corrcoef(depth, grey)[0, 1] > 0.8


async def test_a_mirrored_still_gets_the_mirrored_answer_of_a_model_that_is_not_symmetric(tmp_path):
    # The model always finds its boat on the left; a mirrored still must have it on the other side all the same.
    digest = onnx_files.detector(tmp_path / "boat.onnx", [(4, 16, 24, 44, 0.9, 8)])
    model = {"detection_model": str(tmp_path / "boat.onnx"), "detection_model_sha256": digest}

    one, other = await analysed(PNG, **model), await analysed(MIRRORED, **model)

    boats = [subject for subject in one.subjects if subject.kind == subjects_pb2.SUBJECT_KIND_VEHICLE]
    mirrored = [subject for subject in other.subjects if subject.kind == subjects_pb2.SUBJECT_KIND_VEHICLE]
    assert boats
    assert boats[0].quality == pytest.approx(0.9, abs=1e-6)
    assert mirrored[0].box.left == pytest.approx(1 - boats[0].box.left - boats[0].box.width, abs=1e-9)


async def test_a_segmenters_materials_become_regions(tmp_path):
    digest = onnx_files.segmenter(tmp_path / "materials.onnx")
    half = np.zeros((360, 540, 3), np.uint8)
    half[:180], half[180:] = (240, 60, 40), (30, 200, 40)
    cv2.circle(half, (150, 250), 60, (20, 60, 30), cv2.FILLED)
    content = cv2.imencode(".png", half)[1].tobytes()

    analysis = await analysed(
        content, segmentation_model=str(tmp_path / "materials.onnx"), segmentation_model_sha256=digest
    )

    shares = {region.kind: region.share for region in analysis.regions}
    assert shares[space_pb2.REGION_KIND_SKY] == pytest.approx(0.5, abs=0.06)
    assert shares[space_pb2.REGION_KIND_VEGETATION] > 0.35


async def test_a_model_that_fails_is_told_and_the_built_in_cues_answer(tmp_path):
    digest = onnx_files.depth(tmp_path / "flat.onnx", flat=True)

    analysis = await analysed(PNG, depth_model=str(tmp_path / "flat.onnx"), depth_model_sha256=digest)

    assert space_pb2.DEPTH_CUE_MODEL not in analysis.depth.cues
    assert analysis.depth.quality > 0
    assert "same depth everywhere" in analysis.models[0].unused_because


async def test_a_model_that_is_not_the_one_meant_stops_the_start(tmp_path):
    onnx_files.depth(tmp_path / "depth.onnx")

    with pytest.raises(SettingsError, match="SHA-256"):
        await analysed(PNG, depth_model=str(tmp_path / "depth.onnx"), depth_model_sha256="0" * 64)


def test_a_model_without_a_digest_is_refused():
    with pytest.raises(ValueError, match="depth_model_sha256"):
        settings.Settings(depth_model="depth.onnx")
