/**
 * Drawn for a chat on a phone: 560 units are what Discord shows without shrinking, and a phone still shows letters of 13 units as readable ones. The background is
 * opaque, so that a picture looks the same in a dark and in a light chat. Blue and orange stay apart for people who cannot tell red from green
 * (Okabe and Ito, "Color Universal Design", 2008).
 */
export const WIDTH = 560;
export const HEIGHT = 420;

export const FONT = "Inter";
export const SIZE = { title: 17, text: 13, small: 12 } as const;

export const INK = {
  background: "#12161d",
  border: "#323a47",
  grid: "#242b36",
  text: "#eef1f6",
  quiet: "#a9b3c3",
  rise: "#56b4e9",
  fall: "#e8823a",
  level: "#d9dee7",
} as const;

/** For lines over the candles, each with a dash of its own besides its color. */
export const LINES: readonly { readonly color: string; readonly dash?: string }[] = [
  { color: "#f0e442" },
  { color: "#d98ec0", dash: "7 3" },
  { color: "#3fc79a", dash: "2 3" },
  { color: "#ffffff", dash: "9 3 2 3" },
];

export const LAYOUT = { edge: 14, top: 64, bottom: 50, axisGap: 8, paneGap: 14 } as const;
