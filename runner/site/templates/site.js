// Pages → what can be sorted, filtered and pointed at. Without scripts the tables stand there all the same.
"use strict";

const PAGE = 25;

function follow(dark) {
  document.documentElement.classList.toggle("dark", dark.matches); // DataTables' own styles go by this class
}

function enliven(DataTable, table) {
  const rows = table.tBodies[0].rows.length;
  new DataTable(table, {
    order: [],
    autoWidth: false,
    paging: rows > PAGE,
    pageLength: PAGE,
    info: rows > PAGE,
    language: { search: "Filter:" },
    columnDefs: [
      { targets: table.dataset.searched.split(",").map(Number), columnControl: [["searchList"]] },
    ],
  });
}

// Bars whose names have no room beside them have them above.
function narrowed({ data, layout }) {
  const names = layout.yaxis.ticktext;
  return {
    data: data.map((trace) => ({ ...trace, offset: 0, width: 0.4 })),
    layout: {
      ...layout,
      height: layout.height + 14 * names.length,
      yaxis: { ...layout.yaxis, showticklabels: false },
      annotations: names.map((text, at) => ({
        text, xref: "paper", x: 0, xanchor: "left", y: at, yanchor: "bottom", showarrow: false, borderpad: 0, font: { size: 11 },
      })),
    },
  };
}

function draw(place) {
  const meant = JSON.parse(place.nextElementSibling.textContent);
  const { data, layout } = narrow.matches && meant.data[0].orientation === "h" ? narrowed(meant) : meant;
  const clear = "rgba(0,0,0,0)";
  const axis = { automargin: true, fixedrange: true };
  Plotly.react(place, data, {
    ...layout,
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
    paper_bgcolor: clear,
    plot_bgcolor: clear,
    font: { family: "system-ui, sans-serif", size: 13 },
    margin: { l: 10, r: 20, t: 10, b: 50 },
    legend: { traceorder: "normal", orientation: "h", y: 1.02, yanchor: "bottom" },
    showlegend: true,
    dragmode: false,
    hovermode: "closest",
  }, { displayModeBar: false, responsive: true });
}

function reveal() {
  const meant = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(meant instanceof HTMLDetailsElement)) return;
  meant.open = true;
  meant.scrollIntoView();
  meant.querySelector("summary").focus();
}

const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", follow);
follow(dark);
const narrow = matchMedia("(max-width: 45rem)");
const drawAll = () => document.querySelectorAll(".picture").forEach(draw);
narrow.addEventListener("change", drawAll);
drawAll();
window.addEventListener("hashchange", reveal);
window.dataTables.then((module) => {
  for (const table of document.querySelectorAll("table.data")) enliven(module.default, table);
  document.documentElement.dataset.ready = "yes";
  reveal();
});
