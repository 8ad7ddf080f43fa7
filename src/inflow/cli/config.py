"""`inflow config`: what the config may hold."""

from collections.abc import Iterator
from typing import Any

import typer

from inflow.cli.common import print_json
from inflow.config import Settings

app = typer.Typer(help="The config file.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """What the config may hold."""


@app.command()
def schema() -> None:
    """Print the JSON Schema of the config, for editors."""
    print_json(_schema())


@app.command()
def reference() -> None:
    """Print every key of the config, what it means and what it is when not given, as Markdown."""
    typer.echo("\n".join(_reference(_schema())))


def _schema() -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema(by_alias=True)}


def _reference(whole: dict[str, Any]) -> Iterator[str]:
    yield "# Config reference"
    yield ""
    yield "Made by `inflow config reference` from the models; a test keeps it true. An example: `config/inflow.toml`."
    for key, table in whole["properties"].items():
        yield from _table(key, table, whole)


def _table(key: str, table: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    many = table.get("type") == "array"
    model = _model(table["items"] if many else table, whole)
    yield from ("", f"## `[[{key}]]`" if many else f"## `[{key}]`", "", model.get("description", "").split("\n")[0], "")
    yield from ("| key | type | default | meaning |", "| --- | --- | --- | --- |")
    below = []
    for name, field in model["properties"].items():
        inner = _model(field, whole)
        if "properties" in inner and inner.get("title") not in ("Secret", "Rate", model.get("title")):
            below.append((name, field))
            continue
        default = "**required**" if name in model.get("required", ()) else f"`{_default(field.get('default'))}`"
        yield f"| `{name}` | {_type(field, whole)} | {default} | {field.get('description', '')} |"
    for name, field in below:
        yield from _table(f"{key}.{name}", field, whole)


def _model(field: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    options = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    name = options[0].get("$ref", "").rpartition("/")[2]
    return whole["$defs"].get(name, options[0]) if name else options[0]  # type: ignore[no-any-return]


def _type(field: dict[str, Any], whole: dict[str, Any]) -> str:
    model = _model(field, whole)
    if "enum" in model:
        return " \\| ".join(f"`{one}`" for one in model["enum"])
    if model.get("title") == "Secret":
        return "secret"
    if "properties" in model and "examples" not in model:
        return f"table like `{key}`" if (key := str(model.get("title", "")).lower()) else "table"
    if model.get("type") == "array":
        return f"list of {_type(model.get('items', {}), whole)}"
    kind = model.get("type", "string")
    if examples := model.get("examples"):
        return " or ".join(f'`"{one}"`' for one in examples)
    return kind if isinstance(kind, str) else " or ".join(kind)


def _default(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
