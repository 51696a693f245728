"""Document → data for the schema: numbers as they were written where texts are meant, free keys left out."""

from __future__ import annotations

from ..child.workloads.table import WORKLOADS
from .document import Document, Node


def data(document: Document) -> object:
    """The document's data; `env: {PORT: 010}` is the text "010", not the number ten."""
    if not isinstance(document.data, dict):
        return document.data
    return {
        str(name): _top(str(name), child.node)
        for name, child in document.root.children.items()
        if name != "$schema" and not str(name).startswith("x-")
    }


def _top(name: str, node: Node) -> object:
    if name == "env":
        return _texts(node)
    if name == "workloads" and isinstance(node.data, dict):
        return {key: _workload(child.node) for key, child in node.children.items()}
    return node.data


def _workload(node: Node) -> object:
    if not isinstance(node.data, dict) or node.data.get("kind") != "command":
        return node.data
    done = dict(node.data)
    for name, as_texts in (("argv", _texts), ("sweep", _sweep)):
        if name in node.children:
            done[name] = as_texts(node.children[name].node)
    return done


def _sweep(node: Node) -> object:
    """What is swept goes into the command's texts, unless it is the inputs."""
    if isinstance(node.data, list):
        return [_sweep(child.node) for child in node.children.values()]
    if not isinstance(node.data, dict):
        return node.data
    parameters = WORKLOADS["command"].parameters.keys() - {"argv"}
    return {key: child.node.data if key in parameters else _texts(child.node) for key, child in node.children.items()}


def _texts(node: Node) -> object:
    if isinstance(node.data, dict):
        return {key: _texts(child.node) for key, child in node.children.items()}
    if isinstance(node.data, list):
        return [_texts(child.node) for child in node.children.values()]
    number = isinstance(node.data, int | float) and not isinstance(node.data, bool)
    return node.written if number else node.data
