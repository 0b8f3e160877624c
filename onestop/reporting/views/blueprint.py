"""The blueprint of the pages of figures."""

from flask import Blueprint

blueprint = Blueprint("reporting", "onestop.reporting", template_folder="templates")
