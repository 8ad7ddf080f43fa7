"""`inflow config`: what the config may hold."""

import typer

from inflow.cli.common import print_json
from inflow.config import Settings

app = typer.Typer(help="The config file.", no_args_is_help=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the config, for editors."""
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema(by_alias=True)})
