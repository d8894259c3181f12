import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

const PREFIX = "\0css-as-text:";

/** Style sheets are text in the tests too, as in build.mjs; Vite itself would hand out "". */
const cssAsText = {
  name: "css-as-text",
  enforce: "pre",
  async resolveId(source, importer) {
    if (!source.endsWith(".css")) return null;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    return resolved && `${PREFIX}${resolved.id}.js`;
  },
  async load(id) {
    if (!id.startsWith(PREFIX)) return null;
    const path = id.slice(PREFIX.length, -".js".length);
    return `export default ${JSON.stringify(await readFile(path, "utf8"))};`;
  },
};

export default defineConfig({
  plugins: [cssAsText],
  test: {
    environment: "happy-dom",
    pool: "vmThreads", // one happy-dom a worker, not one a file, which took most of the time
    setupFiles: ["./vitest.setup.mjs"],
    testTimeout: 30_000,
    include: ["{tests,shared,widgets,labextension}/**/*.test.ts"],
    passWithNoTests: true,
  },
});
