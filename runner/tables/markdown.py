"""text, tables → markdown for GitHub's renderer, in which no text can break the page or pass for markup; its HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from ..summary import Machine
from ..summary.values import one_line
from ..summary.words import machine_in_words

Alignment = Literal["left", "right"]

MARKUP = re.compile(
    r"[\\`*\[\]&|~$#]"
    r"|<(?![ =\d])|\A>"  # what opens a tag, and so all that `>` could close; a quotation begins with a line
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside a word an underscore is plain text
    r"|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.",  # GitHub makes links of bare addresses
    re.IGNORECASE,
)
AT = re.compile(r"@(?=[\w.-])")
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
SPAN = re.compile(r"(?<!`)`([^`|\\]+)`(?!`)")
PLAIN_CODE = re.compile(r"[^`|\\]+")


def escaped(text: str) -> str:
    """The text as one line that is shown as it is.

    By numeric references, which unlike backslashes mean the same in a table's cell and outside, and never open or
    close anything. An empty comment keeps an address's parts from becoming a link to it.
    """
    return _inert(one_line(text))


def prose(text: str) -> str:
    """The same, but what stands between two backticks is code."""
    parts = SPAN.split(one_line(text))
    return "".join(code(part) if number % 2 else _inert(part) for number, part in enumerate(parts))


def _inert(line: str) -> str:
    return AT.sub("@<!-- -->", MARKUP.sub(lambda found: f"&#{ord(found[0])};", line))


def code(text: str) -> str:
    """The text as code on one line; a code span where the text cannot end it, nor the table's cell it is in."""
    line = one_line(text)
    return f"`{line}`" if PLAIN_CODE.fullmatch(line) else f"<code>{escaped(line)}</code>"


def machine_named(machine: Machine) -> str:
    """Its name, and what is known of it."""
    facts = machine_in_words(machine)
    return code(machine.name) + (f" ({escaped(facts)})" if facts else "")


def fenced(text: str, language: str) -> str:
    """A block of code, its fence longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], alignments: Sequence[Alignment]) -> str:
    """A table of ready markdown. Not padded: one figure's width must not change every line of a diff."""
    import tabulate

    marks = "|".join(" ---: " if alignment == "right" else " :--- " for alignment in alignments)
    line = tabulate.DataRow("| ", " | ", " |")
    layout = tabulate.TableFormat(None, lambda widths, aligns: f"|{marks}|", None, None, line, line, 0, None)
    rendered = tabulate.tabulate(
        rows, headers=headers, tablefmt=layout, disable_numparse=True, stralign=None, numalign=None
    )
    return str(rendered)


def html(markdown: str) -> str:
    """Our own markdown as a browser has it; what it escapes stays inert there, too."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def fences(lines: Iterable[str]) -> Iterator[str]:
    """For each line the fence of the block of code that is open after it; empty where it is text."""
    open_fence = ""
    for line in lines:
        found = FENCE.match(line)
        if not open_fence:
            open_fence = found[1] if found else ""
        elif found and found[1].startswith(open_fence) and not line[found.end() :].strip():
            open_fence = ""
        yield open_fence


def folded(title: str, content: str) -> str:
    """What a click shows; the title is plain text."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"
