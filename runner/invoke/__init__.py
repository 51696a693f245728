"""Order → Reply: one child, from its start until nothing of it is left."""

from .launch import STACK_SIGNAL, Launcher
from .reply import Named, Order, Reply

__all__ = ["STACK_SIGNAL", "Launcher", "Named", "Order", "Reply"]
