"""Requests as core's options, and analyses as the contract's message."""

from typing import Final

from google.protobuf.duration_pb2 import Duration

from analyzer.core import analysis as core
from analyzer.core.encoding import png_labels, png_mask, png_shares
from analyzer.core.errors import NotFetched
from analyzer.core.picture import Options
from analyzer.rpc import enums
from analyzer.rpc.packing import packed
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, composition_pb2, light_pb2, space_pb2, subjects_pb2
from animatize.type.v1 import geometry_pb2, image_pb2, measure_pb2, stage_pb2

_DEFAULT_PX: Final = 512


def options(message: analyzer_pb2.AnalysisOptions) -> Options:
    """How the analysis is to be made."""
    return Options(
        working_px=message.working_size_px or _DEFAULT_PX,
        maps=frozenset(enums.MAP.stated(kind) for kind in message.maps),
        measure_stability=message.measure_stability,
    )


def content(image: image_pb2.Image) -> bytes:
    """The still's file. Raises NotFetched when it is given by an address or a handle."""
    source = image.WhichOneof("source")
    if source != "content":
        raise NotFetched(field=f"image.{source}")
    return image.content


def analysis_message(found: core.SceneAnalysis) -> analysis_pb2.SceneAnalysis:
    """The contract's message of an analysis, its maps as PNG files."""
    message = analysis_pb2.SceneAnalysis(
        pixel_digest=found.pixel_digest,
        pipeline_version=found.pipeline_version,
        image=facts_message(found.image),
        working_size=geometry_pb2.PixelSize(width_px=found.width_px, height_px=found.height_px),
        information=packed(found.information, measure_pb2.Measure),
        light=packed(found.light, light_pb2.Light),
        palette=[packed(one, light_pb2.Swatch) for one in found.palette],
        lines=packed(found.lines, space_pb2.Lines),
        depth=packed(found.depth, space_pb2.Depth),
        focus=packed(found.focus, light_pb2.Focus),
        regions=[packed(one, space_pb2.Region) for one in found.regions],
        subjects=[packed(one, subjects_pb2.Subject) for one in found.subjects],
        faces=[packed(one, subjects_pb2.Face) for one in found.faces],
        composition=packed(found.composition, composition_pb2.Composition),
        shot=packed(found.shot, composition_pb2.Shot),
        scene=packed(found.scene, composition_pb2.Scene),
        maps=_maps(found.maps, found.depth.quality),
        stages=[_report(one) for one in found.stages],
        models=[packed(one, analysis_pb2.ModelUse) for one in found.models],
        people=[packed(one, subjects_pb2.PersonFind) for one in found.people],
    )
    if found.horizon is not None:
        message.horizon.CopyFrom(packed(found.horizon, space_pb2.Horizon))
    if found.vanishing_point is not None:
        message.vanishing_point.CopyFrom(packed(found.vanishing_point, space_pb2.VanishingPoint))
    if found.stability is not None:
        message.stability.CopyFrom(_stability(found.stability))
    return message


def _stability(found: core.Stability) -> analysis_pb2.Stability:
    return analysis_pb2.Stability(
        under_crop=packed(found.under_crop, measure_pb2.Measure),
        under_gamma=packed(found.under_gamma, measure_pb2.Measure),
        under_compression=packed(found.under_compression, measure_pb2.Measure),
        under_flip=packed(found.under_flip, measure_pb2.Measure),
        variants=[
            analysis_pb2.StabilityVariant(change=enums.CHANGE.wire(one.change), analysis=analysis_message(one.analysis))
            for one in found.variants
        ],
    )


def facts_message(facts: core.ImageFacts) -> image_pb2.ImageFacts:
    """The still as a file."""
    return image_pb2.ImageFacts(
        format=enums.FORMAT[facts.format],
        size=geometry_pb2.PixelSize(width_px=facts.width_px, height_px=facts.height_px),
        exif_orientation=facts.exif_orientation,
        bits_per_channel=facts.bits_per_channel,
        frames=facts.frames,
        sha256=facts.sha256,
    )


def _report(report: core.StageReport) -> stage_pb2.StageReport:
    duration = Duration()
    duration.FromNanoseconds(round(report.duration_s * 1e9))
    return stage_pb2.StageReport(stage=report.stage, duration=duration, abstained_because=report.abstained_because)


def _maps(maps: core.SceneMaps, depth_quality: float) -> analysis_pb2.SceneMaps:
    message = analysis_pb2.SceneMaps()
    if maps.depth is not None:
        # 16 bits: a renderer sees the steps of 8 as terraces.
        _map(message.depth, maps.depth.shape, png_shares(maps.depth, bits=16), depth_quality, bits=16)
    if maps.saliency is not None:
        _map(message.saliency, maps.saliency.shape, png_shares(maps.saliency, bits=8), maps.saliency_quality)
    if maps.regions is not None:
        _map(message.regions, maps.regions.shape, png_labels(maps.regions), maps.regions_quality)
    if maps.foreground is not None:
        _map(message.foreground, maps.foreground.shape, png_mask(maps.foreground), depth_quality)
    return message


def _map(message: measure_pb2.Map, shape: tuple[int, ...], data: bytes, quality: float, *, bits: int = 8) -> None:
    message.height, message.width = shape
    message.encoding = measure_pb2.MAP_ENCODING_PNG_GRAY16 if bits == 16 else measure_pb2.MAP_ENCODING_PNG_GRAY8
    message.data = data
    message.quality = quality
