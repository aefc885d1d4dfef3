/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The large pictures, on ECharts: only the parts that are drawn are bundled, and the bundle is fetched with the first
 * picture. Colours are read from the style sheet at each drawing, so a picture follows the theme. Tooltips are drawn on
 * the canvas: the HTML ones would need inline styles, which the content security policy forbids. */
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type Picture =
  | {
      kind: 'lines';
      unit: string;
      days: string[];
      lines: { name: string; values: (number | null)[]; tone: 'main' | 'quiet' }[];
      marks: { name: string; value: number }[];
    }
  | {
      kind: 'fan';
      unit: string;
      days: string[];
      bands: { name: string; values: number[]; low: number[]; high: number[]; tone: 'main' | 'quiet' }[];
      between: (low: string, high: string) => string;
    }
  | { kind: 'bars'; labels: string[]; values: (number | null)[]; x: string; y: string; mark?: { name: string; label: string } }
  | { kind: 'stack'; unit: string; days: string[]; rows: { name: string; values: (number | null)[]; rest?: boolean }[] }
  | { kind: 'curve'; points: [number, number][]; x: string; y: string }
  | { kind: 'calibration'; points: { predicted: number; observed: number; count: number }[]; x: string; y: string; perfect: string };

/* Colours that carry a row of a stack, in the order of the rows; the rest is quiet. */
const STACK = ['--skill', '--process', '--tool', '--incentive', '--clarity', '--capacity'];

interface Palette {
  stack: string[];
  ink: string;
  quiet: string;
  line: string;
  main: string;
  second: string;
  surface: string;
  font: string;
  size: number;
}
function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    stack: STACK.map(colour),
    ink: colour('--ink'),
    quiet: colour('--ink-quiet'),
    line: colour('--line'),
    main: colour('--plot-main'),
    second: colour('--plot-quiet'),
    surface: colour('--surface'),
    font: getComputedStyle(document.body).fontFamily,
    size: Math.round(parseFloat(style.fontSize) * 0.75),
  };
}

const percent = (value: number): string => Math.round(value * 100) + '%';
const brief = (value: number): string => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });

function common(colours: Palette): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: colours.font, color: colours.ink, fontSize: colours.size },
    grid: { left: 8, right: 24, top: 3 * colours.size, bottom: 2.4 * colours.size, containLabel: true },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize: colours.size },
    },
  };
}
function axis(colours: Palette, name: string, more: object): object {
  return {
    name,
    nameLocation: 'middle',
    nameGap: 2.2 * colours.size,
    nameTextStyle: { color: colours.quiet, fontSize: colours.size },
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.quiet, hideOverlap: true, fontSize: colours.size },
    splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } },
    ...more,
  };
}
/* A vertical axis carries its name above itself: sideways text is read by nobody. */
function upright(colours: Palette, name: string, more: object): object {
  return axis(colours, name, {
    nameLocation: 'end',
    nameGap: colours.size,
    nameTextStyle: { color: colours.quiet, align: 'left', fontSize: colours.size },
    ...more,
  });
}

/* The axis spans the values and the marks (target, baseline), in round steps: a target off the picture would be no target. */
function range(picture: Extract<Picture, { kind: 'lines' }>, colours: Palette): { min: number; max: number; interval: number } | object {
  const all = picture.lines
    .flatMap(line => line.values)
    .filter((value): value is number => value !== null)
    .concat(picture.marks.map(mark => mark.value));
  const least = Math.min(...all),
    most = Math.max(...all),
    rough = (most - least) / 5;
  if (!(rough > 0)) return { scale: true };
  const power = 10 ** Math.floor(Math.log10(rough)),
    step = [1, 2, 5, 10].map(times => times * power).find(one => one >= rough)!;
  return {
    min: Math.floor(least / step) * step,
    max: Math.ceil(most / step) * step,
    interval: step,
    axisLabel: { color: colours.quiet, fontSize: colours.size, formatter: (value: number) => brief(value) },
  };
}

function lines(picture: Extract<Picture, { kind: 'lines' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  const several = picture.lines.length > 1;
  return {
    ...base,
    tooltip: {
      ...(base.tooltip as object),
      trigger: 'axis',
      valueFormatter: (value: unknown) =>
        typeof value === 'number' ? brief(value) + (picture.unit === '%' ? '%' : ' ' + picture.unit) : '–',
    },
    legend: several
      ? { top: 0, right: 8, textStyle: { color: colours.ink, fontSize: colours.size }, itemWidth: 18, itemHeight: 2, icon: 'rect' }
      : undefined,
    xAxis: axis(colours, '', { type: 'category', data: picture.days, boundaryGap: false, splitLine: { show: false } }),
    yAxis: upright(colours, picture.unit, { type: 'value', ...range(picture, colours) }),
    series: picture.lines.map((line, index) => ({
      name: line.name,
      type: 'line',
      data: line.values,
      showSymbol: false,
      connectNulls: false,
      lineStyle: {
        width: line.tone === 'main' ? 2.5 : 2,
        color: line.tone === 'main' ? colours.main : colours.second,
        type: line.tone === 'main' ? 'solid' : 'dashed',
      },
      itemStyle: { color: line.tone === 'main' ? colours.main : colours.second },
      markLine:
        index === 0 && picture.marks.length > 0
          ? {
              silent: true,
              symbol: 'none',
              label: { color: colours.quiet, fontSize: colours.size, position: 'insideStartTop', formatter: '{b}' },
              lineStyle: { color: colours.quiet, type: 'dotted', width: 1.25 },
              data: picture.marks.map(mark => ({ name: mark.name, yAxis: mark.value })),
            }
          : undefined,
    })),
  };
}

/* Two fans that cross: each a line with its interval as a band. A band is drawn as what lies on top of its lower end. */
function fan(picture: Extract<Picture, { kind: 'fan' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  const colour = (tone: 'main' | 'quiet'): string => (tone === 'main' ? colours.main : colours.second);
  return {
    ...base,
    tooltip: {
      ...(base.tooltip as object),
      trigger: 'axis',
      formatter: (points: { dataIndex: number }[]) => {
        const at = points[0].dataIndex;
        const lines = picture.bands.map(
          band => `${band.name} ${brief(band.values[at])} (${picture.between(brief(band.low[at]), brief(band.high[at]))})`,
        );
        return [picture.days[at], ...lines].join('\n');
      },
    },
    legend: {
      top: 0,
      right: 8,
      textStyle: { color: colours.ink, fontSize: colours.size },
      itemWidth: 18,
      itemHeight: 2,
      icon: 'rect',
      data: picture.bands.map(band => band.name),
    },
    xAxis: axis(colours, '', { type: 'category', data: picture.days, boundaryGap: false, splitLine: { show: false } }),
    yAxis: upright(colours, picture.unit, { type: 'value', min: 0 }),
    series: picture.bands.flatMap(band => [
      { type: 'line', stack: band.name, data: band.low, silent: true, showSymbol: false, lineStyle: { opacity: 0 }, tooltip: { show: false } },
      {
        type: 'line',
        stack: band.name,
        data: band.high.map((high, index) => high - band.low[index]),
        silent: true,
        showSymbol: false,
        lineStyle: { opacity: 0 },
        areaStyle: { color: colour(band.tone), opacity: 0.22 },
      },
      {
        name: band.name,
        type: 'line',
        data: band.values,
        showSymbol: false,
        lineStyle: { width: 2.5, color: colour(band.tone), type: band.tone === 'main' ? 'solid' : 'dashed' },
        itemStyle: { color: colour(band.tone) },
      },
    ]),
  };
}

function bars(picture: Extract<Picture, { kind: 'bars' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  return {
    ...base,
    xAxis: axis(colours, picture.x, { type: 'category', data: picture.labels, splitLine: { show: false } }),
    yAxis: upright(colours, picture.y, { type: 'value', minInterval: 1 }),
    series: [
      {
        type: 'bar',
        data: picture.values,
        barCategoryGap: '12%',
        itemStyle: { color: colours.main, borderRadius: [2, 2, 0, 0] },
        markLine: picture.mark
          ? {
              silent: true,
              symbol: 'none',
              label: { color: colours.ink, formatter: picture.mark.name },
              lineStyle: { color: colours.ink, type: 'dotted' },
              data: [{ xAxis: picture.mark.label }],
            }
          : undefined,
      },
    ],
  };
}

/* What makes up a whole, period by period. */
function stack(picture: Extract<Picture, { kind: 'stack' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  return {
    ...base,
    grid: { ...(base.grid as object), top: 4.5 * colours.size },
    tooltip: {
      ...(base.tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? brief(value) : '–'),
    },
    legend: {
      type: 'scroll',
      top: 0,
      left: 0,
      right: 0,
      textStyle: { color: colours.ink, fontSize: colours.size },
      pageTextStyle: { color: colours.quiet },
      pageIconColor: colours.ink,
      pageIconInactiveColor: colours.line,
      itemWidth: 10,
      itemHeight: 10,
      icon: 'rect',
    },
    xAxis: axis(colours, '', {
      type: 'category',
      data: picture.days,
      splitLine: { show: false },
      axisLabel: { color: colours.quiet, hideOverlap: true, fontSize: colours.size, alignMinLabel: 'left', alignMaxLabel: 'right' },
    }),
    yAxis: upright(colours, '', { type: 'value', min: 0, minInterval: 1, axisLabel: { color: colours.quiet, fontSize: colours.size, formatter: brief } }),
    series: picture.rows.map((row, index) => ({
      name: row.name,
      type: 'bar',
      stack: 'all',
      data: row.values,
      barCategoryGap: '18%',
      barMaxWidth: 48,
      itemStyle: { color: row.rest ? colours.line : colours.stack[index % colours.stack.length], borderColor: colours.surface, borderWidth: picture.days.length > 80 ? 0 : 1 },
    })),
  };
}

function curve(picture: Extract<Picture, { kind: 'curve' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  return {
    ...base,
    xAxis: axis(colours, picture.x, { type: 'value', splitLine: { show: false } }),
    yAxis: upright(colours, picture.y, {
      type: 'value',
      min: 0,
      max: 1,
      axisLabel: { color: colours.quiet, fontSize: colours.size, formatter: percent },
    }),
    tooltip: {
      ...(base.tooltip as object),
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? percent(value) : '–'),
    },
    series: [
      {
        type: 'line',
        smooth: true,
        showSymbol: false,
        data: picture.points,
        lineStyle: { width: 2.5, color: colours.main },
        itemStyle: { color: colours.main },
      },
    ],
  };
}

function calibration(picture: Extract<Picture, { kind: 'calibration' }>, colours: Palette): EChartsCoreOption {
  const base = common(colours);
  const most = Math.max(1, ...picture.points.map(point => point.count));
  const unit = { type: 'value', min: 0, max: 1, axisLabel: { color: colours.quiet, fontSize: colours.size, formatter: percent } };
  return {
    ...base,
    xAxis: axis(colours, picture.x, unit),
    yAxis: upright(colours, picture.y, unit),
    tooltip: {
      ...(base.tooltip as object),
      formatter: (at: { data: number[] }) =>
        `${picture.x} ${percent(at.data[0])}\n${picture.y} ${percent(at.data[1])}\n${brief(at.data[2])}`,
    },
    series: [
      {
        type: 'line',
        name: picture.perfect,
        silent: true,
        showSymbol: false,
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: colours.second, type: 'dashed', width: 1.5 },
      },
      {
        type: 'scatter',
        data: picture.points.map(point => [point.predicted, point.observed, point.count]),
        symbolSize: (data: number[]) => 8 + 16 * Math.sqrt(data[2] / most),
        itemStyle: { color: colours.main, opacity: 0.9 },
      },
    ],
  };
}

function option(picture: Picture, colours: Palette): EChartsCoreOption {
  switch (picture.kind) {
    case 'lines':
      return lines(picture, colours);
    case 'fan':
      return fan(picture, colours);
    case 'bars':
      return bars(picture, colours);
    case 'stack':
      return stack(picture, colours);
    case 'curve':
      return curve(picture, colours);
    case 'calibration':
      return calibration(picture, colours);
  }
}

export function mount(box: HTMLElement): { draw(picture: Picture): void; dispose(): void } {
  const chart = init(box, null, { renderer: 'canvas' });
  let last: Picture | null = null;
  const redraw = (): void => {
    if (last) chart.setOption(option(last, palette()), true);
  };
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(box);
  document.addEventListener('meno:theme', redraw);
  return {
    draw(picture) {
      last = picture;
      redraw();
    },
    dispose() {
      observer.disconnect();
      document.removeEventListener('meno:theme', redraw);
      chart.dispose();
    },
  };
}
