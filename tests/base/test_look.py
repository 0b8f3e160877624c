"""The look's own rules: one list of colours, one set of icons, nothing that the policy refuses."""

import re
from itertools import chain
from pathlib import Path

import flask_bootstrap
import pytest

import onestop
from tests.base.given import reader

PACKAGE = Path(onestop.__file__).parent
STATIC = PACKAGE / "base" / "static"
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
THEME = (STATIC / "theme.css").read_text("utf-8")
SHEETS = sorted(STATIC.glob("*.css"))
MODULES = sorted(path for path in STATIC.glob("*.js") if not path.name.endswith(".min.js"))
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
SPRITE = (STATIC / "icons" / "icons.svg").read_text("utf-8")
ICONS = re.findall(r'<symbol id="([^"]+)"', SPRITE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch)\(")
SCREENFUL = 70
TEXT, SHAPE = 4.5, 3.0
TONES = ("run", "wait", "done", "late", "hold")


def dark_lists() -> list[dict[str, str]]:
    opening = (r':root:not\(\[data-bs-theme="light"\]\) \{', r'\n\[data-bs-theme="dark"\] \{')
    lists = [re.search(start + r"(.*?)\}", TOKENS, re.DOTALL) for start in opening]
    return [dict(TOKEN.findall(found[1])) for found in lists if found]


def light_list() -> dict[str, str]:
    found = re.search(r':root, \[data-bs-theme="light"\] \{(.*?)\n\}', TOKENS, re.DOTALL)
    assert found
    return dict(TOKEN.findall(COMMENT.sub("", found[1])))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def markup(path: Path) -> str:
    return JINJA_COMMENT.sub("", path.read_text("utf-8"))


def test_dark_is_the_same_list_whether_chosen_or_asked_for_by_the_system() -> None:
    by_system, chosen = dark_lists()
    assert by_system == chosen
    assert len(chosen) > 20


def test_dark_changes_every_colour_of_light() -> None:
    assert set(light_list()) == set(dark_lists()[0])


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(path.read_text("utf-8") for path in SHEETS)))
    used = set(re.findall(r"var\((--[\w-]+)", TOKENS + THEME))
    assert used <= known


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *(
            (ink, ground, TEXT)
            for ink in ("ink", "ink-2", "ink-3", "link")
            for ground in ("paper", "surface")
        ),
        *((tone, f"{tone}-soft", TEXT) for tone in (*TONES, "still")),
        *((tone, "surface", TEXT) for tone in TONES),
        *(("ink-2", ground, TEXT) for ground in ("sunken", "primary-soft", "day-off")),
        ("on-primary", "primary", TEXT),
        ("primary", "primary-soft", TEXT),
        *(("line-strong", ground, SHAPE) for ground in ("paper", "surface")),
        *(("focus", ground, SHAPE) for ground in ("paper", "surface")),
        *((fill, "surface", SHAPE) for fill in ("chart-1", "chart-2")),
        ("chart-1", "chart-2", SHAPE),
    ],
)
def test_contrast_is_enough_to_read(theme: str, ink: str, ground: str, least: float) -> None:
    colours = light_list() if theme == "light" else dark_lists()[0]
    assert contrast(colours[f"--{ink}"], colours[f"--{ground}"]) >= least


def test_colours_stand_in_the_tokens_only() -> None:
    """Paper is white and ink black in print; a QR code needs white ground in the dark as well."""
    screen = COMMENT.sub("", THEME).split("@media print")[0]
    later = THEME.split("@media print")[1].split("\n}\n", 1)[-1]
    lines = [line for line in (screen + later).splitlines() if not line.startswith(".qr ")]
    assert not [line for line in lines if COLOUR.search(line)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_needs_no_force_and_no_stranger(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))
    assert not re.search(r"!important|data:|@import|https?://", text)
    for address in re.findall(r"url\([\"']?([^\"')]+)", text):
        assert (STATIC / address).is_file(), address


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_less_than_a_screenful_and_runs_under_the_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= SCREENFUL
    assert not re.search(r"\beval\(|new Function|https?://|\.style\b|setAttribute\(.style", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_script_or_handler(path: Path) -> None:
    text = markup(path)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=\"https?://", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_static_file_that_a_template_names_exists(path: Path) -> None:
    for name in re.findall(r"url_for\('static', filename='([^']+)'", markup(path)):
        assert (STATIC / name).is_file(), name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    """To add one: `<symbol id="NAME">` with the paths of NAME.svg of bootstrap-icons, in order."""
    literal = re.compile(r"""icon\(\s*["']([a-z0-9-]+)["']""")
    named = set(chain.from_iterable(literal.findall(markup(path)) for path in TEMPLATES))
    with reader() as app:
        macros = app.jinja_env.get_template("base/macros.html").module
    states, tones = vars(macros)["STATES"], vars(macros)["TONES"]
    named |= {icon for icon, _tone in states.values()} | set(tones.values())
    assert named <= set(ICONS), sorted(named - set(ICONS))


def test_the_sprite_is_in_order_and_takes_the_colour_of_its_text() -> None:
    assert sorted(ICONS) == ICONS
    assert len(set(ICONS)) == len(ICONS)
    assert SPRITE.count('viewBox="0 0 16 16" fill="currentColor"') == len(ICONS)
    assert not re.search(r"<script|href=|style=|\son[a-z]+=", SPRITE)


def test_each_state_has_its_own_shape_and_a_known_tone() -> None:
    with reader() as app:
        states = vars(app.jinja_env.get_template("base/macros.html").module)["STATES"]
    assert list(states) == [str(code) for code in range(1, 11)]
    assert len({icon for icon, _tone in states.values()}) == 10
    assert {tone for _icon, tone in states.values()} <= {"run", "wait", "done", "hold", "still"}


@pytest.mark.parametrize(
    "licence",
    [
        "htmx.LICENSE",
        "icons/bootstrap-icons.LICENSE",
        "fonts/source-sans-3.LICENSE",
        "fonts/source-serif-4.LICENSE",
    ],
)
def test_what_others_made_has_its_licence_beside_it(licence: str) -> None:
    assert (STATIC / licence).stat().st_size > 100


def test_the_theme_stands_over_the_bootstrap_it_was_made_for() -> None:
    served = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/css/bootstrap.min.css"
    assert re.search(r"Bootstrap\s+v5\.3\.", served.read_text("utf-8")[:200])
