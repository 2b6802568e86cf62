"""The drawing of what was seen, through a real server and a real channel, and piece by piece where that is plainer."""

import asyncio
import threading
import time
from dataclasses import replace
from functools import cache

import cv2
import grpc
import numpy as np
import pytest

from analyzer import bootstrap, settings
from analyzer.adapters.explain_drawing import ExplainDrawing, layout, lettering
from analyzer.adapters.explain_drawing.canvas import Canvas, Rect
from analyzer.adapters.explain_drawing.figures import account_of
from analyzer.adapters.explain_drawing.labels import Name, Names
from analyzer.core.analysis import (
    Face,
    Horizon,
    HorizonKind,
    ModelTask,
    ModelUse,
    PersonFind,
    Region,
    RegionKind,
    SceneMaps,
    UncertaintyEllipse,
    VanishingPoint,
    absent,
    measured,
)
from analyzer.core.errors import Cancelled
from analyzer.core.pipeline import Analyzer
from analyzer.rpc.drawings import Drawings
from analyzer.rpc.workbench import Workbench
from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.crew.threads import Threads
from chassis.errors import info, violations
from chassis.places import Places
from chassis.telemetry import Telemetry
from chassis.testing.servers import until
from chassis.workers import Workers
from film.geometry import Box, Point, Segment

from .stills import Quiet, analysed, ball, corridor, detectors, eye, flat, noise, photograph, png, seaside

JPEG = cv2.imencode(".jpg", photograph("flower"))[1].tobytes()


@pytest.fixture
async def stub():
    options = settings.Settings(port=0, drain_pause_s=0, grace_s=1, workers=2)
    async with (
        bootstrap.running(options, telemetry=Telemetry.off()) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield analyzer_pb2_grpc.AnalyzerServiceStub(channel)


def asking(content, *, size_px=0, **image):
    return analyzer_pb2.ExplainImageRequest(image=image_pb2.Image(content=content, **image), size_px=size_px)


def picture(content):
    """The pixels of a PNG file, (H, W, 3)."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


def drawn(pixels, analysis, *, size_px=900):
    return picture(ExplainDrawing().draw(pixels, analysis, size_px=size_px, watch=Quiet()))


def written(analysis):
    """All words and figures of a drawing."""
    account = account_of(analysis)
    rows = [f"{row.label} {row.text}" for section in account.sections for row in section.rows]
    return "\n".join([account.title, *account.facts, *rows, *account.missing])


async def test_a_photograph_gets_a_picture_of_what_was_seen_in_it(stub):
    answer = await stub.ExplainImage(asking(JPEG))

    assert max(picture(answer.png).shape[:2]) == 1280
    assert answer.analysis.subjects
    assert not answer.analysis.maps.HasField("depth")


async def test_the_analysis_is_the_one_that_an_analysis_gives(stub):
    explained = (await stub.ExplainImage(asking(JPEG))).analysis
    analyzed = (await stub.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=JPEG)))).analysis

    for one in (explained, analyzed):
        one.ClearField("stages")
    assert explained == analyzed


@pytest.mark.parametrize("size_px", [1, 64, 700, 2000])
async def test_the_longer_side_is_as_wanted(stub, size_px):
    answer = await stub.ExplainImage(asking(JPEG, size_px=size_px))

    assert max(picture(answer.png).shape[:2]) == size_px


async def test_the_same_still_gives_the_same_bytes(stub):
    first, second = await asyncio.gather(*(stub.ExplainImage(asking(JPEG)) for _ in range(2)))

    assert first.png == second.png


async def test_another_still_gives_another_picture(stub):
    mirror = cv2.imencode(".png", photograph("flower")[:, ::-1])[1].tobytes()
    first, second = [await stub.ExplainImage(asking(content)) for content in (JPEG, mirror)]

    assert first.png != second.png


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (asking(JPEG[: len(JPEG) // 2]), "STILL_REFUSED", "image.content"),
        (asking(b"no picture at all"), "STILL_REFUSED", "image.content"),
        (asking(JPEG, size_px=4097), "INVALID_REQUEST", "size_px"),
        (asking(JPEG, sha256="0" * 64), "DIGEST_MISMATCH", "image.sha256"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_its_field(stub, request_, reason, field):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.ExplainImage(request_)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert info(caught.value).reason == reason
    assert [violation.field for violation in violations(caught.value)] == [field]


async def test_an_address_is_not_fetched(stub):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.ExplainImage(
            analyzer_pb2.ExplainImageRequest(image=image_pb2.Image(uri="https://example.org/a.jpg"))
        )

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("stage", ["nothing before", "draw"])
def test_drawing_stops_when_nobody_wants_it(stage):
    analysis = analysed(seaside())
    watch = Quiet(cancel_at=stage)
    with watch.stage("nothing before"):
        pass

    if stage == "draw":
        assert ExplainDrawing().draw(seaside(), analysis, size_px=720, watch=watch)
    with pytest.raises(Cancelled):
        ExplainDrawing().draw(seaside(), analysis, size_px=720, watch=watch)


@pytest.mark.parametrize("still", [noise(3), flat()])
def test_noise_and_a_flat_picture_say_that_nothing_was_found(still):
    told = written(analysed(still))

    assert "The still has no honest horizon." in told
    assert "Nothing stands out from the rest." in told
    assert "outdoors" not in told.splitlines()[1]


def test_a_still_too_small_for_any_figure_says_so():
    analysis = analysed(flat(height=20, width=20))

    told = written(analysis)

    assert told.startswith("Nothing to tell")
    assert "smaller than 32 pixels" in told
    assert max(drawn(flat(height=20, width=20), analysis).shape) == 900


def test_an_absent_figure_is_a_dash_and_not_a_nought():
    analysis = analysed(seaside())
    light = replace(analysis.light, haze=absent("No far content."), backlight=measured(0.0, 1.0))

    rows = {row.label: row for section in account_of(replace(analysis, light=light)).sections for row in section.rows}

    assert (rows["haze"].share, rows["haze"].text) == (None, "")
    assert (rows["backlight"].share, rows["backlight"].text) == (0.0, "0.00")


def test_models_are_named_and_why_one_was_not_used():
    used = ModelUse(task=ModelTask.DEPTH, name="small depth", sha256="0" * 64)
    unused = ModelUse(task=ModelTask.DETECTION, name="finder", sha256="1" * 64, unused_because="it failed")

    told = written(replace(analysed(seaside()), models=(used, unused)))

    assert "models: small depth" in told
    assert "Finder was not used: it failed." in told


@pytest.mark.parametrize("doubt", [(0.5, "indoors or outdoors"), (0.9, "outdoors"), (0.1, "indoors")])
def test_what_is_in_doubt_is_not_claimed(doubt):
    analysis = analysed(seaside())
    scene = replace(analysis.scene, outdoor=measured(doubt[0], 0.5))

    assert doubt[1] in account_of(replace(analysis, scene=scene)).facts[0].split(" · ")


@cache
def everything_found():
    """An analysis with something of every kind that can be drawn over the still."""
    analysis = analysed(corridor())
    height, width = 40, 60
    labels = np.zeros((height, width), np.uint8)
    labels[:10], labels[30:] = 1, 2
    region = Region(kind=RegionKind.SKY, share=0.25, box=Box(0, 0, 1, 0.25), centre=Point(0.5, 0.12), quality=0.8)
    near = np.zeros((320, 480), np.uint8)
    near[200:, 100:300] = 1
    depth = np.tile(np.linspace(0, 1, 320, dtype=np.float32)[:, None], (1, 480))
    face = Face(box=Box(0.4, 0.3, 0.1, 0.15), quality=0.9, gaze=absent("Not told."))
    return replace(
        analysis,
        horizon=Horizon(y=0.4, tilt_deg=3.0, quality=0.8, kind=HorizonKind.WATER),
        vanishing_point=VanishingPoint(
            point=Point(0.5, 0.5),
            uncertainty=0.02,
            quality=0.9,
            support=0.8,
            ellipse=UncertaintyEllipse(semi_major=0.06, semi_minor=0.02, angle_deg=30.0),
        ),
        regions=(region, replace(region, kind=RegionKind.WATER, share=0.25)),
        faces=(face,),
        people=(PersonFind(box=Box(0.6, 0.2, 0.2, 0.7), quality=0.4),),
        maps=SceneMaps(
            depth=depth, saliency=labels.astype(np.float32), saliency_quality=0.5, regions=labels, foreground=near
        ),
    )


@pytest.mark.parametrize(
    "without",
    [
        {"horizon": None},
        {"vanishing_point": None},
        {"faces": ()},
        {"people": ()},
        {"regions": ()},
        {"palette": ()},
    ],
)
def test_everything_that_was_found_is_drawn(without):
    analysis = everything_found()

    whole, less = drawn(corridor(), analysis), drawn(corridor(), replace(analysis, **without))

    assert whole.shape != less.shape or np.any(whole != less)


@pytest.mark.parametrize("kind", ["depth", "saliency", "regions", "foreground"])
def test_every_map_is_shown(kind):
    analysis = everything_found()
    less = replace(analysis, maps=replace(analysis.maps, **{kind: None}))

    assert np.any(drawn(corridor(), analysis) != drawn(corridor(), less))


@pytest.mark.parametrize("place", [Point(1.4, 0.5), Point(-0.3, -0.2), Point(0.5, 1.3)])
def test_lines_that_meet_outside_point_there(place):
    analysis = everything_found()
    outside = VanishingPoint(point=place, uncertainty=0.02, quality=0.9, support=0.8)
    here = replace(outside, point=Point(0.5, 0.5))

    pictures = [drawn(corridor(), replace(analysis, vanishing_point=one)) for one in (outside, here)]

    assert np.any(pictures[0] != pictures[1])


@pytest.mark.parametrize("aspect", [0.05, 0.3, 0.66, 1.0, 1.5, 2.4, 5.0, 12.0])
def test_nothing_stands_over_another_thing_whatever_the_still_s_shape(aspect):
    account = account_of(everything_found())

    plan = layout.plan(max(1 / 12, aspect), account)

    sheet = Rect(0, 0, plan.width, plan.height)
    captioned = [Rect(one.left, one.top - 20, one.width, one.height + 20) for one in plan.panels]
    parts = [plan.still, plan.below, plan.figures, *captioned]
    assert all(part.within(sheet) for part in parts)
    assert [(one, other) for at, one in enumerate(parts) for other in parts[:at] if one.meets(other)] == []
    assert sorted(number for column in plan.columns for number in column) == list(range(len(account.sections)))


@pytest.mark.parametrize("shape", [(30, 400), (400, 30), (300, 300)])
def test_stills_of_every_shape_are_drawn(shape):
    still = noise(1, height=shape[0], width=shape[1])

    assert max(drawn(still, analysed(still)).shape[:2]) == 900


def test_names_never_stand_over_each_other():
    canvas = Canvas.blank(300, 100, (0, 0, 0))
    names = Names(canvas, 12)

    wrote = [names.write(Name("the same place", (255, 255, 255), ((40, 50),))) for _ in range(2)]

    assert wrote == [True, False]


def test_a_name_without_room_is_left_out():
    names = Names(Canvas.blank(20, 100, (0, 0, 0)), 12)

    assert not names.write(Name("much too long for this", (255, 255, 255), ((0, 50),)))


def test_text_outside_the_surface_is_cut_at_its_border():
    canvas = Canvas.blank(40, 20, (0, 0, 0))

    canvas.text((-200, 10), "far away", (255, 255, 255), 12)
    assert not canvas.pixels.any()
    canvas.text((30, 15), "partly", (255, 255, 255), 12)
    assert canvas.pixels.any()


@pytest.mark.parametrize("align", ["left", "right", "middle"])
def test_text_stands_where_it_is_aligned(align):
    canvas = Canvas.blank(200, 30, (0, 0, 0))

    canvas.text((100, 20), "word", (255, 255, 255), 14, align=align)

    columns = np.flatnonzero(canvas.pixels.any(axis=(0, 2)))
    assert {"left": columns[0] >= 99, "right": columns[-1] <= 101, "middle": abs(columns.mean() - 100) < 3}[align]


def test_letters_that_the_face_cannot_show_are_question_marks():
    same = [lettering.mask_of(text, 14)[0] for text in ("模", "?")]

    assert np.array_equal(*same)


def test_long_text_is_broken_between_words_and_shortened_at_its_end():
    lines = lettering.wrapped("one two three four five six", 12, 60)

    assert " ".join(lines) == "one two three four five six"
    assert all(lettering.width_of(line, 12) <= 60 for line in lines)
    assert lettering.shortened("one two three four", 12, 60).endswith("…")
    assert lettering.shortened("one", 12, 60) == "one"
    assert lettering.shortened("one", 12, 1) == ""


def test_a_line_that_leads_to_the_meeting_point_has_its_own_colour():
    analysis = everything_found()
    lines = replace(analysis.lines, segments=(Segment(Point(0.1, 0.1), Point(0.2, 0.2)),))
    leading = replace(analysis, lines=lines)
    off = replace(analysis, lines=replace(lines, segments=(Segment(Point(0.1, 0.2), Point(0.2, 0.1)),)))

    assert orange(drawn(corridor(), leading)) > orange(drawn(corridor(), off))


def orange(pixels):
    """How many pixels have the colour of leading lines."""
    return int((np.abs(pixels.astype(int) - np.array([50, 140, 255])).max(axis=2) < 12).sum())


class Crowded:
    """A drawer that remembers how many drew at the same time."""

    def __init__(self):
        self.begun = self.most = self._now = 0
        self._lock = threading.Lock()

    def draw(self, pixels, analysis, *, size_px, watch):
        with self._lock:
            self.begun += 1
            self._now += 1
            self.most = max(self.most, self._now)
        # Long enough for another to begin, if one may.
        time.sleep(0.05)
        with self._lock:
            self._now -= 1
        return png(pixels[:8, :8])


@pytest.mark.parametrize("leave", [False, True])
async def test_drawings_are_made_one_at_a_time_whoever_asks_and_leaves(leave):
    drawer, telemetry = Crowded(), Telemetry.off()
    crew = Threads(Workbench(Analyzer(detectors(), eye()), drawer), Workers(4, name="test"))
    drawings = Drawings(crew, decoding=Places(4), telemetry=telemetry)
    request = analyzer_pb2.ExplainImageRequest(image=image_pb2.Image(content=png(ball())))

    async def one(number):
        call = asyncio.create_task(drawings.make(request))
        if leave:
            await until(lambda: drawer.begun > number)
            call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    await asyncio.gather(*(one(number) for number in range(4)))

    await crew.close()
    assert (drawer.begun, drawer.most) == (4, 1)
