"""`python -m tests.translations` brings the English words up to date with the Vietnamese ones.

New sentences stand empty, those that nobody says any more are gone, the rest keeps its words.
"""

import tempfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

from onestop.base.languages import FOLDER, counted_by

PACKAGE: Final = FOLDER.parent.parent
FILE: Final = FOLDER / "en" / "LC_MESSAGES" / "messages.po"
MARKS: Final = ("_", "_l", "N_")
HEADER: Final = """\
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@cache
def spoken() -> list[str]:
    """Return every sentence that the package marks as one a person reads, in order."""
    keywords = [word for mark in MARKS for word in ("-k", mark)]
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        CommandLineInterface().run(  # type: ignore[no-untyped-call]  # babel has no types here
            ["pybabel", "-q", "extract", "-F", str(FOLDER / "babel.cfg"), *keywords,
             "--omit-header", "-o", str(template), str(PACKAGE)]
        )  # fmt: skip
        with template.open("rb") as source:
            return sorted(_one(message.id) for message in read_po(source) if message.id)


def known() -> Catalog:
    """Return the English words as the file has them."""
    with FILE.open("rb") as source:
        return read_po(source, locale="en")


def canonical(sentences: list[str], words: Catalog) -> str:
    """Return the file of exactly these sentences, with what `words` says for them.

    A sentence that counts something has two lines, for one and for many.
    """
    said = {_one(message.id): forms(message) for message in words if message.id}
    made = Catalog(locale="en")
    for sentence in sentences:
        one, *_, many = said.get(sentence, ("", ""))
        if counted_by(sentence):
            made.add((sentence, sentence), (one, many))
        else:
            made.add(sentence, many)
    written = BytesIO()
    write_po(written, made, width=0, no_location=True, omit_header=True, sort_output=True)
    return HEADER + written.getvalue().decode().strip() + "\n"


def forms(message: Message) -> tuple[str, str]:
    """Return what a message says of one and of many, the same where it does not count."""
    said = message.string
    one, *_, many = (said, said) if isinstance(said, str) else said or ("", "")
    return str(one or ""), str(many or "")


def _one(sentence: str | Sequence[str]) -> str:
    return sentence if isinstance(sentence, str) else sentence[0]


if __name__ == "__main__":
    FILE.write_text(canonical(spoken(), known()), encoding="utf-8")
