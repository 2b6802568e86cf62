"""Files that are read again when their content changed, and refused as a whole when they cannot be used."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Source(Generic[T]):
    """Where content comes from.

    stamp: tells cheaply whether files may have changed, and follows links, so that an exchanged link shows.
    digest: equal as long as the content is. load: the content; raises what `refusals` lists when it cannot be used.
    """

    stamp: Callable[[], Hashable]
    digest: Callable[[], str]
    load: Callable[[], T]
    refusals: tuple[type[Exception], ...]


class ChangingFiles(Generic[T]):
    """Looks at files from time to time. Made before the first load, so that no change in between is missed.

    took: gets new content. refused: gets the reason why new files are not used; once for each change.
    """

    def __init__(self, source: Source[T], *, took: Callable[[T], None], refused: Callable[[str], None]) -> None:
        self._source: Final = source
        self._took = took
        self._refused = refused
        self._stamp: Hashable = source.stamp()
        self._digest = source.digest()

    async def follow(self, every_s: float) -> None:
        """Looks every so many seconds, until it is cancelled."""
        while True:
            await asyncio.sleep(every_s)
            await self.look()

    async def look(self) -> None:
        """Takes or refuses a change, if there was one."""
        stamp = await asyncio.to_thread(self._source.stamp)
        if stamp == self._stamp:
            return
        digest = await asyncio.to_thread(self._source.digest)
        changed = digest != self._digest
        content: T | None = None
        why = ""
        if changed:
            try:
                content = await asyncio.to_thread(self._source.load)
            except self._source.refusals as error:
                why = str(error)
            except Exception as error:  # What no one foresaw must not end the looking, nor what is in force.
                why = f"the files cannot be read: {type(error).__name__}"
        if await asyncio.to_thread(self._source.stamp) != stamp:
            # Half of what was read may be of one version and half of the next: the next look reads it whole.
            return
        self._stamp, self._digest = stamp, digest
        if content is not None:
            self._took(content)
        elif changed:
            self._refused(why)
