"""The blueprint of the pages of dossiers."""

from flask import Blueprint

blueprint = Blueprint("dossiers", "onestop.dossiers", template_folder="templates")
