/* The planner's map: built once by attach(), changed by update() without touching zoom, position or switched layers. */
(() => {
  "use strict";
  const planner = (window.planner = window.planner || {});
  const LEVELS = ["borough", "quarter", "priority_area"];
  const SITE_KINDS = ["office", "dependance", "outreach"];
  const HIDDEN_AT_FIRST = ["quarter", "priority_area"];
  const MEMORY = "planner-map";
  const CLOSE = 14;
  const CLOSE_OPACITY = 0.45;
  const NARROW = 500;

  /* Carries clicks to whoever listens on layers, also for markers that were added or shown later. */
  const Relay = L.Layer.extend({ onAdd() {}, onRemove() {} });

  function recall(options) {
    if (!options.remember) return {};
    try {
      return JSON.parse(sessionStorage.getItem(`${MEMORY}-${options.id}`)) || {};
    } catch {
      return {};
    }
  }

  function memorize(options, state) {
    if (!options.remember) return;
    const { map, hidden } = state;
    try {
      const value = { at: map.getCenter(), zoom: map.getZoom(), hidden: [...hidden] };
      sessionStorage.setItem(`${MEMORY}-${options.id}`, JSON.stringify(value));
    } catch {
      /* Storage may be switched off; the map then simply starts afresh next time. */
    }
  }

  function addPane(map, name, level) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    pane.style.pointerEvents = "none";
    return name;
  }

  function paintLayers(state, map) {
    const { geometry } = state;
    const layer = (name, level, paint, options) =>
      new planner.PaintLayer(paint, { pane: addPane(map, name, level), ...options });
    const layers = {
      base: L.layerGroup([layer("plannerBase", 200, planner.paintBase(geometry))]),
      indicator: layer("plannerIndicator", 250, planner.paintClasses(() => state.shown)),
      reach: layer("plannerReach", 310, planner.paintReach(() => state.reach)),
    };
    LEVELS.filter((level) => geometry.districts[level]).forEach((level, i) => {
      layers[level] = layer(`planner_${level}`, 340 - i * 5, planner.paintBorders(geometry, level));
    });
    state.outside = layer("plannerOutside", 240, planner.paintOutside(geometry)).addTo(map);
    const levels = () => Object.fromEntries(["base", ...LEVELS].map((id) => [id, !state.hidden.has(id) && !(id === "base" && state.tiles)]));
    state.labels = layer("plannerLabels", 360, planner.paintLabels(geometry, levels)).addTo(map);
    return layers;
  }

  planner.attach = (map, options) => {
    const geometry = planner.decode(window.planningArea);
    const before = recall(options);
    const state = { map, geometry, options, hidden: new Set(before.hidden || HIDDEN_AT_FIRST), view: null };
    planner.state = state;
    map.attributionControl.setPrefix(false);
    state.layers = paintLayers(state, map);
    for (const id of [...SITE_KINDS, "candidates", "chosen"]) state.layers[id] = L.layerGroup();
    state.marks = L.layerGroup().addTo(map);
    state.renderer = L.canvas({ padding: 0.3, tolerance: 3 });
    /* above all markers, so that the chosen one is seen among its neighbours */
    state.ringRenderer = L.svg({ pane: addPane(map, "plannerRing", 640) });
    state.relay = new Relay().addTo(map);
    state.tip = new planner.Tip(map);
    state.switch = new planner.LayerSwitch().addTo(map);
    state.legend = new planner.Legend().addTo(map);
    L.control.scale({ imperial: false, maxWidth: 120, position: "bottomright" }).addTo(map);
    for (const [id, layer] of Object.entries(state.layers)) if (!state.hidden.has(id)) layer.addTo(map);
    if (before.at) map.setView(before.at, before.zoom);
    else fit(state);
    map.on("zoomend", () => state.layers.candidates.eachLayer((layer) => layer.setRadius && layer.setRadius(radius(map))));
    map.on("zoomend", () => state.view && spreadRanks(state));
    map.on("zoomend", () => state.view && thin(state));
    map.on("resize", () => state.view && isNarrow(state) !== state.narrow && refill(state));
    map.on("moveend", () => memorize(options, state));
    map.on("mousemove", (event) => hover(state, event));
    map.on("mouseout movestart zoomstart", () => state.tip.hide());
    /* Runs before other listeners: each click carries its time, so that two clicks on one spot differ. */
    map.on("click", (event) => {
      event.latlng.at = Date.now();
      hover(state, event);
      if (planner.onPick) planner.onPick({ kind: "point", point: event.latlng });
    });
    refit(state);
  };

  /* The city is fitted into what the open legend leaves free. */
  function fit(state) {
    const { map } = state;
    const left = map.getSize().x >= planner.WIDE ? 266 : 6;
    map.fitBounds(window.planningArea.bounds, { paddingTopLeft: [left, 6], paddingBottomRight: [6, 24], animate: false });
  }

  /* Frames may start with no size; the city is fitted again as long as nobody has moved the map. */
  function refit(state) {
    const { map, options } = state;
    let touched = Boolean(recall(options).at);
    map.once("dragstart zoomstart", () => { touched = true; });
    map.on("resize", () => {
      if (!touched) {
        fit(state);
        touched = map.getSize().x > 0 && map.getSize().y > 0;
      }
    });
    if (window.ResizeObserver) new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  }

  /* Where streets can be told apart, figures let them through. */
  function thin(state) {
    const { indicator } = state.view;
    const opacity = indicator ? Math.min(indicator.opacity, state.map.getZoom() >= CLOSE ? CLOSE_OPACITY : 1) : 1;
    if (opacity === state.opacity) return;
    state.opacity = opacity;
    state.layers.indicator.setOpacity(opacity);
    fillLegend(state);
  }

  function fillLegend(state) {
    state.legend.fill(state.view, (id) => !state.hidden.has(id), { opacity: state.opacity, narrow: state.narrow });
  }

  /* On a small map fewer ranks are written, so that they stay legible. A frame may start with no size. */
  function isNarrow(state) {
    const { x } = state.map.getSize();
    return x > 0 && x < NARROW;
  }

  function refill(state) {
    fillCandidates(state);
    spreadRanks(state);
    fillLegend(state);
  }

  /* Small in the overview; never above 10, so that Leaflet reports the exact place of a click. */
  const radius = (map) => {
    const { view } = planner.state;
    const least = view && view.candidates.chosen ? 2 : 3.5;
    return Math.max(least, Math.min(8, least + (map.getZoom() - 11) * 1.1));
  };

  const number = (state, value, digits) =>
    new Intl.NumberFormat(state.view.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

  /* What lies under the pointer: the figure of the cell or district, and where that is. */
  function hover(state, event) {
    const { indicator, text } = state.view || {};
    if (state.overMarker || !state.view) return;
    const { districts, cells } = state.geometry;
    const name = (level) => {
      const index = districts[level] ? planner.shapeAt(districts[level].shapes, event.latlng) : -1;
      return index >= 0 ? districts[level].names[index] : "";
    };
    const place = [...new Set([name("quarter"), name("borough")])].filter(Boolean).join(", ");
    if (!indicator || state.hidden.has("indicator")) return place ? state.tip.show([place], event.containerPoint) : state.tip.hide();
    const shapes = indicator.level === "cell" ? cells.shapes : districts[indicator.level].shapes;
    const index = planner.shapeAt(shapes, event.latlng);
    if (index < 0) return place ? state.tip.show([place], event.containerPoint) : state.tip.hide();
    const raw = indicator.values[index];
    const figure = raw === null ? text.unknown : `${number(state, raw / 10 ** indicator.digits, indicator.digits)} ${indicator.unit}`;
    const where = indicator.level === "cell" ? place : districts[indicator.level].names[index];
    const category = indicator.categorical ? indicator.labels[state.shown.classes[index]] : "";
    const year = raw === null ? "" : indicator.years[index];
    state.tip.show([`${indicator.title}: ${figure}`, category, year, where], event.containerPoint);
  }

  function pick(state, kind, id, at) {
    const spot = L.latLng(at[0], at[1]);
    Object.assign(spot, { kind, id, at: Date.now() });
    ring(state, { kind, id });
    state.relay.fire("click", { latlng: spot });
    if (planner.onPick) planner.onPick({ kind, id, point: spot });
  }

  function listen(state, marker, thing) {
    const over = () => {
      state.overMarker = true;
      state.tip.show(thing.lines, state.map.latLngToContainerPoint(thing.at));
    };
    const out = () => {
      state.overMarker = false;
      state.tip.hide();
    };
    const choose = () => pick(state, thing.kind, thing.id, thing.at);
    const spot = marker.getLatLng();
    Object.assign(spot, { kind: thing.kind, id: thing.id });
    marker.on("mouseover", over).on("mouseout", out);
    marker.on("click", () => { spot.at = Date.now(); choose(); });
    marker.on("remove", out);
    marker.on("add", () => {
      const element = marker.getElement && marker.getElement();
      if (!element || element.dataset.planner) return;
      element.dataset.planner = thing.kind;
      element.setAttribute("aria-label", thing.lines.filter(Boolean).join(", "));
      element.addEventListener("focus", over);
      element.addEventListener("blur", out);
      element.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose();
        }
      });
    });
    return marker;
  }

  function fillCandidates(state) {
    const group = state.layers.candidates.clearLayers();
    const plan = state.layers.chosen.clearLayers();
    const { candidates: table } = state.view;
    const spots = planner.latLngs(table.at, window.planningArea);
    state.spots.candidate = new Map(table.ids.map((id, i) => [id, spots[i]]));
    const note = (i) => [table.kinds, table.places].map((part) => part.texts[part.index[i]]).filter(Boolean).join(" · ");
    state.best = [];
    state.narrow = isNarrow(state);
    const best = state.narrow ? table.few : table.best;
    const chosen = table.chosen || [];
    const order = table.ids.map((_, i) => i).sort((a, b) => table.ranks[b] - table.ranks[a]);
    for (const i of order) {
      const color = table.colors[parseInt(table.classes[i], 36)] || "#ffffff";
      const rank = table.ranks[i];
      const head = table.names[i];
      const score = table.scores[i] === null ? "" : table.score.replace("{score}", number(state, table.scores[i] / 10, 1)).replace("{rank}", rank);
      const mark = table.marks ? table.marks[i] : "";
      const opens = mark ? table.markWords[mark] : chosen[i] ? `${table.chosenLine} ${chosen[i]}` : "";
      const thing = { kind: "candidate", id: table.ids[i], at: spots[i], lines: [head, note(i), opens, score, table.notes ? table.notes[i] : ""] };
      const at = L.latLng(spots[i]);
      if (chosen[i]) {
        const label = mark || (table.numbered ? chosen[i] : "");
        const sign = planner.chosenSign(label);
        const size = label ? 26 : 16;
        const icon = planner.icon(sign, size, "planner-chosen");
        plan.addLayer(listen(state, L.marker(at, { icon, zIndexOffset: 3000 - chosen[i], riseOnHover: true }), thing));
        if (label) state.best.push({ at, sign });
      } else if (rank && rank <= best) {
        const label = planner.make("span", "planner-rank", String(rank));
        label.style.backgroundColor = color;
        label.style.color = table.inks[parseInt(table.classes[i], 36)] || "#000";
        const sign = planner.make("span", "planner-sign");
        sign.append(planner.make("span", "planner-leader"), label);
        const icon = planner.icon(sign, 22, "planner-best");
        group.addLayer(listen(state, L.marker(at, { icon, zIndexOffset: 1000 - rank, riseOnHover: true }), thing));
        state.best.push({ at, sign });
      } else {
        const thin = table.chosen ? { weight: 0.8, color: "#4a5a63" } : { weight: 1.2, color: "#3d2015" };
        const style = { radius: radius(state.map), ...thin, fillColor: color, fillOpacity: 0.95 };
        group.addLayer(listen(state, L.circleMarker(at, { ...style, renderer: state.renderer, bubblingMouseEvents: false }), thing));
      }
    }
  }

  function spreadRanks(state) {
    const pixel = (at) => state.map.latLngToLayerPoint(at);
    const sites = SITE_KINDS.flatMap((kind) => state.layers[kind].getLayers()).map((marker) => marker.getLatLng());
    const points = [...state.best.map(({ at }) => at), ...sites].map(pixel).map(({ x, y }) => [x, y]);
    const placed = planner.spread(points, state.best.length, state.view.candidates.chosen ? 28 : 25);
    state.best.forEach(({ sign }, i) => planner.shiftRank(sign, placed[i][0] - points[i][0], placed[i][1] - points[i][1]));
  }

  function fillSites(state) {
    const { sites } = state.view;
    for (const kind of SITE_KINDS) state.layers[kind].clearLayers();
    const spots = planner.latLngs(sites.at, window.planningArea);
    state.spots.site = new Map(sites.ids.map((id, i) => [id, spots[i]]));
    sites.ids.forEach((id, i) => {
      const kind = sites.kinds[i];
      const icon = planner.icon(planner.siteShape(kind, sites.states[i], 22), 22, "planner-site");
      const thing = { kind: "site", id, at: spots[i], lines: [sites.names[i], ...sites.notes[i]] };
      const marker = L.marker(L.latLng(spots[i]), { icon, zIndexOffset: 2000, riseOnHover: true });
      (state.layers[kind] || state.layers.outreach).addLayer(listen(state, marker, thing));
    });
  }

  /* The chosen thing wears a ring; a chosen free point is a cross. */
  function ring(state, selected) {
    state.marks.clearLayers();
    if (!selected) return;
    const at = selected.point || (state.spots[selected.kind] || new Map()).get(selected.id);
    if (!at) return;
    const common = { pane: "plannerRing", renderer: state.ringRenderer, fill: false, interactive: false };
    const radius = selected.point ? 8 : 17;
    state.marks.addLayer(L.circleMarker(at, { ...common, radius, weight: 7, color: "#ffffff", opacity: 0.9 }));
    state.marks.addLayer(L.circleMarker(at, { ...common, radius, weight: 3, color: "#c2185b" }));
    if (selected.point) state.marks.addLayer(L.circleMarker(at, { ...common, radius: 1.5, weight: 3, color: "#c2185b" }));
  }
  planner.choose = (selected, zoom) => {
    ring(planner.state, selected);
    const at = selected && planner.state.spots[selected.kind].get(selected.id);
    if (at) planner.state.map.setView(at, Math.max(planner.state.map.getZoom(), zoom || 0));
  };

  function onSwitch(state, id, on) {
    const layer = state.layers[id];
    if (on) state.hidden.delete(id);
    else state.hidden.add(id);
    if (layer) layer[on ? "addTo" : "removeFrom"](state.map);
    state.labels.repaint();
    fillLegend(state);
    memorize(state.options, state);
  }

  /* Tiles from the internet, only if the view asks for them; they have their own labels. */
  function fillOnline(state) {
    const { online } = state.view;
    if (state.tilesUrl === (online && online.url)) return;
    if (state.tiles) state.layers.base.removeLayer(state.tiles);
    const options = { pane: "plannerBase", zIndex: 2, minNativeZoom: 10, attribution: online && online.attribution };
    state.tiles = online ? L.tileLayer(online.url, options).addTo(state.layers.base) : null;
    state.tilesUrl = online && online.url;
    state.labels.repaint();
  }

  /* The base map's makers are always named; the other sources unfold. Both texts come escaped. */
  function attribute(state) {
    const { map, view } = state;
    const visible = map.getSize().x >= planner.WIDE ? view.attribution.base : "";
    const text = `${visible}<details><summary>© ${view.text.sources}</summary>${view.attribution.all}</details>`;
    map.attributionControl.removeAttribution(state.attribution).addAttribution(text);
    state.attribution = text;
  }

  planner.update = (view) => {
    const state = planner.state;
    /* The frame collects what it has shown so far; what it has just removed need not be removed again. */
    window.feature_group = [];
    const shape = (rings) => state.geometry.shape(rings);
    state.view = view;
    state.spots = {};
    state.reach = view.reach ? shape(view.reach) : null;
    const { indicator } = view;
    state.shown = indicator && {
      shapes: indicator.level === "cell" ? state.geometry.cells.shapes : state.geometry.districts[indicator.level].shapes,
      classes: Array.from(indicator.classes, (one) => (one === "-" ? -1 : parseInt(one, 36))),
      colors: indicator.colors,
    };
    state.opacity = null;
    state.layers.indicator.repaint();
    state.layers.reach.repaint();
    attribute(state);
    fillOnline(state);
    state.map.getContainer().setAttribute("aria-label", view.text.map);
    fillCandidates(state);
    fillSites(state);
    spreadRanks(state);
    ring(state, view.selected);
    const isShown = (id) => !state.hidden.has(id);
    state.switch.fill(view.text.layers, view.layers, isShown, (id, on) => onSwitch(state, id, on));
    thin(state);
  };
})();
