"""Follows the links of the demo city's pages and notes what they led to."""

from __future__ import annotations

import os
import re
import zipfile
from collections import Counter
from io import BytesIO
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

EVERY_PAGE = os.environ.get("QZ_CRAWL") == "all"
MOST_OF_A_KIND = 4
WORD = re.compile("[0-9A-Z]{7,18}")


def links(path: str, page: BeautifulSoup) -> set[str]:
    """The addresses of this site that a page names."""
    named = {tag["href"] for tag in page.find_all(["a", "link"], href=True)}
    named |= {tag["src"] for tag in page.find_all(["img", "script"], src=True)}
    wanted = set()
    for target in named:
        parts = urlsplit(urljoin(f"http://localhost{path}", str(target)))
        if parts.netloc == "localhost" and parts.scheme == "http":
            wanted.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    return wanted


class Crawl:
    """Follows all links from the home page and the desk; `faulty`: address → status of those that lead nowhere;
    `shown`: the paths of the others; `telling`: addresses whose answer, file or headers hold one of the numbers."""

    def __init__(self, app: Flask, client: FlaskClient, numbers: frozenset[str] = frozenset()) -> None:
        self.numbers, self.telling = numbers, set[str]()
        self.views, self.client = app.url_map.bind("localhost"), client
        self.pages, self.faulty, self.shown = 0, dict[str, int](), set[str]()
        self.kinds = Counter[object]()
        # Paper takes its time: one of a kind is printed.
        self.printed = set[object]()

    def run(self) -> Crawl:
        waiting, seen = ["/", "/desk"], {"/", "/desk"}
        while waiting:
            path = waiting.pop()
            if not EVERY_PAGE and self.view(path) in self.printed:
                continue
            new = self.open(path) - seen
            seen |= new
            waiting += [path for path in sorted(new) if self.wanted(path)]
        return self

    def wanted(self, path: str) -> bool:
        """Whether fewer than enough addresses of the same kind and the same questions are on the way."""
        parts, view = urlsplit(path), self.view(path)
        kind = (parts.path if EVERY_PAGE else view, tuple(sorted(parse_qs(parts.query))))
        self.kinds[kind] += 1
        return view == "static" or self.kinds[kind] <= MOST_OF_A_KIND

    def view(self, path: str) -> object:
        try:
            return self.views.match(urlsplit(path).path)[0]
        except (NotFound, RequestRedirect):
            return path

    def open(self, path: str) -> set[str]:
        self.pages += 1
        answer = self.client.get(path)
        try:
            if answer.status_code not in (200, 302, 304):
                self.faulty[path] = answer.status_code
            else:
                self.shown.add(urlsplit(path).path)
            if answer.mimetype == "application/pdf":
                self.printed.add(self.view(path))
            if self.numbers.intersection(WORD.findall(told_by(answer) + path)):
                self.telling.add(path)
            whole = answer.mimetype == "text/html" and answer.status_code == 200
            return self.read(path, BeautifulSoup(answer.text, "html.parser")) if whole else set()
        finally:
            answer.close()

    def read(self, path: str, page: BeautifulSoup) -> set[str]:
        """What a page leads to."""
        return links(path, page)


def told_by(answer: TestResponse) -> str:
    """Headers and content as one text; of a workbook its parts, of other files what is readable as it is."""
    content = answer.get_data()
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as file:
            content = b" ".join(
                [*map(str.encode, file.namelist()), *(file.read(one) for one in file.namelist())]
            )
    return f"{answer.headers} {content.decode(errors='replace')} "
