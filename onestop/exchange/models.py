"""The table of loads: what was declared by which file, by whom and when."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, Json


class Loading(Base):
    """A file of agencies, fields, procedures or staff that was loaded and declared something.

    `declared` has what became of each mark that is new or changed: its fate, since when, and in
    which columns. `username` is that of whoever ran the command, as the machine knows him.
    """

    __tablename__ = "loading"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory: Mapped[str]
    file: Mapped[str]
    username: Mapped[str]
    at: Mapped[datetime]
    declared: Mapped[Json]
