"""Shares of foreign nationals, carried forward from an old year to the newest one the city knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

PEOPLE, SHARE = "population", "foreigner_pct"


@dataclass(frozen=True)
class CitySeries:
    """Residents and share of foreign nationals of the city, both of the register of the residents.

    Parameters
    ----------
    people
        Rows ``population`` of the city series, by year.
    shares
        Rows ``foreigner_pct`` with the definition of the newest ``population``, by year. Shares of another
        register count other people and are never mixed with them.
    """

    people: pd.DataFrame
    shares: pd.DataFrame

    def carried(self, percent: float, year: float) -> float | None:
        r"""Return a district's share of an earlier year as it would be in the newest year of the series.

        The odds of the district grow as those of the city did:

        .. math:: \frac{p'}{1-p'} = \frac{p}{1-p} \cdot \frac{C'/(1-C')}{C_y/(1-C_y)}

        with share :math:`p` of year :math:`y`, the city's share :math:`C_y` of that year (linear between the
        years known) and :math:`C'` of the newest year. This is an estimate: it takes the trend of the city
        for that of the district. Odds keep a share between 0 and 100 %.

        Parameters
        ----------
        percent
            Share in percent.
        year
            Year of the share; the middle of a span such as 2014/2015 is 2014.5.

        Returns
        -------
        Share in percent; ``None`` where the share is not older than the newest of the city or the series
        does not reach back to its year.

        References
        ----------
        Agresti (2013), Categorical Data Analysis, 3rd ed., section 2.2 (odds ratio).
        """
        years = self.shares["year"].to_numpy(dtype=np.float64)
        if not len(years) or not years[0] <= year < years[-1] or not 0 < percent < 100:  # noqa: PLR2004
            return None
        city = self.shares["value"].to_numpy(dtype=np.float64)
        growth = _odds(city[-1]) / _odds(float(np.interp(year, years, city)))
        odds = _odds(percent) * growth
        return 100 * odds / (1 + odds)


def _odds(percent: float) -> float:
    return percent / (100 - percent)


def city_series(table: pd.DataFrame) -> CitySeries:
    """Return the two series of the city from the rows of ``city_series.csv``; empty where there are none."""
    columns = ["year", "indicator", "value", "as_of", "definition", "source_url"]
    rows = table.reindex(columns=columns)
    rows = rows.assign(
        year=pd.to_numeric(rows["year"]), value=pd.to_numeric(rows["value"], errors="coerce")
    ).sort_values("year", kind="stable")
    people = rows[rows["indicator"] == PEOPLE].dropna(subset=["value"])
    shares = rows[rows["indicator"] == SHARE].dropna(subset=["value"])
    register = people["definition"].iloc[-1] if len(people) else None
    return CitySeries(people, shares[shares["definition"] == register].drop_duplicates("year"))
