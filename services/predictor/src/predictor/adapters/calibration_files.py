"""Calibrations in JSON files, as the evaluation writes them; checked field by field."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from film.movement import Family
from predictor.core.calibration import Calibration, Curve

SHIPPED: Final = Path(__file__).parent.parent / "calibration" / "camera.json"
"""The calibration that ships, fitted on the rules that ship."""

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Variance = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class CalibrationFileError(Exception):
    """A calibration that cannot be used. path: the file; problem: what is wrong with it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}")
        self.path = path
        self.problem = problem


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Curve(_Row):
    # A slope of 0 or less would call more evidence less sure.
    slope: float = Field(gt=0, allow_inf_nan=False)
    intercept: _Finite
    covariance: tuple[_Variance, _Finite, _Variance]


class _File(_Row):
    id: str = Field(min_length=1, max_length=100)
    rules_version: str = Field(min_length=1, max_length=100)
    pipeline_version: str = Field(max_length=100)
    families: Mapping[Family, _Curve]
    floor: float = Field(gt=0, lt=1)
    set_threshold: float | None = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)
    n: int = Field(ge=1, description="Judged movements.")
    groups: int = Field(ge=1, description="Photographs that they belong to.")
    data_digest: str = Field(description="SHA-256 of the judgements.")
    method: str = Field(description="How it was fitted.")


def load(path: Path) -> Calibration:
    """The calibration in a file. Raises CalibrationFileError when it cannot be read or lacks a family."""
    try:
        found = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CalibrationFileError(path, f"cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise CalibrationFileError(path, f"{where}: {first['msg']}" if where else first["msg"]) from error
    missing = [family.value for family in Family if family not in found.families]
    if missing:
        raise CalibrationFileError(path, f"families: there is no curve for {', '.join(missing)}")
    return Calibration(
        id=found.id,
        rules_version=found.rules_version,
        pipeline_version=found.pipeline_version,
        families={family: Curve(row.slope, row.intercept, row.covariance) for family, row in found.families.items()},
        floor=found.floor,
        set_threshold=found.set_threshold,
        coverage=found.coverage,
    )
