"""Runs one Python function for Troupe: reads a JSON object a line, answers each with one.

`{"op": "load", "source", "imports", "name"}` compiles the function and gives the JSON Schema of its arguments.
`{"op": "call", "args", "env"}` calls it and gives its result as AutoGen prints it.
The answer is `{"ok": true, …}` or `{"ok": false, "error": "…"}`. What the function prints goes nowhere.
"""
import ast
import importlib.util
import inspect
import io
import json
import os
import sys
import textwrap
import types as _types
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

LONGEST = int(sys.argv[1])
"""Characters that a result may have."""


def load_readers():
    spec = importlib.util.spec_from_file_location("troupe_readers", os.path.join(sys.path[0], "readers.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


readers = load_readers()
sys.path.pop(0)


class Token:
    """Stands for AutoGen's CancellationToken: who cancels a call ends this process."""

    def cancel(self): ...
    def is_cancelled(self): return False
    def add_callback(self, callback): ...
    def link_future(self, future): return future


def stand_in(name, **members):
    """Lets a module be imported that functions of AutoGen name, where it is not installed."""
    if importlib.util.find_spec(name) is None:
        module = _types.ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module


def statement(one):
    """An import as AutoGen writes it in a config, as Python."""
    if isinstance(one, str):
        return f"import {one}"
    if "module" in one:
        names = [i if isinstance(i, str) else f"{i['name']} as {i['alias']}" for i in one["imports"]]
        return f"from {one['module']} import {', '.join(names)}"
    return f"import {one['name']} as {one['alias']}"


def typed(function):
    """The arguments of a function: (name, type, default), and whether it takes AutoGen's token."""
    hints = typing.get_type_hints(function, include_extras=True) if not isinstance(function, type) else {}
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or name == "cancellation_token":
            continue
        found.append((name, hints.get(name, parameter.annotation), parameter.default))
    return found, "cancellation_token" in inspect.signature(function).parameters


def property_of(name, kind, default):
    notes = getattr(kind, "__metadata__", ())
    described = next((note for note in notes if isinstance(note, str)), name)
    return {**readers.schema_of(kind), **readers.default_of(default), "description": described,
            "title": readers.title_of(name)}


class Function:
    """The function that this process is there for."""

    def __init__(self, source, imports, name):
        module = _types.ModuleType("troupe_function")
        # Types that name each other by text are looked up there.
        sys.modules[module.__name__] = module
        scope = module.__dict__
        for one in imports:
            line = statement(one)
            try:
                exec(line, scope)
            except ImportError as error:
                raise ImportError(f"`{line}` fails: {error}. The operator installs packages (--python-venv).") from None
        source = textwrap.dedent(source)
        exec(compile(source, "<function>", "exec"), scope)
        defined = [node.name for node in ast.parse(source).body
                   if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        if not defined:
            raise ValueError("The source defines no function.")
        self.call = scope[name if name in defined else defined[0]]
        self.arguments, self.takes_token = typed(self.call)

    def schema(self):
        properties = {name: property_of(name, kind, default) for name, kind, default in self.arguments}
        required = [name for name, _, default in self.arguments if default is inspect.Parameter.empty]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def run(self, args):
        given, problems = {}, []
        for name, kind, default in self.arguments:
            try:
                if name in args:
                    given[name] = readers.fit(kind, args[name], f"arguments.{name}")
                elif default is inspect.Parameter.empty:
                    raise readers.Unfit(f"arguments.{name}", "it is missing")
            except readers.Unfit as problem:
                problems.append(str(problem))
        if problems:
            raise ValueError("\n".join(problems))
        if self.takes_token:
            given["cancellation_token"] = Token()
        result = self.call(**given)
        return printed(loop().run_until_complete(result) if inspect.isawaitable(result) else result)


loops = []


def loop():
    """One event loop for all calls: what a function keeps between them belongs to it."""
    if not loops:
        import asyncio
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[0])
    return loops[0]


def printed(value):
    """A result as AutoGen tells it to a model."""
    if readers.is_pydantic(type(value)):
        value = value.model_dump()
        value = json.dumps(value) if isinstance(value, dict) else value
    text = str(value)
    if len(text) > LONGEST:
        raise ValueError(f"The result has {len(text)} characters; {LONGEST} are allowed.")
    return text


def reason_of(error):
    """An error as a tool result: its text alone, as AutoGen gives it."""
    if isinstance(error, SystemExit):
        return f"The function has asked to exit ({error.code})."
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg} (line {error.lineno})"
    parts = getattr(error, "exceptions", None)
    text = "\n".join(map(reason_of, parts)) if parts else str(error)
    return text[:LONGEST].strip() or type(error).__name__


def answer(message, state):
    if message["op"] == "load":
        state["function"] = Function(message["source"], message["imports"], message["name"])
        return {"ok": True, "schema": state["function"].schema()}
    os.environ.update(message.get("env") or {})
    return {"ok": True, "text": state["function"].run(message["args"])}


def main():
    lines, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for own in (0, 1):
        os.dup2(nowhere, own)
    sys.stdin, sys.stdout = io.TextIOWrapper(io.BytesIO()), open(os.devnull, "w", encoding="utf-8")
    stand_in("autogen_core", CancellationToken=Token)
    stand_in("typing_extensions", **{name: getattr(typing, name) for name in dir(typing) if name[0] != "_"})
    state = {}
    for line in lines:
        try:
            told = answer(json.loads(line), state)
        except BaseException as error:
            told = {"ok": False, "error": reason_of(error)}
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


main()
