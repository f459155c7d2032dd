"""The server with commits that wait for no disk, as it must never run: it shows that the drill of a power cut can fail."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from qzcompete.cli import main


@event.listens_for(Pool, "checkout")
def careless(connection: Any, _record: Any, _proxy: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


# So does the writer of the marks.
os.fdatasync = lambda _file: None

if __name__ == "__main__":
    main()
