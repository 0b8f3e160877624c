"""Lives that have been read and wait to be written: in a file without a name, not in memory."""

import marshal
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Final

from onestop.catalogue.rules.procedures import Procedure
from onestop.dossiers.rules.lives import Life
from onestop.exchange.rules.packing import Packed, packed, unpacked

BLOCK: Final = 500


class Waiting:
    """Takes lives one by one, and gives them back in the same order."""

    def __init__(self) -> None:
        self.count = 0
        self._file: IO[bytes] | None = None
        self._block: list[Packed] = []
        self._procedures: list[Procedure] = []
        self._numbers: dict[int, int] = {}

    def add(self, life: Life) -> None:
        """Take a life in."""
        version = life.procedure.version_id
        if version not in self._numbers:
            self._numbers[version] = len(self._procedures)
            self._procedures.append(life.procedure)
        self._block.append(packed(life, self._numbers[version]))
        self.count += 1
        if len(self._block) == BLOCK:
            self._flush()

    def lives(self) -> Iterator[Life]:
        """Yield every life taken in so far."""
        self._flush()
        if self._file is None:
            return
        self._file.seek(0)
        while size := self._file.read(4):
            block = marshal.loads(self._file.read(int.from_bytes(size)))  # noqa: S302 - our own
            for values in block:
                yield unpacked(values, self._procedures)

    def close(self) -> None:
        """Close the file, and so delete it."""
        if self._file is not None:
            self._file.close()

    def _flush(self) -> None:
        if not self._block:
            return
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - it waits as long as the lives do
        written = marshal.dumps(self._block)
        self._file.write(len(written).to_bytes(4))
        self._file.write(written)
        self._block.clear()
