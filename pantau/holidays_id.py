"""Indonesia's days off from the ``holidays`` package: national holidays and joint leave (*cuti bersama*).

Both close offices. The package follows the yearly decrees of the three ministers (SKB 3 Menteri); days that a decree
adds or takes back later belong in the registry file. Years without a decree yet are forecasts.
"""

from pantau.domain.registry import Holiday

FIRST_YEAR, LAST_YEAR = 1970, 2199


def holidays_of(first_year: int, last_year: int) -> tuple[Holiday, ...]:
    """The days off of these years, both included, by date, with their Indonesian names.

    A day that is both a national holiday and joint leave counts as the national holiday.
    """
    from holidays.constants import GOVERNMENT, PUBLIC  # late: the package takes longer to import than a command may
    from holidays.countries.indonesia import Indonesia

    years = range(first_year, last_year + 1)
    joint = Indonesia(categories=(GOVERNMENT,), years=years, language="id")
    national = Indonesia(categories=(PUBLIC,), years=years, language="id")
    found = {day: Holiday(day=day, name=name, kind="cuti_bersama") for day, name in joint.items()}
    found |= {day: Holiday(day=day, name=name, kind="libur_nasional") for day, name in national.items()}
    return tuple(found[day] for day in sorted(found))
