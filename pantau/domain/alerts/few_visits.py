"""What is asked of an office with few visits: less evidence, and evidence of a gentler fall.

By chance alone, evidence reaches a threshold h in a year about in proportion to three things: to how much is told
independently in a day, n / (1 + rho n) of n visits (``evidence``), to the shift that the evidence is built for, and to
exp(-h). At one threshold for all, an office with few visits is therefore quieter than it need be and finds falls later.
So it is asked for less: for the logarithm of what it tells fewer than a reference office with the same rho, and of what
its shift is smaller. Its false alarms then come about as often as those of the reference office, not more often.

Why a smaller shift: what makes a fall be missed where a day tells little is its luck, and the scatter of a day's
evidence grows with the square of the shift it is built for. Against the weakest fall worth finding, evidence built for
a gentler one gains as much a day and scatters far less. Evidence turns into relief at half the shift, which then lies
nearer to what is usual: relief grows more slowly, and less of it is asked, too.
"""

from math import log

import msgspec

from pantau.domain.alerts.policy import MICRO, Indicator, Policy


class Ease(msgspec.Struct, frozen=True):
    """``less``: micro-nats below the threshold of a reference office. ``gentle``: which part, above 0 and up to 1, of
    its shift evidence is built for."""

    less: int
    gentle: float

    def recovery(self, full: int) -> int:
        """The relief that ends a fall, where in a larger office it is ``full`` (both in micro-nats).

        While a fall of the full shift lasts, relief reaches r by luck about as often as n / (1 + rho n), the shift and
        exp(-(2 / gentle - 1) r) say; that is to stay the same.
        """
        return max(round((full - self.less) * self.gentle / (2 - self.gentle)), 0)


def ease(indicator: Indicator, visits: float, shared: int, policy: Policy) -> Ease:
    """What an office with a mean of ``visits`` a day (satisfaction: raters) is spared; ``shared`` is rho in millionths.

    Nothing from ``policy.reference_visits`` on; the fewer visits, the more, up to ``policy.most_fewer``.
    """
    reference = policy.reference_visits[indicator]
    if visits >= reference or policy.most_fewer <= 0:
        return Ease(0, 1.0)
    rho = shared / MICRO
    fewer = log(reference / (1 + rho * reference)) - log(visits / (1 + rho * visits))
    spared = min(fewer / policy.most_fewer, 1.0)
    gentle = 1 - (1 - policy.gentlest[indicator]) * spared
    return Ease(round(MICRO * (spared * policy.most_fewer - log(gentle))), gentle)
