import { Blob } from "node:buffer";
import { vi } from "vitest";

// Tests run in contexts of their own ("vmThreads"); the Blob of happy-dom, which lives outside, takes
// their ArrayBuffers for objects to be written as text. That of node knows them.
globalThis.Blob = Blob;

// A busy machine is no failure: what is waited for may take longer than the one second of vitest.
const waitFor = vi.waitFor;
vi.waitFor = (condition, options) => waitFor(condition, options ?? { timeout: 20_000 });
