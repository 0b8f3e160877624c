"""The `onestop` command as a person calls it, on the application of a test."""

from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from onestop.app.cli import main


def onestop(app: Flask, *words: str, typed: str | None = None) -> Result:
    """Run the command with `words`; `typed` answers what it asks."""
    info = ScriptInfo(create_app=lambda: app)
    return app.test_cli_runner().invoke(main, words, input=typed, obj=info)
