"""What has been found good in this run need not be looked at again, by whichever worker."""

from hashlib import sha256
from pathlib import Path
from typing import ClassVar


class Seen:
    """Things of one kind, each known by a text that says all that counts about it."""

    folder: ClassVar[Path | None] = None  # of all workers together, as soon as there is a run

    def __init__(self, kind: str) -> None:
        self.kind, self.here = kind, set[str]()

    def __contains__(self, text: str) -> bool:
        name = self._name(text)
        return name in self.here or (self.folder is not None and (self.folder / name).exists())

    def add(self, text: str) -> None:
        """Remember it, for the other workers as well."""
        self.here.add(name := self._name(text))
        if self.folder is not None:
            (self.folder / name).touch()

    def _name(self, text: str) -> str:
        return f"{self.kind}-{sha256(text.encode(errors='surrogatepass')).hexdigest()}"
