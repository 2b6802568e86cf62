"""Why a model cannot be used at all; told at start, before the first call."""


class ModelUnusable(Exception):
    """A configured model cannot be used. where: its path or address without credentials; problem: what to change."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"model {where}: {problem}")
        self.where = where
        self.problem = problem
