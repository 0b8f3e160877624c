"""The accounts of staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from onestop.accounts.rules import Role
from onestop.base.database import Base, unique
from onestop.base.words import N_


class Account(Base):
    """A member of staff who may log in; `stamp` ends all sessions when it changes."""

    __tablename__ = "account"
    __table_args__ = (unique("username", says=N_("Tên đăng nhập đã có."), field="username"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    password_hash: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    stamp: Mapped[str]
    created_at: Mapped[datetime]


class DueFeed(Base):
    """The private address of somebody's due dates; only the digest of its secret is kept."""

    __tablename__ = "due_feed"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
