"""The `qzcompete` command. A group or command is imported only when it is called, so that `bundle score`
starts without Flask. Groups live beside their slice; this file only names them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import click

from qzcompete.config import SettingError

# name -> (module:attribute, one line of help); "group name" -> a command that another slice adds to a group.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("qzcompete.operation.serving:serve", "Serve the site, with its job workers beside it."),
    "worker": ("qzcompete.operation.serving:work", "Run background jobs."),
    "check": (
        "qzcompete.operation.checking:check",
        "Check the system libraries, the settings, the data and its invariants.",
    ),
    "db": ("qzcompete.operation.database:database_group", "Upgrade, downgrade or move the database."),
    "fields": ("qzcompete.operation.fields:fields_group", "Turn over the keys of encrypted columns."),
    "backup": ("qzcompete.operation.backup:backup", "Write database, files and keys into one archive."),
    "sweep": ("qzcompete.operation.sweeping:sweep", "Show or remove kept files that no row names."),
    "restore": ("qzcompete.operation.backup:restore", "Bring an archive back, on an empty machine."),
    "user": ("qzcompete.people.commands:user_group", "Make accounts."),
    "bundle": ("qzcompete.marking.commands:bundle_group", "Score, import and export event bundles."),
    "scheme": ("qzcompete.marking.commands:scheme_group", "Check marking schemes."),
    "results": ("qzcompete.results.commands:results_group", "Show results."),
    "certificates": (
        "qzcompete.certificates.commands:certificates_group",
        "Issue, export and verify certificates.",
    ),
    "keys": ("qzcompete.certificates.commands:keys_group", "Make and turn over signing keys."),
    "draw": ("qzcompete.registration.commands:draw_group", "Check draws."),
    "selection": ("qzcompete.demo.selection.commands:selection_group", "Simulate a round of selection."),
    "demo": ("qzcompete.demo:demo", "Fill a demo city."),
    "competition": ("qzcompete.demo:competition_group", "Rehearse competitions."),
}
ADDITIONS: dict[str, dict[str, str]] = {
    "bundle": {
        "import": "qzcompete.results.commands:import_bundle",
        "export": "qzcompete.results.commands:export_bundle",
    },
}


def found(path: str) -> click.Command:
    module, name = path.split(":")
    command: click.Command = getattr(import_module(module), name)
    return command


class LateGroup(click.Group):
    """Knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = found(COMMANDS[cmd_name][0])
        if cmd_name in ADDITIONS and isinstance(command, click.Group):
            return Extended(command, ADDITIONS[cmd_name])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


class Extended(click.Group):
    """A group together with commands of a slice above it, imported when called."""

    def __init__(self, group: click.Group, additions: dict[str, str]) -> None:
        super().__init__(group.name, commands=dict(group.commands), help=group.help)
        self.additions = additions

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.commands, *self.additions])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.additions:
            return found(self.additions[cmd_name])
        return super().get_command(ctx, cmd_name)


def application(**changes: Any) -> Any:
    """The application by the settings, with `changes` to them."""
    from qzcompete.app import create_app
    from qzcompete.config import load_settings
    from qzcompete.core.logs import set_up_logging

    settings = replace(load_settings(), **changes)
    set_up_logging(settings.log_level)
    return create_app(settings)


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qzcompete")
@click.pass_context
def main_group(ctx: click.Context) -> None:
    """钦州技能竞赛与大师工作室管理系统: skills competitions and master studios of Qinzhou."""
    ctx.obj = application


def main() -> None:
    """The console script: a setting that cannot be used is one sentence, not a trace."""
    try:
        main_group()
    except SettingError as error:
        raise SystemExit(f"Error: {error}") from None


if __name__ == "__main__":
    main()
