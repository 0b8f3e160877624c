"""What the first results of a search take among a million dossiers, on both databases."""

import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import cast

from flask import Flask
from sqlalchemy import func, select, text

from onestop.accounts import queries as accounts
from onestop.app.factory import create_app
from onestop.base.clock import now
from onestop.base.database import db, is_postgresql, table_of
from onestop.base.viewer import Staff
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import filing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import desks, lists, searching
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.rules.finding import Filed, search_words
from onestop.dossiers.rules.identity import Applicant
from onestop.dossiers.rules.states import FINAL
from tests.benchmarks import ground
from tests.benchmarks.ground import Ground, Measured, Pair
from tests.databases import PostgreSQL

MANY = 1_000_000
PLACES = (table_of(Dossier).c.receiving_agency_id, table_of(Dossier).c.handling_agency_id)
BLOCK = 20_000
MOST = 50.0
CALLS = 3
PEOPLE = ("motcua1.ngochoi", "chuyenvien1.noivu", "chutich.thanhtri", "theodoi1.thanhtri")
ASKED = (
    "nguyen",
    "n",
    "nguyen van an",
    "an nguyen",
    "pham thi quynh",
    "hoang",
    "H26.91",
    "210305-0001",
    "0305-12",
    "12",
    "4821",
    "duong kim xyz",
)
NAMES = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Đặng Bùi Đỗ",
    "Văn Văn Thị Thị Đức Minh Hữu Ngọc Thanh Quang Thu Xuân Hồng Kim",
    "An Anh Bình Châu Dung Dũng Giang Hà Hải Hoa Hùng Lan Linh Long Quỳnh Vân",
)
"""Families, middle and given names, the common ones more often."""


def measure(on: Ground) -> Iterator[Measured]:
    """Search the register and the desk, for the widest and the narrowest words."""
    yield from _measured("SQLite", ground.application(on.copy()), on)
    server = PostgreSQL()
    try:
        instance = on.folder / "postgresql"
        address = str(server.settings["SQLALCHEMY_DATABASE_URI"])
        ground.run(instance, *ground.ONESTOP, "demo", "--no-serve", ONESTOP_DATABASE_URL=address)
        os.environ["ONESTOP_INSTANCE"] = str(instance)
        yield from _measured("PostgreSQL", create_app(server.settings), on)
    finally:
        server.close()


def _measured(database: str, app: Flask, on: Ground) -> Iterator[Measured]:
    with app.app_context():
        _multiply()
        for username in PEOPLE:
            for words in ASKED:
                for where, ask in (("register", _register), ("desk", _desk)):
                    took = partial(_took, username, words, ask)
                    took()
                    pairs = tuple(
                        Pair(found, found) for found in (took() for _ in range(on.effort.rounds))
                    )
                    what = f"{database}, {username}, {where}: {words}"
                    yield Measured("search", what, "ms", pairs, most=True, limit=MOST)
        db.session.remove()
        db.engine.dispose()


def _register(words: str, viewer: Staff) -> None:
    lists.page(searching.matching(""), Filter(text=words), viewer, now(), sort=lists.Sort.RECEIVED)


def _desk(words: str, viewer: Staff) -> None:
    desks.page(DeskList.MINE, Filter(text=words), viewer, now())


def _took(username: str, words: str, ask: Callable[[str, Staff], None]) -> float:
    account = accounts.by_username(username)
    viewer = accounts.of(account, legal_date(now())) if account else None
    assert viewer is not None
    begun = time.perf_counter()
    for _ in range(CALLS):
        ask(words, viewer)
    took = (time.perf_counter() - begun) / CALLS * 1000
    db.session.rollback()
    return took


def _multiply() -> None:
    """Copy the dossiers of the demonstration until there are a million, and name them all anew."""
    table = table_of(Dossier)
    with db.engine.begin() as connection:
        count, last = connection.execute(select(func.count(), func.max(table.c.id))).one()
        bytes_ = "decode(md5(random()::text), 'hex')" if is_postgresql() else "randomblob(16)"
        columns = ", ".join(column.name for column in table.c)
        for copy in range(1, -(-MANY // count)):
            renewed = {
                "id": f"id + {copy * last}",
                "code": f"code || '-{copy}'",
                "key": f"key || '-{copy}'",
                "nonce": bytes_,
            }
            values = ", ".join(renewed.get(column.name, column.name) for column in table.c)
            whole = f"INSERT INTO dossier ({columns}) SELECT {values} FROM dossier"  # noqa: S608
            connection.execute(text(f"{whole} WHERE id <= {last}"))
        # What is only deleted leaves empty pages at the beginning of PostgreSQL's index, which
        # then takes the most common words for the rarest: no office deletes its dossiers.
        emptied = "TRUNCATE dossier_search" if is_postgresql() else "DELETE FROM dossier_search"
        connection.execute(text(emptied))
        drawn = random.Random(1)  # noqa: S311 - names, not secrets
        told = select(table.c.id, table.c.code, table.c.state, *PLACES).order_by(table.c.id)
        rows = connection.execute(told).all()
        for begin in range(0, len(rows), BLOCK):
            filed = [
                Filed(one, _words(code, drawn), tuple(places), state not in FINAL)
                for one, code, state, *places in rows[begin : begin + BLOCK]
            ]
            connection.execute(filing.INDEXING[is_postgresql()], filing.entries(filed))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if is_postgresql() else "ANALYZE"))


def _words(code: str, drawn: random.Random) -> str:
    name = " ".join(drawn.choice(part) for part in map(str.split, NAMES))
    person = SimpleNamespace(
        name=name,
        phone=f"0{drawn.randrange(10**8):09}",
        id_number=f"0{drawn.randrange(10**11):011}",
    )
    return search_words("-".join(code.split("-")[:3]), cast("Applicant", person))
