"""Templates made quicker: what pages draw again and again is kept, and calls are direct."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache, partial
from keyword import iskeyword
from typing import Any, Final

from flask import Flask
from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from onestop.base.languages import language

Macro = Callable[..., Markup]
MOST_DRAWN: Final = 1024
MOST_FIXED: Final = 256
FIXED: Final = {"static": "filename", "bootstrap.static": "filename", "app.language": "language"}
"""Addresses with one value, of which there are few."""


def as_safe(value: object) -> Markup:
    """Return `value` as it may stand in HTML; what is known to be safe is not copied again."""
    return value if type(value) is Markup else escape(value)


class Straight(CodeGenerator):
    """Writes `_("…")` in a template as the call that it is, and what is safe as it stands.

    Jinja first asks whatever is called whether it wants the context, at several times the price of
    the call itself, and a page calls a hundred things. None that our pages call does: filters may.
    And most of what a page writes are words and icons that are safe: those need no copy.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - as Jinja has it
        """Write the whole module of a template."""
        self.writeline("from onestop.base.memory import as_safe")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja's own
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("as_safe(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - as Jinja has it
        """Write a call, unless its arguments are known only when the page is drawn."""
        named = node.kwargs
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(one.key) for one in named):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *named):
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


class Templates(Environment):
    """Templates that share one map of globals, so that none is compared with them key by key.

    A page names half a dozen of them each time that it is drawn; none changes while it is served.
    """

    code_generator_class = Straight

    def __init__(self, app: App, **options: Any) -> None:
        """Begin with none read."""
        super().__init__(app, **options)
        self._read: dict[str, Template] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - as Jinja has it
    ) -> Template:
        """Return a template, looked for once."""
        found = self._read.get(name) if isinstance(name, str) and not globals else None
        if found is None or self.auto_reload:
            found = super().get_template(name, parent, globals)
            if not globals:
                self._read[str(found.name)] = found
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: everybody's, unless it has some of its own."""
        return super().make_globals(d) if d else self.globals


class Remembered:
    """A macro that draws the same arguments once for each language.

    For atoms with few values, an icon or a state; what it draws may depend on nothing else.
    """

    def __init__(self, macro: Macro) -> None:
        @lru_cache(maxsize=MOST_DRAWN)
        def drawn(_language: str, *args: Any, **named: Any) -> Markup:
            return macro(*args, **named)

        self._drawn = drawn

    def __call__(self, *args: Any, **named: Any) -> Markup:
        """Return what the macro draws."""
        return self._drawn(language(), *args, **named)

    def speaking(self, name: str) -> Macro:
        """Return the same in one language, for a loop over many rows."""
        return partial(self._drawn, name)


def of(call: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401 - whatever is called
    """Call `call` from within a loop of a template: a filter is called at a third of the price."""
    return call(*args)


def install(app: Flask) -> None:
    """Give the templates of `app` what remembers."""
    bare = app.url_for

    @lru_cache(maxsize=MOST_FIXED)
    def fixed(endpoint: str, value: str) -> str:
        named: dict[str, Any] = {FIXED[endpoint]: value}
        return bare(endpoint, **named)

    def address(endpoint: str, **values: Any) -> str:
        # A page names thirty files; where they lie does not change while the process runs.
        if len(values) == 1 and FIXED.get(endpoint) in values:
            return fixed(endpoint, *values.values())
        return bare(endpoint, **values)

    app.jinja_env.globals.update(remembered=Remembered, url_for=address)
    app.add_template_filter(of)
