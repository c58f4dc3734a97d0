"""The interface is written in Danish, so a Danish page needs no look-up of words at all.

Each template is compiled twice: once for Danish, with every plain `_("…")` as part of its text, and
once for every other language, where it is looked up as the page is made.
"""

from collections import ChainMap
from typing import Any

import flask_babel
from flask import Flask, g
from flask.templating import Environment
from flask_babel import Domain, get_locale
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as inner  # type: ignore[attr-defined]  # what `escape` wraps

CACHED = 400  # templates, as many as there are for Danish


def is_danish() -> bool:
    """Asked a hundred times a page: the library's own way to a known language is a long one."""
    try:
        known = vars(g._get_current_object()).get("_flask_babel")
    except RuntimeError:  # nobody asks: no application, no language
        return False
    locale = getattr(known, "babel_locale", None) or get_locale()
    return locale is not None and locale.language == "da"


def escaped(value: object) -> str:
    """As a page may hold it: by the rules of `markupsafe.escape`, without wrapping it."""
    if type(value) is Markup:
        return value
    return str(inner(value)) if type(value) is str else escape(value)


class Sentences(NodeTransformer):
    """Puts the sentences of a template into its text. What has values to fill in stays a call."""

    def __init__(self, kind: type[str]) -> None:
        self.kind = kind

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_"):
            return node
        plain = sentence(node)
        # As the translating function does it: "%%" is a per cent sign.
        return node if plain is None else nodes.Const(self.kind(plain) % {}, lineno=node.lineno)


def sentence(call: nodes.Call) -> str | None:
    """What is said, where there is nothing to fill in."""
    match call:
        case nodes.Call(args=[nodes.Const(value=str(said))], kwargs=[], dyn_args=None):
            return said
    return None


class Piecemeal(CodeGenerator):
    """What goes into a page is a piece of it: no object of its own that says it is escaped."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class Written(Environment):
    """Flask's environment of templates, as a pair: itself for Danish, `others` for the rest."""

    code_generator_class = Piecemeal
    escaped = staticmethod(escaped)
    others: "Written | None" = None

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        if self.others is None:
            return parsed
        is_html = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        Sentences(Markup if is_html else str).visit(parsed)
        return parsed

    def get_template(self, name: Any, *how: Any, **more: Any) -> Template:
        if self.others is None or is_danish():
            return super().get_template(name, *how, **more)
        return self.others.get_template(name, *how, **more)


def in_pairs(app: Flask) -> None:
    """Before any template is compiled: from here on each is there twice."""
    danish = app.jinja_env
    assert isinstance(danish, Written)  # noqa: S101  (`create_app` says so)
    others = danish.overlay(cache_size=CACHED)
    others.globals = ChainMap({}, danish.globals)  # type: ignore[assignment]  # a mapping will do
    danish.others = others


def give(app: Flask, name: str, template: str) -> None:
    """What stands in a template, by a name that all templates know."""
    danish = app.jinja_env
    assert isinstance(danish, Written) and danish.others  # noqa: S101, PT018  (see above)
    with app.app_context():
        danish.globals[name] = Environment.get_template(danish, template).module
        danish.others.globals[name] = danish.others.get_template(template).module


class WrittenInDanish(Domain):  # type: ignore[misc]  # the library is untyped
    """Danish is what it is written in, so there is nothing to look up: 100 times a page."""

    def gettext(self, string: str, **variables: object) -> str:
        if not is_danish():
            return str(super().gettext(string, **variables))
        return string % variables if variables else string


DOMAIN = WrittenInDanish()


def say_at_once() -> None:
    """There is one domain: the library looks for it in the request at each of its sentences."""
    flask_babel.get_domain = lambda: DOMAIN
