"""The server with `synchronous=NORMAL`, as it must never run: it shows that the drill of a power cut can fail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from qzcompete.cli import main


@event.listens_for(Pool, "checkout")
def careless(connection: Any, _record: Any, _proxy: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    main()
