"""What the classes of published models are in the analyzer's terms."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from analyzer.core.analysis import RegionKind, SubjectKind

_COCO: Final = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
    "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,"
    "suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,"
    "tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,"
    "hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,"
    "cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
)

COCO: Final = tuple(_COCO.split(","))
"""The 80 classes of COCO (Lin and others 2014) in their order: what a detector without names was trained on."""

_SUBJECTS: Final[Mapping[SubjectKind, frozenset[str]]] = MappingProxyType(
    {
        SubjectKind.PERSON: frozenset({"person", "man", "woman", "child", "boy", "girl", "pedestrian", "people"}),
        SubjectKind.ANIMAL: frozenset(
            {"bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "animal", "fish"}
        ),
        SubjectKind.VEHICLE: frozenset(
            {"bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "van", "ship", "vehicle"}
        ),
        SubjectKind.PLANT: frozenset({"potted plant", "plant", "tree", "flower"}),
        SubjectKind.BUILDING: frozenset({"building", "house", "skyscraper", "tower"}),
    }
)
_NO_SUBJECTS: Final = frozenset({"background", "dining table", "bed", "couch", "__background__"})
"""What fills a room without being its subject."""

_REGIONS: Final[Mapping[RegionKind, frozenset[str]]] = MappingProxyType(
    {
        RegionKind.SKY: frozenset({"sky"}),
        RegionKind.CLOUD: frozenset({"cloud", "clouds"}),
        RegionKind.VEGETATION: frozenset({"tree", "grass", "plant", "flower", "palm", "bush", "leaves", "vegetation"}),
        RegionKind.WATER: frozenset(
            {"water", "sea", "river", "lake", "waterfall", "swimming pool", "pool", "fountain"}
        ),
        RegionKind.GROUND: frozenset(
            {"ground", "earth", "road", "path", "dirt", "dirt track", "floor", "field", "sidewalk", "land", "pavement"}
        ),
        RegionKind.MAN_MADE: frozenset(
            {
                "building",
                "house",
                "wall",
                "skyscraper",
                "tower",
                "bridge",
                "fence",
                "ceiling",
                "door",
                "window",
                "stairs",
            }
        ),
        RegionKind.SNOW: frozenset({"snow", "ice"}),
        RegionKind.SAND: frozenset({"sand", "desert", "beach"}),
        RegionKind.ROCK: frozenset({"rock", "stone", "mountain", "hill", "cliff"}),
        RegionKind.SMOKE: frozenset({"smoke", "fog", "steam"}),
        RegionKind.FIRE: frozenset({"fire", "flame"}),
        RegionKind.CLOTH: frozenset({"curtain", "flag", "cloth", "clothes", "blanket", "towel", "apparel"}),
        RegionKind.HAIR: frozenset({"hair", "fur"}),
    }
)


def subject_kind(name: str) -> SubjectKind | None:
    """What a detector's class is; an object when it is nothing else, None for what is never a subject."""
    plain = _plain(name)
    if not plain or plain in _NO_SUBJECTS:
        return None
    return next((kind for kind, names in _SUBJECTS.items() if plain in names), SubjectKind.OBJECT)


def region_kind(name: str) -> RegionKind | None:
    """The material of a segmenter's class, None when it is none. Synonyms may be separated by commas or semicolons."""
    words = [_plain(part) for part in name.replace(";", ",").split(",")]
    return next((kind for word in words for kind, names in _REGIONS.items() if word in names), None)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", " ").replace("-", " ")
