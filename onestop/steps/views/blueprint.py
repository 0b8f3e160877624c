"""The blueprint of the pages of steps."""

from flask import Blueprint

blueprint = Blueprint("steps", "onestop.steps", template_folder="templates")
