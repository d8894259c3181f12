/**
 * Builds the extension for JupyterLab: labextension/ -> ../gymdash_jupyter/labextension/
 *
 *   node build_labextension.mjs         minified, as shipped
 *   node build_labextension.mjs --dev   readable
 *
 * esbuild makes one module of our own files; Jupyter's builder wraps it so that JupyterLab loads it
 * and hands it JupyterLab's own packages, which are never bundled.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const isDev = process.argv.includes("--dev");

await esbuild.build({
  entryPoints: [join(here, "labextension", "index.ts")],
  outfile: join(here, "lib", "index.js"),
  bundle: true,
  packages: "external",
  format: "esm",
  target: "es2022",
  platform: "browser",
  loader: { ".svg": "text" },
  sourcemap: isDev ? "inline" : false,
  logLevel: "warning",
});
const builder = join(
  dirname(require.resolve("@jupyter/builder/package.json")),
  "lib/build-labextension.js",
);
const core = join(
  dirname(require.resolve("@jupyterlab/core-meta/package.json")),
  "core.package.json",
);
const mode = isDev ? ["--development"] : [];
execFileSync(process.execPath, [builder, "--core-package-file", core, ...mode, here], {
  cwd: here,
  stdio: ["ignore", "inherit", "inherit"],
});
