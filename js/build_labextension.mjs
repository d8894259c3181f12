/**
 * Builds the extension for JupyterLab: labextension/ -> ../gymdash_jupyter/labextension/
 *
 *   node build_labextension.mjs           minified, as shipped
 *   node build_labextension.mjs --dev     readable, with source maps
 *   node build_labextension.mjs --watch   stays and builds again on each change
 *
 * esbuild makes one module of our own files; Jupyter's builder wraps it so that JupyterLab loads it
 * and hands it JupyterLab's own packages, which are never bundled. The builder empties its output
 * first, so it works in a folder aside: a JupyterLab that serves the extension always finds it whole.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outputFolder = join(here, "..", "gymdash_jupyter", "labextension");
const isWatching = process.argv.includes("--watch");
const isDev = isWatching || process.argv.includes("--dev");

/** Where in the stage the builder writes, and what it is told beside package.json. */
const BUILT = "built";
const SETTINGS = "settings.cjs";
/**
 * The same source gives the same files wherever it lies. By default modules are numbered by their
 * whole paths, and the builder's minifier names variables by hashes of them.
 */
const STABLE = `module.exports = {
  optimization: { moduleIds: "natural", chunkIds: "natural", minimize: false },
};\n`;

const require = createRequire(import.meta.url);
const builder = join(
  dirname(require.resolve("@jupyter/builder/package.json")),
  "lib/build-labextension.js",
);
const core = join(
  dirname(require.resolve("@jupyterlab/core-meta/package.json")),
  "core.package.json",
);

/** Read anew each time: a version may change while we watch. */
async function readPackage() {
  return JSON.parse(await readFile(join(here, "package.json"), "utf8"));
}

/** `@jupyterlab/notebook/lib/cells` belongs to `@jupyterlab/notebook`. */
function packageOf(path) {
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}

/** From the exact version that we compile against: "4.2.7" -> "^4.2.0", the whole of JupyterLab 4.2 on. */
function range(version) {
  return version.replace(/^(\d+)\.(\d+)\.\d+$/, "^$1.$2.0");
}

/**
 * What JupyterLab reads about the extension. It asks JupyterLab for the versions that we compile
 * against and later ones; the builder alone would ask for those of the newest JupyterLab.
 */
function describe(source, imported) {
  const { name, version, description, license, keywords, jupyterlab } = source;
  const known = { ...source.devDependencies, ...source.dependencies };
  const unknown = imported.filter((each) => !(each in known));
  if (unknown.length > 0) {
    throw new Error(
      `labextension/ imports what package.json does not name: ${unknown.join(", ")}`,
    );
  }
  const dependencies = Object.fromEntries(imported.map((each) => [each, range(known[each])]));
  const ofCore = Object.fromEntries(
    Object.entries(dependencies)
      .filter(([each]) => /^@(jupyterlab|lumino)\//.test(each))
      .map(([each, requiredVersion]) => [each, { requiredVersion }]),
  );
  const sharedPackages = { ...ofCore, ...jupyterlab.sharedPackages };
  return {
    ...{ name, version, description, license, keywords, dependencies },
    ...{ main: "index.js", style: "labextension.css" },
    jupyterlab: { ...jupyterlab, sharedPackages, outputDir: BUILT, webpackConfig: SETTINGS },
  };
}

/** Wraps the module that esbuild wrote into the stage, and puts the result in the place of the last one. */
async function wrap(metafile, stage) {
  const { imports } = metafile.outputs[join("lib", stage.name, "index.js").replaceAll("\\", "/")];
  const imported = imports.filter((each) => each.external).map((each) => packageOf(each.path));
  const described = describe(await readPackage(), [...new Set(imported)].sort());
  await writeJson(join(stage.folder, "package.json"), described);
  await writeFile(join(stage.folder, SETTINGS), STABLE);
  await cp(join(here, "schema"), join(stage.folder, "schema"), { recursive: true });
  const mode = isDev ? ["--development"] : [];
  // There, so that the names of modules, and with them those of files, do not tell the stage's name.
  const options = { cwd: stage.folder };
  const command = [builder, "--core-package-file", core, ...mode, stage.folder];
  await promisify(execFile)(process.execPath, command, options).catch((failure) => {
    throw new Error(`Jupyter's builder failed:\n${failure.stdout}${failure.stderr}`);
  });
  await tidy(join(stage.folder, BUILT));
  if (!isDev) await minify(join(stage.folder, BUILT, "static"));
  await publish(join(stage.folder, BUILT));
}

/** Leaves out what says where and how it was built, and adds what JupyterLab says when asked to uninstall. */
async function tidy(built) {
  const about = JSON.parse(await readFile(join(built, "package.json"), "utf8"));
  const { main: _, style: __, ...told } = about;
  const { extension, schemaDir, _build } = told.jupyterlab;
  const jupyterlab = { extension, schemaDir, _build };
  if (!_build?.load) throw new Error("Jupyter's builder names no file to load.");
  const written = { ...told, jupyterlab };
  await writeJson(join(built, "package.json"), written);
  await writeJson(join(built, "schemas", told.name, "package.json.orig"), written);
  await copyFile(join(here, "install.json"), join(built, "install.json"));
}

async function minify(folder) {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith(".js"))) {
    const { code } = await esbuild.transform(await readFile(join(folder, name), "utf8"), {
      minify: true,
      target: "es2022",
    });
    await writeFile(join(folder, name), code);
  }
}

/**
 * Names of files follow their contents, so new ones come beside old ones; then package.json, which
 * says what to load, changes at once; then what it no longer names goes.
 */
async function publish(built) {
  const names = (await filesIn(built)).filter((name) => name !== "package.json");
  for (const name of names) {
    await mkdir(dirname(join(outputFolder, name)), { recursive: true });
    await copyFile(join(built, name), join(outputFolder, name));
  }
  const arriving = join(outputFolder, "package.json.new");
  await copyFile(join(built, "package.json"), arriving);
  await rename(arriving, join(outputFolder, "package.json"));
  const kept = new Set([...names, "package.json"]);
  for (const name of await filesIn(outputFolder)) {
    if (!kept.has(name)) await rm(join(outputFolder, name), { force: true });
  }
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function writeJson(path, value) {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function tellSizes() {
  const sizes = await Promise.all(
    (await filesIn(outputFolder)).map(async (name) => (await stat(join(outputFolder, name))).size),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`  labextension/  ${(total / 1000).toFixed(1)} kB in ${sizes.length} files`);
}

await mkdir(join(here, "lib"), { recursive: true });
await mkdir(outputFolder, { recursive: true });
await rm(join(outputFolder, "built_from.txt"), { force: true }); // hatch_build.py's note: no longer true
const folder = await mkdtemp(join(here, "lib", "labextension-"));
const stage = { folder, name: basename(folder) };

const options = {
  absWorkingDir: here,
  entryPoints: {
    index: join(here, "labextension", "index.ts"),
    labextension: join(here, "labextension", "labextension.css"),
  },
  outdir: folder,
  bundle: true,
  packages: "external",
  format: "esm",
  target: "es2022",
  platform: "browser",
  loader: { ".svg": "text" },
  minify: !isDev,
  sourcemap: isDev ? "inline" : false,
  metafile: true,
  logLevel: "warning",
};

/** Wraps after each build; a mistake is shown, and the next change tries again. */
const wrapping = {
  name: "wrapping",
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (errors.length > 0) return;
      await wrap(metafile, stage).then(tellSizes, (error) => console.error(String(error)));
    });
  },
};

if (isWatching) {
  const stop = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const context = await esbuild.context({ ...options, plugins: [wrapping] });
  await context.watch();
} else {
  try {
    const { metafile } = await esbuild.build(options);
    await wrap(metafile, stage);
    await tellSizes();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
