/**
 * Packs a built ES module: compressed, as text in a small module that unpacks it in the browser.
 *
 * anywidget sends a panel's module with every widget and a browser would read it anew each time. Packed it has half
 * the size, and a page reads it once: the first widget leaves it for the others.
 */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

/** In the browser. anywidget takes a panel from a function, too; one that cannot be read is tried again. */
const UNPACK = `const s=Symbol.for(k),g=globalThis;
const read=async()=>{
const packed=Uint8Array.from(atob(z),c=>c.charCodeAt(0));
const stream=new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
const url=URL.createObjectURL(new Blob([await new Response(stream).text()],{type:"text/javascript"}));
try{return(await import(url)).default}finally{URL.revokeObjectURL(url)}};
export default()=>g[s]??=read().catch(e=>{delete g[s];throw e});
`;

/** Pack a module; the notice stays readable at its head. */
export function packed(name, source, notice) {
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  const text = deflateRawSync(source, { level: 9 }).toString("base64");
  return `${notice}\nconst k="gymdash-${name}-${hash}",z="${text}";\n${UNPACK}`;
}
