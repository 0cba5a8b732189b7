/* Ties map and ranking together: a row shows its room, a marker shows its row. */
(() => {
  "use strict";
  const rows = new Map(Array.from(document.querySelectorAll("tr[data-id]"), (row) => [row.dataset.id, row]));
  const mark = (id) => {
    for (const [other, row] of rows) row.classList.toggle("chosen", other === id);
  };
  for (const [id, row] of rows) {
    row.querySelector("button").addEventListener("click", () => {
      mark(id);
      planner.choose({ kind: row.dataset.kind, id }, 14);
      if (window.innerWidth < 860) document.querySelector(".map").scrollIntoView();
    });
  }
  planner.onPick = ({ id }) => {
    mark(id);
    const row = rows.get(id);
    if (row && window.innerWidth >= 860) row.scrollIntoView({ block: "center" });
  };
})();
