/**
 * Builds one small ES module a panel: widgets/<stem>.ts -> ../gymdash_jupyter/static/<stem>.js
 *
 *   node build.mjs           minified and packed, as shipped
 *   node build.mjs --dev     readable, with an inline source map
 *   node build.mjs --watch   stays and builds again on each change
 *
 * anywidget sends the whole bundle with every widget, so nothing is shared between bundles and
 * each must stay small. Style sheets are imported as text.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { packed } from "./packed.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const outputFolder = join(here, "..", "gymdash_jupyter", "static");
const isDev = process.argv.includes("--dev");
/** Stands at the head of each bundle, as its license asks. */
const NOTICE =
  "/*! with uPlot, Copyright (c) 2025 Leon Sorokin, MIT License, https://github.com/leeoniya/uPlot */";
const isWatching = process.argv.includes("--watch");

/** Space and small type are constants of theme.css: written out they are shorter than their variables. */
const CONSTANTS = await readFile(join(here, "shared", "look", "theme.css"), "utf8");
function withConstantsWrittenOut(css) {
  const constants = new Map(
    [...CONSTANTS.matchAll(/--(gd-\d|gd-small): (\d+px);/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  return css
    .replaceAll(/--(gd-\d|gd-small): \d+px;/g, "")
    .replaceAll(/var\(--(gd-\d|gd-small)\)/g, (whole, name) => constants.get(name) ?? whole);
}

/** esbuild's own text loader leaves the style sheet as it is written; this one minifies it too. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = withConstantsWrittenOut(await readFile(path, "utf8"));
      const { code, warnings } = await esbuild.transform(source, {
        loader: "css",
        minify: !isDev,
        sourcefile: path,
      });
      return { contents: code, loader: "text", warnings };
    });
  },
};

async function panelSources() {
  const names = await readdir(join(here, "widgets")).catch(() => []);
  return names.filter((name) => /^[a-z0-9_]+\.ts$/.test(name)).sort();
}

/** A bundle whose source was renamed or deleted must not be shipped. */
async function removeOrphans(stems) {
  for (const name of await readdir(outputFolder)) {
    if (name.endsWith(".js") && !stems.includes(basename(name, ".js"))) {
      await rm(join(outputFolder, name));
    }
  }
}

async function tellSizes(stems) {
  for (const stem of stems) {
    const { size } = await stat(join(outputFolder, `${stem}.js`));
    console.log(`  static/${stem}.js  ${(size / 1000).toFixed(1)} kB`);
  }
}

const sources = await panelSources();
const stems = sources.map((name) => basename(name, ".ts"));
await mkdir(outputFolder, { recursive: true });
await rm(join(outputFolder, "built_from.txt"), { force: true }); // hatch_build.py's note: no longer true
await removeOrphans(stems);

const options = {
  entryPoints: sources.map((name) => join(here, "widgets", name)),
  outdir: outputFolder,
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "browser",
  minify: !isDev,
  sourcemap: isDev ? "inline" : false,
  legalComments: "inline",
  logLevel: "warning",
  plugins: [cssAsText],
};

if (isWatching) {
  const context = await esbuild.context({ ...options, logLevel: "info" });
  await context.watch();
} else {
  const { outputFiles } = await esbuild.build({ ...options, write: false });
  for (const { path, text } of outputFiles) {
    await writeFile(path, isDev ? text : packed(basename(path, ".js"), text, NOTICE));
  }
  await tellSizes(stems);
}
