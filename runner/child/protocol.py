"""Request, Reply ↔ JSON: the whole contract between Runmatrix and a child, versioned.

A request comes on standard input, one JSON object:

    protocol      1
    purpose       "measure": one cell, startup, batches, stop; "rehearse": one task of every variant, for the preflight
    project       folder of the experiment's file: working directory, last on sys.path
    root          folder within which imported files belong to the project (the repository's top)
    scratch       a private temporary folder that the parent removes
    model         {kind, options}
    workload      {kind, parameters}; with "rehearse" {kind}, and `variants` is a list of {parameters, reference}
    workers       how many; with "rehearse" 1, and `asked` has the numbers that will be asked for
    tasks         how many; null is as many as there are inputs
    batches       how many further batches after the cold one; "auto" is about a second of them, "warm" too, but one
                  at least
    same          how results are compared: "equal", "unordered", "any", {"close": tolerance}, "module:function"
    reference     {folder, own, baseline}: for `close` and functions, where a block's invocations leave their results
                  for each other under their own names, and whose are to be compared with
    distributions module → [distribution, version], what an earlier child found
    editable      distribution → folder, of those that this Python uses from where they are written
    instead       [root of the working tree, root of another checkout]: imports come from the second, never the first;
                  absent where the working tree is what is measured
    trace         true where tasks are to say when and where they ran; nothing else that is said then is measured
    stack_signal  the signal on which all stacks are written to scratch/stacks-PID

The reply is one JSON object in scratch/reply, written whole or not at all. Of "measure":

    protocol, status, reason, notes, fingerprint
    phases        {imports_ns, startup_ns, cold_ns, steady_ns: [one for each batch], stop_ns}
    tasks, answered, workers_ready, workers_used, gil, resolved (options as they turned out)
    cpu           {cold_ns, steady_ns, queued_ns, how}, server_cpu_ns (of the workload's own server, which is no part of
                  the work); queued_ns: how long workers could run and had no core, in all batches, added up
    tree_cpu_ns   of all processes of the session, before they were stopped; the server is left out
    memory        {bytes, how}
    native_threads  threads of BLAS and OpenMP libraries: {env: {variable: value}, pools: {library: threads}}, where any
                  is loaded
    results       {count, digest}, or {count, agrees: {name of another that has left its results: whether the same}}
    service, queueing   histograms of `histogram.py`

    trace         where it was asked for, times in ns since the begin of the startup: pid (the child's), phases {startup,
                  cold, stop: [begin, end]}, workers [[pid, process name, thread id, thread name, number or null]], tasks
                  of the first batch [[which of the workers, begin, end]], ten thousand at most

Of "rehearse": protocol, status, reason, fingerprint, too_many (of the numbers of workers asked for those that the
system does not carry, {number: why}), findings: for each variant {status, reason, notes, tasks, startup_ns, task_ns,
stop_ns, results, gil, held_up}, the last one where the model can look on: how late a sleeper beside the task woke, in
another thread or in the same event loop: {ticks (that were due while the task was done), typical_ns (median),
longest_ns, queued_ns and task_queued_ns (how long the sleeper's thread could run and had no core, and the task's, where
that is another), span_ns (how long the task took)}. A user's task (of kinds that the table says `has_effects` of) is
done once. Of other kinds up to four batches of up to 1,000 tasks follow, to see more of short ones, and `held_up` is of
that long batch in which there was a core for the largest share of the time.

Readers pass over fields they don't know.
"""

from __future__ import annotations

PROTOCOL = 1
METHOD = 2
"""How measuring is done; figures of different methods are not comparable. With 2 startup holds no imports that come late,
and CPU time is that of workers too whom nobody waits for."""

try:  # the accelerator behind the json module: importing all of json takes as long as starting a bare interpreter
    from _json import encode_basestring_ascii, make_scanner
except ImportError:
    from json.encoder import encode_basestring_ascii
    from json.scanner import make_scanner


class _Context:
    """What the JSON scanner asks of a decoder."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None  # asked for since 3.15
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict[str, str] = {}  # noqa: RUF012 - the scanner fills it


def parse(text: str) -> dict[str, object]:
    """Read one JSON object. Raises ValueError or StopIteration where there is none."""
    value, _ = make_scanner(_Context())(text, 0)  # type: ignore[arg-type]
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def render(value: object) -> str:
    """Write plain data as JSON. Raises TypeError for anything else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{render(str(key))}:{render(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([render(item) for item in value]) + "]"
    raise TypeError(f"{type(value).__name__} is no plain data")
