"""What a pack and a policy may hold, checked field by field, and what rules are made of it."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from film.movement import Family, Movement
from predictor.core.intent import GENRES, MOODS, PURPOSES
from predictor.core.rule import Example, Examples, Kind, Parameters, Policy, Rule, Weighted, Wish
from predictor.core.vocabulary import REGIONS, VOCABULARY

WISH: Final = "wish"
"""The one name in an example that is not a metric."""

Text = Annotated[str, Field(min_length=1, max_length=500)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,60}$")]


def _one_of(names: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in names:
            raise ValueError(f"{value!r} is none of {', '.join(name or repr(name) for name in names)}")
        return value

    return AfterValidator(check)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Weighted(_Strict):
    expression: Text
    # Beyond this one fact would decide alone, whatever else is seen.
    weight: float = Field(gt=0, le=4, allow_inf_nan=False)


class _Parameters(_Strict):
    intensity: str = ""
    intensity_shift: str = ""
    sway_rad: str = ""
    anchor: str | None = None
    easing: Literal["linear", "smooth", "in", "out", "loop"] | None = None
    speed: Literal["slow", "regular", "fast"] | None = None


class _Wish(_Strict):
    moods: tuple[Annotated[str, _one_of(MOODS)], ...] = ()
    genres: tuple[Annotated[str, _one_of(GENRES)], ...] = ()
    purposes: tuple[Annotated[str, _one_of(PURPOSES)], ...] = ()


class _Reading(_Strict):
    value: float = Field(allow_inf_nan=False)
    # What a clear photograph gives; rules take qualities into account.
    quality: float = Field(0.8, gt=0, le=1)


class _ExampleWish(_Strict):
    mood: Annotated[str, _one_of(("", *MOODS))] = ""
    genre: Annotated[str, _one_of(("", *GENRES))] = ""
    purpose: Annotated[str, _one_of(("", *PURPOSES))] = ""


def _example(content: Any) -> Any:
    """Metrics stand directly in an example, a bare number for its value; `wish` is what the caller asks for."""
    if not isinstance(content, Mapping):
        return content
    readings = {
        name: item if isinstance(item, Mapping) else {"value": item} for name, item in content.items() if name != WISH
    }
    return {"readings": readings, WISH: content.get(WISH, {})}


class _Example(_Strict):
    readings: Mapping[str, _Reading]
    wish: _ExampleWish = _ExampleWish()

    @field_validator("readings")
    @classmethod
    def _known(cls, readings: Mapping[str, _Reading]) -> Mapping[str, _Reading]:
        for name, item in readings.items():
            if name not in VOCABULARY:
                near = get_close_matches(name, VOCABULARY, n=1, cutoff=0.0)[0]
                raise ValueError(f"{name!r} is not a metric; the nearest is {near}")
            metric = VOCABULARY[name]
            if not metric.low <= item.value <= metric.high:
                raise ValueError(f"{name} is never {item.value:g}: it lies between {metric.low:g} and {metric.high:g}")
        return readings


class _Examples(_Strict):
    fires: tuple[Annotated[_Example, BeforeValidator(_example)], ...] = ()
    silent: tuple[Annotated[_Example, BeforeValidator(_example)], ...] = ()


class RuleRow(_Strict):
    """One rule of a pack."""

    id: Id
    aliases: tuple[Id, ...] = ()
    name: Text
    kind: Kind
    movements: tuple[Movement, ...] = ()
    motion: Literal[
        "", "water", "cloud", "foliage", "smoke", "fire", "rain", "snow", "dust", "light", "cloth", "hair"
    ] = ""
    region: Annotated[str, _one_of(("", *REGIONS))] = ""
    actions: tuple[Literal["breathe", "turn_head", "gesture", "walk", "travel", "sway"], ...] = ()
    lateral: bool = False
    requires: tuple[Text, ...] = ()
    evidence: tuple[_Weighted, ...] = ()
    contra: tuple[_Weighted, ...] = ()
    excludes: tuple[Movement, ...] = ()
    priority: int = Field(0, ge=-100, le=100)
    parameters: _Parameters = _Parameters()
    wish: _Wish = _Wish()
    phrases: Mapping[Literal["camera", "subject", "environment", "look"], Text] = {}
    reason: Text
    citation: Text
    disabled_because: str = ""
    examples: _Examples = _Examples()


class PackFile(_Strict):
    """A file of rules."""

    pack: Id
    rules: tuple[RuleRow, ...] = Field(min_length=1)


class PolicyRow(_Strict):
    """What is common to all rules."""

    priors: Mapping[Family, Annotated[float, Field(ge=-10, le=0)]]
    environment_prior: float = Field(ge=-10, le=0)
    subject_prior: float = Field(ge=-10, le=0)
    information_floor: float = Field(ge=0, le=1)
    probability_floor: float = Field(gt=0, lt=1)
    least_quality: float = Field(ge=0, le=1)


class PolicyFile(_Strict):
    """The file of the policy."""

    policy: PolicyRow


def rule(row: RuleRow, pack: str) -> Rule:
    """The rule of a row."""
    plain: dict[str, Any] = {name: getattr(row, name) for name in RuleRow.model_fields}
    plain["evidence"] = tuple(Weighted(item.expression, item.weight) for item in row.evidence)
    plain["contra"] = tuple(Weighted(item.expression, item.weight) for item in row.contra)
    plain["parameters"] = Parameters(**row.parameters.model_dump())
    plain["wish"] = Wish(**row.wish.model_dump())
    plain["phrases"] = dict(row.phrases)
    plain["examples"] = Examples(
        fires=tuple(_as_example(item) for item in row.examples.fires),
        silent=tuple(_as_example(item) for item in row.examples.silent),
    )
    return Rule(pack=pack, **plain)


def policy(row: PolicyRow) -> Policy:
    """The policy of a row."""
    return Policy(**{**row.model_dump(), "priors": dict(row.priors)})


def _as_example(row: _Example) -> Example:
    readings = {name: (item.value, item.quality) for name, item in row.readings.items()}
    return Example(readings, **row.wish.model_dump())
