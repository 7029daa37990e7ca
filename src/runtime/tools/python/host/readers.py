"""JSON Schemas of Python types, and JSON values read as these types, the way AutoGen's pydantic models do both.

Only what Python itself brings is used: pydantic takes part where a function's own types are pydantic models.
"""
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import inspect
import math
import pathlib
import types
import typing
import uuid

NONE = type(None)
TEXT_FORMATS = {
    datetime.datetime: "date-time",
    datetime.date: "date",
    datetime.time: "time",
    uuid.UUID: "uuid",
    pathlib.Path: "path",
    pathlib.PurePath: "path",
    bytes: "binary",
}
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NONE: "null"}
LISTS = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable,
         collections.abc.Collection, collections.abc.MutableSequence)
SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
TRUTHS = {**dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
          **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False)}


class Unfit(ValueError):
    """A value that is not of its type: `arguments.city: a text is wanted`."""

    def __init__(self, path, wanted):
        super().__init__(f"{path}: {wanted}")


def bare(kind):
    """The type without what is annotated to it."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    return kind


def is_union(kind):
    return typing.get_origin(kind) in (typing.Union, getattr(types, "UnionType", typing.Union))


def is_pydantic(kind):
    return inspect.isclass(kind) and hasattr(kind, "model_json_schema") and hasattr(kind, "model_validate")


def fields_of(kind):
    """The fields of a dataclass, a TypedDict or a NamedTuple: (name, type, required, default), or None."""
    if not inspect.isclass(kind):
        return None
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return [(f.name, hints[f.name], f.default is dataclasses.MISSING and
                 f.default_factory is dataclasses.MISSING, f.default) for f in dataclasses.fields(kind) if f.init]
    if typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return [(name, hint, name in kind.__required_keys__, dataclasses.MISSING) for name, hint in hints.items()]
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = typing.get_type_hints(kind, include_extras=True)
        defaults = kind._field_defaults
        return [(name, hints.get(name, typing.Any), name not in defaults, defaults.get(name, dataclasses.MISSING))
                for name in kind._fields]
    return None


def inlined(schema, definitions=None):
    """A schema with its definitions where they are referred to; one that refers to itself ends there."""
    definitions = definitions or schema.get("$defs", {})

    def walk(part, above):
        if isinstance(part, list):
            return [walk(item, above) for item in part]
        if not isinstance(part, dict):
            return part
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name in definitions:
            rest = {key: item for key, item in part.items() if key != "$ref"}
            return {"type": "object"} if name in above else {**walk(definitions[name], above | {name}), **rest}
        return {key: walk(item, above) for key, item in part.items() if key != "$defs"}

    return walk(schema, frozenset())


def schema_of(kind, above=()):
    """The JSON Schema of a type; raises TypeError where there is none."""
    kind = bare(kind)
    if kind in (typing.Any, inspect.Parameter.empty, object) or isinstance(kind, typing.TypeVar):
        return {}
    if kind is None:
        return {"type": "null"}
    if inspect.isclass(kind) and kind in PLAIN:
        return {"type": PLAIN[kind]}
    if inspect.isclass(kind) and kind in TEXT_FORMATS:
        return {"format": TEXT_FORMATS[kind], "type": "string"}
    if kind is datetime.timedelta:
        return {"format": "duration", "type": "string"}
    if kind is decimal.Decimal:
        return {"anyOf": [{"type": "number"}, {"type": "string"}]}
    if is_union(kind):
        return {"anyOf": [schema_of(part, above) for part in typing.get_args(kind)]}
    if typing.get_origin(kind) is typing.Literal:
        return choice(typing.get_args(kind))
    if hasattr(kind, "__supertype__"):
        return schema_of(kind.__supertype__, above)
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return {"title": kind.__name__, **choice([member.value for member in kind])}
    if is_pydantic(kind):
        return inlined(kind.model_json_schema())
    return schema_of_fields(kind, above) if fields_of(kind) is not None else schema_of_many(kind, above)


def choice(values):
    found = {PLAIN.get(type(value)) for value in values}
    frame = {"type": found.pop()} if len(found) == 1 and None not in found else {}
    return {"const": values[0], **frame} if len(values) == 1 else {"enum": list(values), **frame}


def schema_of_fields(kind, above):
    if kind in above:
        return {"type": "object"}
    known = fields_of(kind)
    properties = {}
    for name, hint, required, default in known:
        properties[name] = {"title": title_of(name), **schema_of(hint, (*above, kind)), **default_of(default)}
    schema = {"properties": properties, "title": kind.__name__, "type": "object"}
    required = [name for name, _, needed, _ in known if needed]
    return {**schema, "required": required} if required else schema


def schema_of_many(kind, above):
    origin, args = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in MAPS:
        values = schema_of(args[1], above) if len(args) == 2 else {}
        return {"additionalProperties": values or True, "type": "object"}
    if origin is tuple and args and args[-1] is not Ellipsis:
        parts = [schema_of(part, above) for part in args]
        return {"maxItems": len(parts), "minItems": len(parts), "prefixItems": parts, "type": "array"}
    if origin in LISTS or origin in SETS:
        items = {"items": schema_of(args[0], above) if args else {}, "type": "array"}
        return {**items, "uniqueItems": True} if origin in SETS else items
    raise TypeError(f"There is no JSON Schema for the type {getattr(kind, '__name__', kind)}.")


def title_of(name):
    return name.replace("_", " ").title()


def default_of(value):
    """`{"default": …}` where a default can be written as JSON."""
    if value is dataclasses.MISSING or value is inspect.Parameter.empty:
        return {}
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, pathlib.PurePath):
        value = str(value)
    if isinstance(value, tuple):
        value = list(value)
    return {"default": value} if isinstance(value, (str, int, float, bool, NONE, list, dict)) else {}


def fit(kind, value, path):
    """A JSON value as a type; raises Unfit."""
    kind = bare(kind)
    if kind in (typing.Any, inspect.Parameter.empty, object) or isinstance(kind, typing.TypeVar):
        return value
    if kind is None:
        kind = NONE
    if inspect.isclass(kind) and kind in PLAIN:
        return fit_plain(kind, value, path)
    if is_union(kind):
        return fit_union(typing.get_args(kind), value, path)
    if typing.get_origin(kind) is typing.Literal:
        found = [one for one in typing.get_args(kind) if one == value and type(one) is type(value)]
        if found:
            return found[0]
        raise Unfit(path, "one of these is wanted: " + ", ".join(map(repr, typing.get_args(kind))))
    if hasattr(kind, "__supertype__"):
        return fit(kind.__supertype__, value, path)
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        try:
            return kind(value)
        except ValueError:
            raise Unfit(path, "one of these is wanted: " + ", ".join(repr(one.value) for one in kind)) from None
    if is_pydantic(kind):
        return fit_pydantic(kind, value, path)
    if fields_of(kind) is not None:
        return fit_fields(kind, value, path)
    if inspect.isclass(kind) and (kind in TEXT_FORMATS or kind in (datetime.timedelta, decimal.Decimal)):
        return fit_text(kind, value, path)
    return fit_many(kind, value, path)


def fit_plain(kind, value, path):
    if kind is NONE:
        if value is None:
            return None
        raise Unfit(path, "null is wanted")
    if kind is str:
        if isinstance(value, str):
            return value
        raise Unfit(path, "a text is wanted")
    if kind is bool:
        known = TRUTHS.get(value.strip().lower()) if isinstance(value, str) else None
        if isinstance(value, bool) or known is not None:
            return value if known is None else known
        if isinstance(value, (int, float)) and value in (0, 1):
            return bool(value)
        raise Unfit(path, "true or false is wanted")
    number = number_of(value)
    if kind is float and number is not None:
        return float(number)
    if kind is int and number is not None and not (isinstance(number, float) and not number.is_integer()):
        return int(number)
    raise Unfit(path, "a whole number is wanted" if kind is int else "a number is wanted")


def number_of(value):
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, str):
        return None
    for read in (int, float):
        try:
            return read(value.strip())
        except ValueError:
            continue
    return None


def fit_union(parts, value, path):
    exact = [part for part in parts if type(value) is bare(part) or (value is None and bare(part) in (None, NONE))]
    problem = None
    for part in [*exact, *parts]:
        try:
            return fit(part, value, path)
        except Unfit as error:
            if problem is None or len(str(error)) > len(str(problem)):
                problem = error
    raise problem


def fit_pydantic(kind, value, path):
    try:
        return kind.model_validate(value)
    except ValueError as error:
        raise Unfit(path, str(error)) from None


def fit_fields(kind, value, path):
    known = fields_of(kind)
    if isinstance(value, list) and issubclass(kind, tuple):
        value = dict(zip([name for name, *_ in known], value))
    if not isinstance(value, dict):
        raise Unfit(path, "an object is wanted")
    made = {}
    for name, hint, required, _ in known:
        if name in value:
            made[name] = fit(hint, value[name], f"{path}.{name}")
        elif required:
            raise Unfit(f"{path}.{name}", "it is missing")
    return made if typing.is_typeddict(kind) else kind(**made)


def fit_text(kind, value, path):
    try:
        if kind is datetime.timedelta:
            return datetime.timedelta(seconds=float(value))
        if kind is decimal.Decimal:
            return decimal.Decimal(str(value))
        if kind is bytes:
            return value.encode()
        if kind in (datetime.datetime, datetime.date, datetime.time):
            if kind is datetime.datetime and isinstance(value, (int, float)) and math.isfinite(value):
                return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
            return kind.fromisoformat(value.replace("Z", "+00:00"))
        return kind(value)
    except Exception:
        raise Unfit(path, f"a text of the kind {kind.__name__} is wanted") from None


def fit_many(kind, value, path):
    origin, args = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in MAPS:
        if not isinstance(value, dict):
            raise Unfit(path, "an object is wanted")
        keys, values = args if len(args) == 2 else (typing.Any, typing.Any)
        return {fit(keys, key, f"{path}.{key}"): fit(values, item, f"{path}.{key}") for key, item in value.items()}
    if not isinstance(value, list):
        raise Unfit(path, "a list is wanted")
    if origin is tuple and args and args[-1] is not Ellipsis:
        if len(value) != len(args):
            raise Unfit(path, f"a list of {len(args)} is wanted")
        return tuple(fit(part, item, f"{path}[{i}]") for i, (part, item) in enumerate(zip(args, value)))
    item_kind = args[0] if args else typing.Any
    items = [fit(item_kind, item, f"{path}[{i}]") for i, item in enumerate(value)]
    return set(items) if origin in SETS else tuple(items) if origin is tuple else items
