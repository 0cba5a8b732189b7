/* What people touch and read on the map: tooltip, layer switches, legend, marker shapes. Text is only ever set as text. */
(() => {
  "use strict";
  const planner = (window.planner = window.planner || {});
  const SVG = "http://www.w3.org/2000/svg";

  const WIDE = (planner.WIDE = 640);

  const make = (planner.make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  });

  function draw(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  const OUTLINES = {
    office: "M4 4H20V20H4Z",
    dependance: "M12 2.5L22 20.5H2Z",
    outreach: "M12 1.5L22.5 12L12 22.5L1.5 12Z",
  };

  /* Kind is told by shape, state by filling: open sites are solid, all others are outlines. */
  planner.siteShape = (kind, state, size) => {
    const svg = draw("svg", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" });
    const open = state === "open";
    svg.append(
      draw("path", { d: OUTLINES[kind] || OUTLINES.outreach, fill: "#fff", stroke: "#fff", "stroke-width": 5, "stroke-linejoin": "round" }),
      draw("path", {
        d: OUTLINES[kind] || OUTLINES.outreach,
        fill: open ? "#00587a" : "#fff",
        stroke: "#00303f",
        "stroke-width": open ? 1.4 : 2.6,
        "stroke-dasharray": open ? "none" : "4 2.5",
        "stroke-linejoin": "round",
      }),
    );
    return svg;
  };

  const HEXAGON = { d: "M12 1L21.6 6.5V17.5L12 23L2.4 17.5V6.5Z", fill: "#ffd447" };
  /* Rooms of one of two plans only: a disc and a square with round corners; what both have is a room of a plan as ever. */
  const ONLY = {
    A: { d: "M12 1.5A10.5 10.5 0 0 1 12 22.5A10.5 10.5 0 0 1 12 1.5Z", fill: "#9ad7f5" },
    B: { d: "M3 2.5H21Q22.5 2.5 22.5 4V20Q22.5 21.5 21 21.5H3Q1.5 21.5 1.5 20V4Q1.5 2.5 3 2.5Z", fill: "#f7b08d" },
  };

  function outline(mark, size) {
    const svg = draw("svg", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" });
    const { d, fill } = ONLY[mark] || HEXAGON;
    svg.append(draw("path", { d, "stroke-linejoin": "round", fill: "#fff", stroke: "#fff", "stroke-width": 4 }));
    svg.append(draw("path", { d, "stroke-linejoin": "round", fill, stroke: "#1c1207", "stroke-width": 1.8 }));
    return svg;
  }

  /* A room of a plan: a hexagon, which no site is, with its place in the order of opening, or whose it is. */
  planner.chosenSign = (number) => {
    const sign = make("span", number === "" ? "planner-sign planner-sign-small" : "planner-sign planner-sign-chosen");
    const label = make("span", "planner-hexagon");
    label.append(outline(number, number === "" ? 16 : 26));
    if (number !== "") label.append(make("span", "planner-number", String(number)));
    sign.append(make("span", "planner-leader"), label);
    sign.firstChild.hidden = true;
    return sign;
  };

  planner.icon = (content, size, className) =>
    L.divIcon({ html: content, className: `planner-icon ${className}`, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });

  /* Push points apart until none are closer than the distance; points that may not move come last. */
  planner.spread = (points, movable, distance) => {
    const placed = points.map(([x, y], i) => (i < movable ? [x + 1e-3 * Math.cos(i * 2.4), y + 1e-3 * Math.sin(i * 2.4)] : [x, y]));
    for (let round = 0; round < 60; round += 1) {
      let moved = false;
      for (let i = 0; i < movable; i += 1) {
        for (let j = i + 1; j < placed.length; j += 1) {
          const [dx, dy] = [placed[i][0] - placed[j][0], placed[i][1] - placed[j][1]];
          const length = Math.hypot(dx, dy) || 1e-6;
          const short = distance - length;
          if (short <= 0.5) continue;
          moved = true;
          const share = (j < movable ? short / 2 : short) / length;
          placed[i] = [placed[i][0] + dx * share, placed[i][1] + dy * share];
          if (j < movable) placed[j] = [placed[j][0] - dx * share, placed[j][1] - dy * share];
        }
      }
      if (!moved) break;
    }
    return placed;
  };

  /* A rank stands beside its spot where several would hide each other; a line then leads to the spot. */
  planner.shiftRank = (element, dx, dy) => {
    const far = Math.hypot(dx, dy) > 5;
    const [leader, label] = element.children;
    label.style.transform = far ? `translate(${dx}px, ${dy}px)` : "";
    leader.hidden = !far;
    leader.style.width = `${Math.hypot(dx, dy)}px`;
    leader.style.transform = `rotate(${Math.atan2(dy, dx)}rad)`;
  };

  /* One tooltip for everything on the map; it follows the pointer and also opens on keyboard focus. */
  planner.Tip = class {
    constructor(map) {
      this.map = map;
      this.element = make("div", "planner-tip");
      this.element.setAttribute("role", "tooltip");
      this.element.hidden = true;
      map.getContainer().append(this.element);
    }
    show(lines, point) {
      this.element.replaceChildren(...lines.filter(Boolean).map((line, i) => make("div", i ? "" : "planner-tip-head", line)));
      this.element.hidden = false;
      const size = this.map.getSize();
      const { offsetWidth: width, offsetHeight: height } = this.element;
      const left = point.x + 14 + width > size.x ? point.x - 14 - width : point.x + 14;
      const top = point.y + 14 + height > size.y ? point.y - 10 - height : point.y + 14;
      this.element.style.left = `${Math.max(4, Math.min(left, size.x - width - 4))}px`;
      this.element.style.top = `${Math.max(4, top)}px`;
    }
    hide() {
      this.element.hidden = true;
    }
  };

  function panel(className) {
    const box = make("details", `planner-panel ${className}`);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    /* what lies under a panel is not what is pointed at */
    L.DomEvent.on(box, "mousemove mouseover", L.DomEvent.stopPropagation);
    return box;
  }

  planner.LayerSwitch = L.Control.extend({
    options: { position: "topright" },
    onAdd() {
      this._box = panel("planner-switch");
      return this._box;
    },
    fill(title, layers, isShown, onSwitch) {
      const list = make("div", "planner-switches");
      for (const [id, label] of layers) {
        const row = make("label");
        const input = make("input");
        input.type = "checkbox";
        input.name = id;
        input.checked = isShown(id);
        input.addEventListener("change", () => onSwitch(id, input.checked));
        row.append(input, make("span", "", label));
        list.append(row);
      }
      const focused = this._box.contains(document.activeElement) ? document.activeElement.name : null;
      this._box.replaceChildren(make("summary", "", title), list);
      const again = focused && list.querySelector(`input[name="${CSS.escape(focused)}"]`);
      if (again) again.focus();
    },
  });

  function swatch(color, round, opacity) {
    const patch = make("span", round ? "planner-swatch planner-round" : "planner-swatch");
    patch.style.backgroundColor = color;
    patch.style.opacity = opacity ?? 1;
    patch.setAttribute("aria-hidden", "true");
    return patch;
  }

  function section(title, note, rows, footer) {
    const box = make("div", "planner-legend-part");
    box.append(make("div", "planner-legend-title", title));
    if (note) box.append(make("div", "planner-legend-note", note));
    const list = make("ul");
    for (const [mark, label] of rows) {
      const item = make("li");
      item.append(mark, make("span", "", label));
      list.append(item);
    }
    box.append(list);
    if (footer) box.append(make("div", "planner-legend-note", footer));
    return box;
  }

  function line(level) {
    return make("span", `planner-line planner-line-${level}`);
  }

  planner.Legend = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd(map) {
      this._box = panel("planner-legend");
      this._box.open = map.getSize().x >= WIDE;
      return this._box;
    },
    fill(view, shown, { opacity, narrow }) {
      const parts = [];
      const { indicator, candidates, sites, text } = view;
      if (indicator && shown("indicator")) {
        const rows = indicator.colors.map((color, i) => [swatch(color, false, opacity), indicator.labels[i]]);
        parts.push(section(indicator.title, indicator.note, rows, indicator.source));
      }
      if (candidates.chosen && candidates.chosen.some(Boolean) && shown("chosen")) {
        const rows = candidates.markLegend || [[candidates.numbered ? 1 : "", candidates.chosenLabel]];
        parts.push(section(candidates.chosenTitle, "", rows.map(([mark, label]) => [planner.chosenSign(mark), label])));
      }
      const others = !candidates.chosen || candidates.chosen.some((number) => !number);
      if (candidates.colors.length && others && shown("candidates")) {
        const rows = candidates.colors.map((color, i) => [swatch(color, true), candidates.labels[i]]);
        parts.push(section(candidates.title, narrow ? candidates.fewNote : candidates.note, rows));
      }
      const signs = sites.legend
        .filter(([kind]) => shown(kind))
        .map(([kind, state, label]) => [planner.siteShape(kind, state, 15), label]);
      if (view.reach && shown("reach")) signs.push([make("span", "planner-line planner-line-reach"), text.reach]);
      for (const [level, label] of text.levels) if (shown(level)) signs.push([line(level), label]);
      if (signs.length) parts.push(section(text.signs, "", signs));
      const open = this._box.open;
      this._box.style.maxHeight = `${Math.max(140, this._map.getSize().y - 110)}px`;
      this._box.replaceChildren(make("summary", "", text.legend), ...parts);
      this._box.open = open;
    },
  });
})();
