/* Ties map and tables together: a row shows its place, a marker shows its rows; and searches the tables. */
(() => {
  "use strict";
  const rows = Array.from(document.querySelectorAll("tr[data-id]"));
  const mark = (id) => {
    for (const row of rows) row.classList.toggle("chosen", row.dataset.id === id);
  };
  const show = (row) => {
    mark(row.dataset.id);
    planner.choose({ kind: row.dataset.kind, id: row.dataset.id }, 14);
    if (window.innerWidth < 860) document.querySelector(".map").scrollIntoView();
  };
  for (const row of rows) row.querySelector("button").addEventListener("click", () => show(row));
  planner.onPick = ({ id }) => {
    mark(id);
    const row = rows.find((one) => one.dataset.id === id && !one.hidden);
    if (row && window.innerWidth >= 860) row.scrollIntoView({ block: "center" });
  };

  const form = document.querySelector(".search"), input = form.querySelector("input");
  const told = form.querySelector("[role=status]");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss");
  const searched = Array.from(document.querySelectorAll("tr[data-kind]"), (row) => [row, plain(row.textContent)]);
  const search = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [row, text] of searched) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    told.textContent = words.length ? told.dataset.text.replace("#", String(count)) : "";
  };
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
    const first = input.value.trim() && rows.find((row) => !row.hidden);
    if (first) show(first);
  });
})();
