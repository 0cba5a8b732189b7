"""The interactive map as a folium map that loads nothing but what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
from branca.element import MacroElement
from folium.template import Template

from planning.render.geometry import bounds, script_json
from planning.render.view import view_data

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.assets import FoliumAssets
    from planning.render.view import MapView

_MAX_ZOOM, _MIN_ZOOM = 17, 9
_START_ZOOM = 11


class PlannerMap(folium.Map):
    """A folium map without folium's links, styles and scripts from elsewhere."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <style>
                html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
                #{{ this.get_name() }} { position: relative; width: 100%; height: 100%; }
            </style>
        {% endmacro %}

        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} ></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                {
                    center: {{ this.location|tojson }},
                    zoom: {{ this.start_zoom|tojson }},
                    minZoom: {{ this.min_zoom|tojson }},
                    maxZoom: {{ this.max_zoom|tojson }},
                    zoomSnap: 0.5,
                }
            );
            planner.attach({{ this.get_name() }}, {{ this.planner_options }});
        {% endmacro %}
        """
    )

    def __init__(self, location: list[float], assets: FoliumAssets, options: dict[str, Any]) -> None:
        super().__init__(location=location, zoom_start=_START_ZOOM, tiles=None)
        self._name = "Map"
        self.start_zoom, self.min_zoom, self.max_zoom = _START_ZOOM, _MIN_ZOOM, _MAX_ZOOM
        self.planner_options = script_json(options)
        self.default_js = [(address, address) for address in assets.scripts]
        self.default_css = [(address, address) for address in assets.styles]

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Render header, body and script into the figure, without folium's global switches."""
        figure: Any = self.get_root()
        figure.header._children.pop("global_switches", None)  # noqa: SLF001 - folium has no switch for it
        super(folium.Map, self).render(**kwargs)  # type: ignore[no-untyped-call]


class _ViewElement(MacroElement):
    """The call that shows a view; its data are safe in scripts and templates."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            planner.update({{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PlannerView"
        self.data = script_json(data)


def build_map(area: StudyArea, *, assets: FoliumAssets, remember: bool = True) -> PlannerMap:
    """Return the part of the map that stays: base map, boundaries, controls.

    It does not depend on language, scenario or tables, so that the browser keeps it, with zoom, position and
    switched layers, while :func:`dynamic_groups` change. Make a new one for each run; it is small.

    Parameters
    ----------
    assets
        Where the page finds its scripts and styles (:func:`planning.render.assets.folium_assets`).
    remember
        Come back to the position and the layers of this browser tab after the page was left.
    """
    (south, west), (north, east) = bounds(area)
    options = {"id": area.digest[:16], "remember": remember}
    return PlannerMap([(south + north) / 2, (west + east) / 2], assets, options)


def dynamic_groups(area: StudyArea, t: Translator, view: MapView) -> list[folium.FeatureGroup]:
    """Return the part of the map that changes: indicator, candidates, sites, choice, legend and all words.

    Raises
    ------
    KeyError
        The view's indicator is not known at its level.
    """
    group = folium.FeatureGroup(name="view", control=False)
    group.add_child(_ViewElement(view_data(area, t, view)))
    return [group]
