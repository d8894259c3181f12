import { defineConfig } from "vitest/config";

/** Style sheets are text in the tests too, as in build.mjs. */
const cssAsText = {
  name: "css-as-text",
  enforce: "pre",
  async resolveId(source, importer) {
    if (!source.endsWith(".css")) return null;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    return resolved && `${resolved.id}?raw`;
  },
};

export default defineConfig({
  plugins: [cssAsText],
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts", "shared/**/*.test.ts", "widgets/**/*.test.ts"],
    passWithNoTests: true,
  },
});
