"""What must not stand in a log: the secret of a look-up address, and what a table's row holds."""

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/status/[^/\s]+/)[^\s\"'\]]+")
ROW: Final = re.compile(r"(?m)^(DETAIL:).*$")


def discreet(text: str) -> str:
    """Return `text` without look-up secrets, and without the values a database complains of."""
    return ROW.sub(r"\1 …", SECRET.sub(r"\1…", text))


class Discretion(logging.Filter):
    """Goes over every record before anybody writes it down."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mend the record and let it pass."""
        record.msg, record.args = discreet(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = discreet(logging.Formatter().formatException(record.exc_info))
        return True
