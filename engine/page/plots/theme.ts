/**
 * One look for all plots. Text, axes and outlines take the colour of the page's text, so that the same picture
 * is right on light, dark and paper; data colours are the blue and orange of M. Okabe, K. Ito, "Color universal
 * design", 2008, middle tones that both backgrounds carry, and the perceptually even scales viridis and
 * cividis, which colour-blind readers can order. Marks of different meaning differ in shape too.
 */
import type { Config } from 'vega-lite';

/** What the market did, and purchases. */
export const BLUE = '#2f7fbf';
/** What it is compared with, and sales. */
export const ORANGE = '#d5730d';
/** Limits, and where they are broken. */
export const RED = '#d1495b';
/** Further lines of one plot: middle tones after two more colours of Okabe and Ito. */
export const GREEN = '#1f9a78';
export const PURPLE = '#a66fa0';

/** Beyond that, the palest colours of a scale would vanish on white, the darkest on black. */
export const VIRIDIS = { name: 'viridis', extent: [0.15, 0.92] } as const;
export const CIVIDIS = { name: 'cividis', extent: [0.2, 0.97] } as const;

const INK = 'currentColor';

export const THEME: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  padding: 4,
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    tickColor: INK,
    domainColor: INK,
    gridColor: INK,
    gridOpacity: 0.12,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelOverlap: true,
    tickCount: 6,
  },
  // Plots below each other line up.
  axisY: { minExtent: 46 },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titleLimit: 320,
    labelLimit: 260,
    orient: 'top',
    direction: 'horizontal',
    gradientLength: 180,
    symbolSize: 90,
    // A phone has no room for names side by side, and half of a page for three.
    columns: { expr: 'width < 340 ? 1 : width < 480 ? 3 : 0' },
  },
  text: { color: INK },
  rule: { color: INK },
};
