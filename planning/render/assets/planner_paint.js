/* Geometry of the study area and the canvas layers that paint it: base map, choropleth, reach, boundaries. */
(() => {
  "use strict";
  const planner = (window.planner = window.planner || {});
  const WORLD = 256;
  const FONT = '"Source Sans Pro", "Segoe UI", "Liberation Sans", Arial, sans-serif';

  const worldX = (lng) => ((lng + 180) / 360) * WORLD;
  const worldY = (lat) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD;
  };

  /* Shapes hold world coordinates at zoom 0, so that a tile only has to scale and shift. */
  function decodeShape(rings, origin, units) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const decoded = rings.map((flat) => {
      const points = new Float64Array(flat.length);
      let [x, y] = origin;
      for (let i = 0; i < flat.length; i += 2) {
        x += flat[i];
        y += flat[i + 1];
        const px = worldX(x / units);
        const py = worldY(y / units);
        points[i] = px;
        points[i + 1] = py;
        box[0] = Math.min(box[0], px);
        box[1] = Math.min(box[1], py);
        box[2] = Math.max(box[2], px);
        box[3] = Math.max(box[3], py);
      }
      return points;
    });
    return { rings: decoded, box };
  }

  planner.latLngs = (flat, area) => {
    const found = [];
    let [x, y] = area.origin;
    for (let i = 0; i < flat.length; i += 2) {
      x += flat[i];
      y += flat[i + 1];
      found.push([y / area.units, x / area.units]);
    }
    return found;
  };

  planner.decode = (area) => {
    const shape = (rings) => decodeShape(rings, area.origin, area.units);
    const points = (flat) => planner.latLngs(flat, area).map(([lat, lng]) => [worldX(lng), worldY(lat)]);
    const districts = {};
    for (const [level, found] of Object.entries(area.districts)) {
      districts[level] = { names: found.names, shapes: found.shapes.map(shape), at: points(found.at) };
    }
    return {
      shape,
      base: area.base.map((group) => ({ ...group, shapes: group.shapes.map(shape) })),
      labels: { ...area.labels, at: points(area.labels.at) },
      districts,
      cells: { shapes: area.cells.shapes.map(shape), place: area.cells.place },
    };
  };

  /* A grid layer whose tiles are painted at once and can be painted again in place, without a flicker. */
  planner.PaintLayer = L.GridLayer.extend({
    options: { tileSize: 512, updateWhenZooming: false, keepBuffer: 1, noWrap: true },
    initialize(paint, options) {
      L.setOptions(this, options);
      this._paint = paint;
    },
    onAdd(map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      map.on("zoomend", this.repaint, this);
    },
    onRemove(map) {
      map.off("zoomend", this.repaint, this);
      L.GridLayer.prototype.onRemove.call(this, map);
    },
    createTile(coords) {
      const tile = document.createElement("canvas");
      const size = this.getTileSize();
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      tile.width = size.x * ratio;
      tile.height = size.y * ratio;
      tile.setAttribute("aria-hidden", "true");
      this._paintTile(tile, coords);
      return tile;
    },
    repaint() {
      for (const { el, coords } of Object.values(this._tiles || {})) this._paintTile(el, coords);
    },
    _paintTile(tile, coords) {
      const size = this.getTileSize();
      const scale = 2 ** coords.z;
      const context = tile.getContext("2d");
      context.setTransform(tile.width / size.x, 0, 0, tile.height / size.y, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      const x0 = (coords.x * size.x) / scale;
      const y0 = (coords.y * size.y) / scale;
      const margin = 8 / scale;
      const box = [x0 - margin, y0 - margin, x0 + size.x / scale + margin, y0 + size.y / scale + margin];
      /* At half zoom levels tiles are shown scaled; sizes are painted so that they come out as meant. */
      const unit = this._map ? 2 ** (coords.z - this._map.getZoom()) : 1;
      const clear = Math.abs(Math.log2(unit)) < 1 ? unit : 1;
      this._paint(context, { zoom: coords.z, scale, x0, y0, box, width: size.x, height: size.y, unit: clear });
    },
  });

  const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

  function trace(context, shape, frame, close) {
    for (const ring of shape.rings) {
      context.moveTo((ring[0] - frame.x0) * frame.scale, (ring[1] - frame.y0) * frame.scale);
      for (let i = 2; i < ring.length; i += 2) {
        context.lineTo((ring[i] - frame.x0) * frame.scale, (ring[i + 1] - frame.y0) * frame.scale);
      }
      if (close) context.closePath();
    }
  }

  const FILLS = {
    forest: "#d3e3cd", park: "#dcead4", grass: "#e3edd9", farmland: "#f2f0e3", allotments: "#e6ecd8",
    cemetery: "#dce6d7", sports: "#dfead8", wetland: "#dce8e4", residential: "#e9e6e1", industrial: "#e2dfe3",
    commercial: "#e8e0df", public: "#ebe5d6", railway_land: "#dfdcda",
  };
  const LAYER_FILLS = { green: "#e3edd9", builtup: "#e9e6e1", water: "#b9d6e6" };
  const ROADS = {
    motorway: { from: 8, color: "#dcb483", casing: "#b98d5b", width: 2.6 },
    trunk: { from: 9, color: "#e6cda5", casing: "#c2a273", width: 2.2 },
    main: { from: 10, color: "#ffffff", casing: "#c9c4bc", width: 1.6 },
    primary: { from: 10, color: "#ffffff", casing: "#c3beb6", width: 1.9 },
    secondary: { from: 11, color: "#ffffff", casing: "#cdc8c0", width: 1.5 },
    tertiary: { from: 13, color: "#ffffff", casing: "#d3cec7", width: 1.2 },
  };

  function strokeAll(context, shapes, frame, color, width, dash) {
    context.beginPath();
    for (const shape of shapes) if (meets(shape.box, frame.box)) trace(context, shape, frame, false);
    context.strokeStyle = color;
    context.lineWidth = width * frame.unit;
    context.setLineDash((dash || []).map((length) => length * frame.unit));
    context.stroke();
    context.setLineDash([]);
  }

  function fillAll(context, shapes, frame, color) {
    context.fillStyle = color;
    for (const shape of shapes) {
      if (!meets(shape.box, frame.box)) continue;
      context.beginPath();
      trace(context, shape, frame, true);
      context.fill("evenodd");
    }
  }

  planner.paintBase = (geometry) => (context, frame) => {
    const thick = Math.max(1, 2 ** ((frame.zoom - 12) * 0.6));
    context.fillStyle = "#f5f3ee";
    context.fillRect(0, 0, frame.width, frame.height);
    context.lineCap = context.lineJoin = "round";
    for (const group of geometry.base) {
      if (group.layer in LAYER_FILLS) {
        fillAll(context, group.shapes, frame, FILLS[group.class] || LAYER_FILLS[group.layer]);
      } else if (group.layer === "waterways") {
        strokeAll(context, group.shapes, frame, "#a5cade", 1.6 * thick);
      } else if (group.layer === "railways" && frame.zoom >= 11) {
        strokeAll(context, group.shapes, frame, "#a9a5a0", 1, group.class === "transit" ? [2, 3] : null);
      }
    }
    const roads = geometry.base.filter((g) => g.layer === "roads" && frame.zoom >= (ROADS[g.class] || ROADS.main).from);
    const order = Object.keys(ROADS);
    roads.sort((a, b) => order.indexOf(b.class) - order.indexOf(a.class));
    for (const part of ["casing", "color"]) {
      for (const group of roads) {
        const style = ROADS[group.class] || ROADS.main;
        const width = style.width * thick + (part === "casing" ? 1.2 : 0);
        strokeAll(context, group.shapes, frame, style[part], width);
      }
    }
  };

  /* What lies outside the boroughs steps back. */
  planner.paintOutside = (geometry) => (context, frame) => {
    const shapes = (geometry.districts.borough || { shapes: [] }).shapes;
    if (!shapes.length) return;
    context.beginPath();
    context.rect(0, 0, frame.width, frame.height);
    for (const shape of shapes) trace(context, shape, frame, true);
    context.fillStyle = "rgba(255,255,255,.55)";
    context.fill("evenodd");
  };

  const BORDERS = {
    borough: { color: "#2b3a42", width: 2 },
    quarter: { color: "#5b6a72", width: 0.9 },
    priority_area: { color: "#8a3b00", width: 2, dash: [6, 4] },
  };

  planner.paintBorders = (geometry, level) => (context, frame) => {
    const style = BORDERS[level] || BORDERS.quarter;
    const shapes = geometry.districts[level].shapes;
    context.lineJoin = "round";
    context.beginPath();
    for (const shape of shapes) if (meets(shape.box, frame.box)) trace(context, shape, frame, true);
    context.strokeStyle = "rgba(255,255,255,.75)";
    context.lineWidth = (style.width + 1.6) * frame.unit;
    context.stroke();
    context.strokeStyle = style.color;
    context.lineWidth = style.width * frame.unit;
    context.setLineDash((style.dash || []).map((length) => length * frame.unit));
    context.stroke();
    context.setLineDash([]);
  };

  /* One pass per colour; a thin stroke in the same colour closes the seams between neighbours. */
  planner.paintClasses = (read) => (context, frame) => {
    const shown = read();
    if (!shown) return;
    const buckets = shown.colors.map(() => []);
    shown.shapes.forEach((shape, index) => {
      const number = shown.classes[index];
      if (number >= 0 && shown.colors[number] && meets(shape.box, frame.box)) buckets[number].push(shape);
    });
    buckets.forEach((shapes, number) => {
      context.fillStyle = context.strokeStyle = shown.colors[number];
      context.lineWidth = 0.7;
      const simple = shapes.filter((shape) => shape.rings.length === 1);
      context.beginPath();
      for (const shape of simple) trace(context, shape, frame, true);
      context.fill();
      context.stroke();
      fillAll(context, shapes.filter((shape) => shape.rings.length !== 1), frame, shown.colors[number]);
    });
  };

  planner.paintReach = (read) => (context, frame) => {
    const shape = read();
    if (!shape) return;
    context.beginPath();
    trace(context, shape, frame, true);
    context.fillStyle = "rgba(0,88,122,.2)";
    context.fill("evenodd");
    context.lineJoin = "round";
    context.strokeStyle = "#ffffff";
    context.lineWidth = 6 * frame.unit;
    context.stroke();
    context.strokeStyle = "#00587a";
    context.lineWidth = 3 * frame.unit;
    context.stroke();
  };

  /* Names are placed once per zoom, the more important first, and dropped where they would overlap. */
  function place(context, geometry, zoom, unit, levels) {
    const scale = 2 ** zoom;
    const wanted = [];
    const add = (names, at, style) =>
      names.forEach((name, i) => wanted.push({ name, x: at[i][0] * scale, y: at[i][1] * scale, ...style(i) }));
    const { borough, quarter } = geometry.districts;
    if (levels.borough && borough && zoom >= 10)
      add(borough.names, borough.at, () => ({ font: `600 ${(zoom >= 12 ? 14 : 12) * unit}px ${FONT}`, color: "#1c2a33" }));
    if (levels.quarter && quarter && zoom >= 12)
      add(quarter.names, quarter.at, () => ({ font: `500 ${12 * unit}px ${FONT}`, color: "#3f4d55" }));
    if (levels.base && zoom >= 12)
      add(geometry.labels.names, geometry.labels.at, (i) => ({ font: `${geometry.labels.ranks[i] ? 400 : 600} ${12 * unit}px ${FONT}`, color: "#5a5f63" }));
    const placed = [];
    const said = new Set();
    for (const label of wanted) {
      context.font = label.font;
      const half = context.measureText(label.name).width / 2 + 4 * unit;
      label.box = [label.x - half, label.y - 10 * unit, label.x + half, label.y + 10 * unit];
      const name = label.name.replace(/[-\s]+/g, " ");
      if (said.has(name) || placed.some((other) => meets(other.box, label.box))) continue;
      said.add(name);
      placed.push(label);
    }
    return placed;
  }

  planner.paintLabels = (geometry, readLevels) => {
    const known = new Map();
    return (context, frame) => {
      const levels = readLevels();
      const key = JSON.stringify([frame.zoom, frame.unit, levels]);
      if (!known.has(key)) known.set(key, place(context, geometry, frame.zoom, frame.unit, levels));
      const left = frame.x0 * frame.scale;
      const top = frame.y0 * frame.scale;
      const tile = [left, top, left + frame.width, top + frame.height];
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      for (const label of known.get(key)) {
        if (!meets(label.box, tile)) continue;
        context.font = label.font;
        context.strokeStyle = "rgba(255,255,255,.9)";
        context.lineWidth = 3.5 * frame.unit;
        context.strokeText(label.name, label.x - left, label.y - top);
        context.fillStyle = label.color;
        context.fillText(label.name, label.x - left, label.y - top);
      }
    };
  };

  function inside(shape, x, y) {
    let found = false;
    for (const ring of shape.rings) {
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const crosses = ring[i + 1] > y !== ring[j + 1] > y;
        if (crosses && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) found = !found;
      }
    }
    return found;
  }

  planner.shapeAt = (shapes, latlng) => {
    const x = worldX(latlng.lng);
    const y = worldY(latlng.lat);
    return shapes.findIndex((shape) => {
      const box = shape.box;
      return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && inside(shape, x, y);
    });
  };
})();
