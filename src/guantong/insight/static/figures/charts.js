/* Draws each chart from the JSON beside it; the table says the same. No word of it is written here. */
(() => {
  "use strict";
  const COLOURS = {
    stack: ["#2f6b4a", "#b98a16", "#a61b1b", "#5b6f8a", "#7a4f8a", "#3d7f8c"],
    bars: ["#1d4f91", "#b98a16", "#2f6b4a", "#a61b1b"],
    line: ["#1d4f91", "#b98a16"],
  };
  const AGES = ["#cfe0f3", "#93b7de", "#4f83bd", "#1d4f91", "#b98a16", "#a61b1b"];
  const NARROW = 13;

  const short = (name) => (name.length > NARROW ? `…${name.slice(-NARROW)}` : name);

  function series(data) {
    return data.series.map((one) => ({
      name: one.name,
      type: data.kind === "line" ? "line" : "bar",
      stack: data.kind === "stack" ? "all" : undefined,
      data: one.data,
      barMaxWidth: 34,
      symbolSize: 7,
      connectNulls: false,
    }));
  }

  function option(data) {
    const colours = data.series.length === AGES.length ? AGES : COLOURS[data.kind];
    const text = { color: "#1c2733", fontSize: 12 };
    return {
      animation: false,
      color: colours,
      aria: { enabled: true, decal: { show: true }, label: { description: data.said } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value} ${data.unit}`),
      },
      legend: { bottom: 0, textStyle: text, data: data.series.map((one) => one.name) },
      grid: { left: 8, right: 16, top: data.unit ? 28 : 14, bottom: 34, containLabel: true },
      xAxis: {
        type: "category",
        data: data.names,
        axisLabel: { ...text, interval: 0, rotate: data.names.length > 6 ? 32 : 0, formatter: short },
      },
      yAxis: {
        type: "value",
        name: data.unit,
        min: 0,
        max: data.most ?? undefined,
        minInterval: 1,
        nameTextStyle: text,
        axisLabel: text,
      },
      series: series(data),
    };
  }

  // With a viewBox the drawing shrinks to the width of paper, whatever the screen had.
  function frame(chart) {
    const svg = chart.getDom().querySelector("svg");
    svg.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
    return chart;
  }

  function draw(place) {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = window.echarts.init(place, null, { renderer: "svg", locale: data.locale });
    chart.setOption(option(data));
    return frame(chart);
  }

  const charts = [...document.querySelectorAll("[data-chart]")].map(draw);
  window.addEventListener("resize", () => {
    if (matchMedia("print").matches) return;
    charts.forEach((chart) => {
      chart.resize();
      frame(chart);
    });
  });
})();
