/* Draws the charts of a page from the figures in its JSON script tags.

   ECharts is loaded only where a page has a chart. The tooltip is drawn on the canvas ("richText"), since the HTML one
   carries inline styles that our content policy refuses. */

const COLOURS = ["#0c6170", "#d98a29", "#58398c", "#3f9a6b", "#a8456b", "#4b7fb8", "#8a7a3c", "#5b6b70"];
const TONES = { good: "#2f8a5b", info: "#4b7fb8", warn: "#d98a29", bad: "#b3362c", neutral: "#8a9699", special: "#58398c" };
const FONT = '"PingFang SC","Microsoft YaHei","HarmonyOS Sans SC","Noto Sans CJK SC",sans-serif';
const INK = "#14252b";
const SOFT = "#465860";
const LINE = "#dbe3e2";

let loading = null;

function library(source) {
  if (window.echarts) return Promise.resolve(window.echarts);
  loading ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

function write(value, unit) {
  if (value === null || value === undefined) return "—";
  if (unit === "fen") return `${value < 0 ? "−" : ""}¥${(Math.abs(value) / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;
  if (unit === "percent") return `${value.toFixed(1)}%`;
  return value.toLocaleString("en");
}

function writeShort(value, unit) {
  if (unit === "percent") return `${value}%`;
  const number = unit === "fen" ? value / 100 : value;
  const sign = unit === "fen" ? "¥" : "";
  if (Math.abs(number) >= 1e8) return `${sign}${+(number / 1e8).toFixed(2)}亿`;
  if (Math.abs(number) >= 1e4) return `${sign}${+(number / 1e4).toFixed(1)}万`;
  return `${sign}${number.toLocaleString("en")}`;
}

function axes(data, isNarrow) {
  const category = {
    type: "category",
    data: data.categories,
    inverse: data.horizontal,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: "#9fb0b3" } },
    axisLabel: { color: INK, fontSize: 13, hideOverlap: true, ...(data.horizontal ? { interval: 0, width: isNarrow ? 118 : 250, overflow: "truncate" } : {}) },
  };
  const value = {
    type: "value",
    ...(data.limit ? { min: -data.limit, max: data.limit } : {}),
    splitLine: { lineStyle: { color: LINE } },
    axisLabel: { color: SOFT, fontSize: 13, formatter: (v) => writeShort(v, data.unit) },
  };
  return data.horizontal ? { xAxis: value, yAxis: category } : { xAxis: category, yAxis: value };
}

function drawing(series, at, data) {
  if (data.kind === "line") {
    return { name: series.name, type: "line", data: series.values, symbolSize: 7, lineStyle: { width: 2.5 }, symbol: ["circle", "rect", "triangle", "diamond"][at % 4] };
  }
  const isTop = !data.stacked || at === data.series.length - 1;
  const round = !isTop ? 0 : data.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0];
  return { name: series.name, type: "bar", data: series.values, stack: data.stacked ? "all" : undefined, barMaxWidth: 34, itemStyle: { borderRadius: data.limit ? 0 : round, color: TONES[series.tone] } };
}

function options(data, isNarrow) {
  const common = {
    color: COLOURS,
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: { fontFamily: FONT, color: INK, fontSize: 13 },
    legend: { type: "scroll", show: data.kind === "pie" || data.series.length > 1, top: 0, left: 0, itemWidth: 16, itemGap: 18, textStyle: { color: INK, fontSize: 13 } },
    tooltip: { renderMode: "richText", trigger: data.kind === "pie" ? "item" : "axis", axisPointer: { type: data.kind === "bar" ? "shadow" : "line" }, valueFormatter: (v) => write(v, data.unit), borderColor: LINE, textStyle: { color: INK, fontSize: 13 } },
  };
  if (data.kind === "pie") {
    const slices = data.categories.map((name, at) => ({ name, value: data.series[0].values[at] }));
    return { ...common, series: [{ type: "pie", radius: ["46%", "74%"], center: ["50%", "56%"], data: slices, itemStyle: { borderColor: "#fff", borderWidth: 2 }, label: { show: !isNarrow, color: INK, fontSize: 13, formatter: ({ name, percent }) => `${name} ${percent.toFixed(1)}%` } }] };
  }
  const top = common.legend.show ? 40 : 14;
  return { ...common, ...axes(data, isNarrow), grid: { left: 4, right: 14, top, bottom: 4, containLabel: true }, series: data.series.map((series, at) => drawing(series, at, data)) };
}

export function drawCharts(root) {
  root.querySelectorAll("[data-mz-chart]").forEach(async (place) => {
    if (place.dataset.mzDrawn) return;
    place.dataset.mzDrawn = "true";
    const data = JSON.parse(document.getElementById(place.dataset.mzChart).textContent);
    // Every bar of a long list keeps a line of its own.
    if (data.horizontal && data.categories.length > 10) place.style.height = `${70 + data.categories.length * 26}px`;
    const echarts = await library(place.dataset.mzChartSource);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(data, place.clientWidth < 420));
    new ResizeObserver(() => chart.resize()).observe(place);
  });
}
