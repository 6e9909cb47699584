"""Commands and groups as callguard has them: nothing that was typed is passed over in silence."""

from __future__ import annotations

from collections import Counter

import click


def takes_one_value(parameter: click.Parameter) -> bool:
    """True for an option of which a second value would silently replace the first."""
    return (
        isinstance(parameter, click.Option)
        and not (parameter.multiple or parameter.count)
        and (not parameter.is_flag or bool(parameter.secondary_opts))
    )


class Command(click.Command):
    """A command that refuses an option given twice, unless the option takes several values."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments left over, as click has it. Raises :class:`click.UsageError`."""
        if not ctx.resilient_parsing:
            *_, order = self.make_parser(ctx).parse_args(list(args))
            for parameter, times in Counter(order).items():
                if times > 1 and takes_one_value(parameter):
                    raise click.UsageError(
                        f"{parameter.opts[0]} is given {times} times and takes one value: "
                        "give it once.",
                        ctx,
                    )
        return super().parse_args(ctx, args)


class Group(click.Group):
    """A group whose commands are :class:`Command`, and whose groups are groups like itself."""

    command_class = Command
    group_class = type
