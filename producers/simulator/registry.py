"""A registry file for a ready world, so that its events can be accepted and judged.

For Lampung Selatan use ``examples/lampung_selatan/registry.toml``, which is richer; this is for the other worlds.
"""

from collections.abc import Iterator

from producers.simulator.world import Hours, World
from producers.simulator.worlds import kecamatan

_HEAD = """\
# Registri untuk dunia simulasi {name}: dibuat oleh simulator, bukan data kantor mana pun.

[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"

[[service_group]]
code = "simulasi"
name = "Simulasi"

[[standard]]
measure = "wait_to_call"
within = "30 minutes"

[[source]]
name = "/simulasi/*"
live = false
numbers_restart = "{numbers}"
"""


def registry_toml(world: World) -> str:
    """The text of a ``registry.toml`` that knows every unit, service and source of a world.

    Sources are imports without an age limit. Every unit promises to call within 30 minutes and to finish an
    application within three working days.
    """
    restart = all(office.numbers_restart for office in world.offices)
    parts = [_HEAD.format(name=world.name, numbers="daily" if restart else "never")]
    parts += _hours(world)
    names = kecamatan()
    for code in dict.fromkeys(office.kecamatan for office in world.offices):
        parts.append(f'[[kecamatan]]\ncode = "{code}"\nname = "{names.get(code, code)}"\nkabupaten = "18.01"\n')
    for office in world.offices:
        parts.append(
            f'[[unit]]\ncode = "{office.code}"\nname = "{office.code}"\nkecamatan = "{office.kecamatan}"\n'
            f'zone = "{office.zone}"\nhours = "{_hours_name(world, office.hours)}"\n'
        )
    parts += _services(world)
    return "\n".join(parts)


def _hours_name(world: World, hours: Hours) -> str:
    """Offices with equal hours share one name."""
    return f"jam-{list(dict.fromkeys(office.hours for office in world.offices)).index(hours) + 1}"


def _hours(world: World) -> Iterator[str]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for hours in dict.fromkeys(office.hours for office in world.offices):
        lines = [f"[hours.{_hours_name(world, hours)}]"]
        for weekday in sorted(hours.weekdays):
            begin, end = hours.resting(weekday)
            spells = [_spell(hours.opens, begin), _spell(end, hours.closing(weekday))]
            lines.append(f"{names[weekday]} = [{', '.join(spells)}]")
        yield "\n".join([*lines, ""])


def _spell(start: int, end: int) -> str:
    return f'"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"'


def _services(world: World) -> Iterator[str]:
    tickets = dict.fromkeys(product.code for office in world.offices for product in office.products)
    applied = dict.fromkeys(permit.code for office in world.offices for permit in office.permits)
    for code in tickets | applied:
        kind = "ticket" if code not in applied else "both" if code in tickets else "application"
        yield f'[[service]]\ncode = "{code}"\nname = "{code}"\ngroup = "simulasi"\nkind = "{kind}"\n'
    for code in applied:
        yield f'[[standard]]\nservice = "{code}"\nmeasure = "turnaround_working"\nwithin = "3 working days"\n'
