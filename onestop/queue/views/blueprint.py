"""The blueprint of the pages of the queue."""

from flask import Blueprint

blueprint = Blueprint("queue", "onestop.queue", template_folder="templates")
