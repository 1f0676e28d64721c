"""A report's page: one HTML document that needs nothing else, in sections."""

from __future__ import annotations

import base64
import importlib.resources
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._pictures import Picture


def page(title: str, sections: Sequence[str]) -> str:
    """The document: no scripts, no network; colours follow the reader's light or dark mode."""
    css = importlib.resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} · Sobolev</title><link rel="icon" href="data:,"><style>{css}</style></head>'
        f"<body><main>{''.join(sections)}<footer>Made by Sobolev.</footer></main></body></html>\n"
    )


def head(title: str, lines: Sequence[str]) -> str:
    """The title and what is said first."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f"<header><h1>{escape(title)}</h1>{paragraphs}</header>"


def facts(found: Sequence[tuple[str, str]]) -> str:
    """Numbers to be seen first, each with what it is."""
    items = "".join(f"<li><b>{escape(a)}</b><span>{escape(b)}</span></li>" for a, b in found)
    return f'<ul class="facts">{items}</ul>'


def section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def drawing(svg: str, wide: bool = False) -> str:
    """An SVG in the page's own colours."""
    return f'<figure class="{"wide" if wide else ""}">{svg}</figure>'


def gallery(pictures: Sequence[Picture]) -> str:
    """Pictures on paper of their own, side by side where there is room."""
    return f'<div class="gallery">{"".join(_paper(p) for p in pictures)}</div>'


def _paper(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode()
    words = escape(picture.caption)
    return (
        f'<figure class="paper"><img alt="{words}" src="data:image/png;base64,{data}">'
        f"<figcaption>{words}</figcaption></figure>"
    )


def definitions(values: Mapping[str, Any]) -> str:
    """A list of names and values, nested ones in one line."""

    def text(v: Any) -> str:
        return ", ".join(f"{k} {text(w)}" for k, w in v.items()) if isinstance(v, dict) else str(v)

    items = "".join(f"<dt>{escape(str(k).replace('_', ' '))}</dt><dd>{escape(text(v))}</dd>" for k, v in values.items())
    return f"<dl>{items}</dl>"
