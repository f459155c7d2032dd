"""Fills in each form of each page that a crawl opens: empty, with nonsense and far too long."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.extensions import db
from tests.e2e.crawl import Crawl

TYPED = {"text", "search", "email", "tel", "url", "number", "date", "datetime-local", "month", "time"}
# What is typed into each field; numbers, days and times are none.
FILLINGS = {"empty": "", "nonsense": "＊乱写＊ -1e999", "endless": "长" * 6000}
# These answer another question than whether a form was filled in well.
SPARED = {"/sign-in", "/sign-out", "/verify", "/verify/file", "/language", "/account/password"}


class City:
    """A city of its own, whose database can be put back to what it was: what a form changes touches no other."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app(load_settings({"QZ_DATA_DIR": str(folder), "QZ_SECOND_FACTOR_ROLES": ""}))
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.file, self.kept = folder / "qzcompete.sqlite3", folder / "kept.sqlite3"

    def keep(self) -> None:
        self._copy(self.file, self.kept)

    def restore(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.file)

    def _copy(self, source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)


def typed_fields(form: Tag) -> dict[str, Tag]:
    fields = form.find_all(["input", "textarea"])
    return {
        str(field["name"]): field
        for field in fields
        if field.get("name") and (field.name == "textarea" or field.get("type", "text") in TYPED)
    }


def untouched(form: Tag) -> list[tuple[str, str]]:
    """What the browser sends of the fields that nobody types into: hidden ones, boxes, choices."""
    kept = [
        (str(field["name"]), str(field.get("value", "")))
        for field in form.find_all("input")
        if field.get("name")
        and (
            field.get("type") == "hidden"
            or (field.get("type") in ("checkbox", "radio") and field.has_attr("checked"))
        )
    ]
    for select in form.find_all("select"):
        options = select.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        kept += [
            (str(select["name"]), str(option.get("value", ""))) for option in chosen if select.get("name")
        ]
    return kept


class Filler(Crawl):
    """Crawls, and fills in each form of each page once; `wrong`: what a form did not do as it should."""

    filled: set[tuple[object, object, str]]

    def __init__(
        self,
        city: City,
        client: FlaskClient,
        numbers: frozenset[str],
        filled: set[tuple[object, object, str]],
    ) -> None:
        super().__init__(city.app, client, numbers)
        self.city, self.filled, self.wrong = city, filled, list[str]()

    def read(self, path: str, page: BeautifulSoup) -> set[str]:
        found = super().read(path, page)
        if not urlsplit(path).query:
            for form in page.find_all("form"):
                self.fill(path, form)
        return found

    def fill(self, path: str, form: Tag) -> None:
        target = urlsplit(urljoin(f"http://localhost{path}", str(form.get("action") or path))).path
        fields = typed_fields(form)
        if str(form.get("method", "")).lower() != "post" or not fields or target in SPARED:
            return
        key = (self.view(path), self.views.match(target, "POST")[0], " ".join(sorted(fields)))
        if key in self.filled:
            return
        self.filled.add(key)
        for how, filling in FILLINGS.items():
            typed = {name: filling[: int(field.get("maxlength", 9999))] for name, field in fields.items()}
            self.send(f"{path} → {target} {how}", target, form, typed)

    def send(self, what: str, target: str, form: Tag, typed: dict[str, str]) -> None:
        data: dict[str, list[str]] = {name: [value] for name, value in typed.items()}
        for name, value in untouched(form):
            data.setdefault(name, []).append(value)
        multipart = form.get("enctype") == "multipart/form-data"
        answer = self.client.post(
            target, data=data, content_type="multipart/form-data" if multipart else None
        )
        if answer.status_code in (200, 302, 303):
            self.city.restore()
        elif answer.status_code != 422:
            self.wrong.append(f"{what}: {answer.status_code}")
        else:
            page = BeautifulSoup(answer.text, "html.parser")
            if not page.select("[id$=-error], .error-summary, [role=alert]"):
                self.wrong.append(f"{what}: no message")
            shown = [typed_fields(one) for one in page.find_all("form")]
            lost = [
                name
                for name, value in typed.items()
                if value and not any(holds(fields.get(name), value) for fields in shown)
            ]
            if lost:
                self.wrong.append(f"{what}: lost {', '.join(lost)}")


def holds(field: Tag | None, value: str) -> bool:
    if field is None:
        return False
    return value in (field.get_text() if field.name == "textarea" else str(field.get("value", "")))
