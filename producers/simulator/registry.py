"""A registry file for a ready world, so that its events can be accepted and judged.

For Lampung Selatan use ``examples/lampung_selatan/registry.toml``, which is richer; this is for the other worlds.
"""

from collections.abc import Iterator

from producers.simulator.world import Hours, World
from producers.simulator.worlds import SERVICE_NAMES, kecamatan

_HEAD = """\
# Registri untuk dunia simulasi {name}: dibuat oleh simulator, bukan data kantor mana pun.

[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"

[[service_group]]
code = "simulasi"
name = "Simulasi"

[[source]]
name = "/simulasi/*"
live = false
numbers_restart = "{numbers}"

# Pelatihan dan tindakan yang dicatat di halaman: /catat
[[source]]
name = "pantau-halaman"
live = false
"""


def registry_toml(world: World) -> str:
    """The text of a ``registry.toml`` that knows every unit, service and source of a world.

    Sources are imports without an age limit. Units promise what the world says: to call within so many minutes, to
    finish an application within so many working days.
    """
    restart = all(office.numbers_restart for office in world.offices)
    parts = [_HEAD.format(name=world.name, numbers="daily" if restart else "never")]
    if world.holidays:
        years = sorted(day.year for day in world.holidays)
        parts.append(f'[holidays]\ncountry = "ID"\nfrom_year = {years[0]}\nto_year = {years[-1]}\n')
    parts += _hours(world)
    names = kecamatan()
    for code in dict.fromkeys(office.kecamatan for office in world.offices):
        parts.append(
            f'[[kecamatan]]\ncode = "{code}"\nname = "{names[code]}"\nkabupaten = "18.01"\n'
            f'contacts = [{{ role = "Camat {names[code]}", channel = "whatsapp", address_key = "camat-{code}" }}]\n'
        )
    for office in world.offices:
        parts.append(
            f'[[unit]]\ncode = "{office.code}"\nname = "{office.name or office.code}"\n'
            f'kecamatan = "{office.kecamatan}"\nzone = "{office.zone}"\nhours = "{_hours_name(world, office.hours)}"\n'
        )
        parts.append(
            f'[[standard]]\nunit = "{office.code}"\nmeasure = "wait_to_call"\n'
            f'within = "{office.promised_minutes} minutes"\n'
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
    applied = {permit.code: permit.promised_days for office in world.offices for permit in office.permits}
    for code in [*tickets, *(code for code in applied if code not in tickets)]:
        kind = "ticket" if code not in applied else "both" if code in tickets else "application"
        name = SERVICE_NAMES.get(code, code)
        yield f'[[service]]\ncode = "{code}"\nname = "{name}"\ngroup = "simulasi"\nkind = "{kind}"\n'
    for code, days in applied.items():
        yield f'[[standard]]\nservice = "{code}"\nmeasure = "turnaround_working"\nwithin = "{days} working days"\n'
