/**
 * uPlot is written with a switch a feature, but published with all of them on. This esbuild plugin turns off what no
 * chart of ours uses (calendar times, the legend table, stepped lines, bars, splines, joined tables) and settles what
 * is always the same for us (each series with its own x, x across, linear or log10). That takes a quarter off it in
 * every panel. The version is pinned; should a piece not be found in another one, the build fails.
 */
import { readFile } from "node:fs/promises";

const ANY = "[\\s\\S]*?";

/** Pieces of which there is exactly one, and what stands instead. */
const CUTS = [
  [
    /\(paths\.stepped = stepped\);\s*\(paths\.bars\s*= bars\);\s*\(paths\.spline\s*= monotoneCubic\);/,
  ],
  [/uPlot\.fmtDate = fmtDate;\s*uPlot\.tzDate\s*= tzDate;/],
  [/uPlot\.join = join;/],
  [/uPlot\.rangeAsinh = rangeAsinh;/],
  [/const _fmtDate = .*\n/],
  [/const _timeAxisSplits = .*\n\s*const _timeAxisVals .*\n\s*const _timeSeriesVal .*\n/],
  [/const \[ timeIncrsMs,.*\nconst \[ timeIncrsS,.*\n/],
  [/isTime \? \(isStr\(sv\).*_timeSeriesVal\) : /],
  [/\(isTime \? \(ms == 1 \? timeIncrsMs : timeIncrsS\) : numIncrs\)/, "numIncrs"],
  [/isTime && sc\.distr == 1 \? _timeAxisSplits : /],
  [new RegExp(`isTime \\? \\(\\s*// config array${ANY}av \\|\\| _timeAxisVals\\s*\\) :`)],
  [/const showLegend = legend\.show;/],
];

/** Questions whose answer is known, each at several places. */
const KNOWN = [
  [/\bshowLegend\b/, "false"],
  [/\bmode == 1\b/, "false"],
  [/\bmode == 2\b/, "true"],
  [/\b(?:scaleX|sx)\.ori == 0\b/, "true"],
  [/\bscaleX\.ori == 1\b/, "false"],
  [/\b(?:\w+\.distr|distr|xScaleDistr) == (?:2|4|100)\b/, "false"],
  [/\b\w+\.log == 2\b/, "false"],
  [/\b(?:cursorOnePt|cursorFocus)\b(?! =)/, "false"],
  [/\bsyncKey != null\b/, "false"],
];

function withoutUnused(source, path) {
  let text = source;
  const replace = (piece, instead, isOne) => {
    const all = new RegExp(piece, "g");
    const count = text.match(all)?.length ?? 0;
    if (isOne ? count !== 1 : count < 2) throw new Error(`${path}: ${count} times ${piece}`);
    text = text.replaceAll(all, instead);
  };
  for (const [piece, instead = ""] of CUTS) replace(piece, instead, true);
  for (const [piece, instead] of KNOWN) replace(piece, instead, false);
  return text;
}

export const uplotFeatures = {
  name: "uplot-features",
  setup(build) {
    build.onLoad({ filter: /uPlot\.esm\.js$/ }, async ({ path }) => ({
      contents: withoutUnused(await readFile(path, "utf8"), path),
      loader: "js",
    }));
  },
};
