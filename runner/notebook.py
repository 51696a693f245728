"""Summary, Verdicts, pictures → HTML for a notebook: the page that `run` writes, its pictures inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from .plots import Picture
from .plots.draw import drawn
from .summary import Summary
from .tables import markdown
from .tables.page import page
from .verdict import Verdicts


def html(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture]) -> str:
    """All in one text, with no file or network behind it."""
    rendered = markdown.html(page(summary, verdicts, command, pictures))
    for picture in pictures:
        data = base64.b64encode(drawn(picture).encode()).decode()
        rendered = rendered.replace(f'src="{picture.file}"', f'src="data:image/svg+xml;base64,{data}"')
    return rendered
