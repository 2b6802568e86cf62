"""The vocabulary costs nothing: only `film.stills` needs the libraries of pictures."""

import subprocess
import sys

HEAVY = ("numpy", "cv2", "PIL")


def imported_with(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(answer.stdout.split())


def test_movements_and_places_need_the_standard_library_only() -> None:
    assert imported_with("film.movement, film.freedom, film.geometry") == set()


def test_stills_need_the_picture_libraries() -> None:
    assert imported_with("film.stills") == set(HEAVY)
