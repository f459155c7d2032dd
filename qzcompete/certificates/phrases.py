"""The wording of templates: sandboxed Jinja of which only names, choices and a few filters are left.

A name that is not known is shown in red and collected, so that the editor sees it and no certificate prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
FILTERS = frozenset({"trim", "default"})


class PhraseFault(ValueError):
    """The wording cannot be used; the message says what is wrong."""


@dataclass(frozen=True)
class Phrase:
    """The words as markup, and the names in them that nobody knows."""

    html: Markup
    unknown: tuple[str, ...]


class Shown(Undefined):
    """An unknown name, printed so that nobody overlooks it."""

    def __str__(self) -> str:
        return str(self.__html__())

    def __html__(self) -> Markup:
        return Markup('<span class="unknown">{}</span>').format(f"〈{self._undefined_name}〉")


ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=True, undefined=Shown)


@lru_cache(maxsize=256)
def compiled(source: str) -> Any:
    """The template, once it is known to hold nothing but names, choices and known filters."""
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise PhraseFault(f"{error.message} (第 {error.lineno} 行)") from error
    for node in walked(tree):
        if not isinstance(node, ALLOWED):
            raise PhraseFault(f"{type(node).__name__}")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise PhraseFault(f"|{node.name}")
    names = {node.name for node in tree.find_all(nodes.Name)}
    return ENVIRONMENT.from_string(source), frozenset(names)


def walked(node: nodes.Node) -> Any:
    yield node
    for child in node.iter_child_nodes():
        yield from walked(child)


def phrase(source: str, values: Mapping[str, str]) -> Phrase:
    """The wording with its names filled in; the marks 《》 and ” may end a line."""
    template, names = compiled(source)
    # The sandbox has escaped every value.
    html = Markup(template.render(values).replace("”", "”<wbr>"))  # nosec B704
    return Phrase(html, tuple(sorted(names - values.keys())))


def paragraphs(html: Markup) -> list[Markup]:
    """The parts of a longer wording, one for each line that is not empty."""
    return [Markup(line.strip()) for line in html.split("\n") if line.strip()]  # nosec B704
