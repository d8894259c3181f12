/** A chart as files: SVG, and PNG drawn from it. */
import type { Chart } from "../chart";
import { h } from "../dom";
import { textWidth } from "../scene";
import { type Picture, svgPicture } from "./svg";

/** Sharp on dense screens and on paper. */
const PNG_SCALE = 2;

/** Draw what a chart shows; null while it shows nothing. */
export function pictureOf(chart: Chart, title: string, note: string): Picture | null {
  const { drawn } = chart;
  if (!drawn) return null;
  const { scene, plot, colours } = drawn;
  return svgPicture({
    scene,
    area: plot.area,
    labels: plot.labels,
    title,
    note,
    colour: (css) => colours.get(css),
    widthOf: (text) => textWidth(text, scene.font),
  });
}

export function svgFile({ text }: Picture): Blob {
  return new Blob([text], { type: "image/svg+xml" });
}

export async function pngFile(picture: Picture): Promise<Blob> {
  const url = URL.createObjectURL(svgFile(picture));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = h("canvas");
    canvas.width = picture.width * PNG_SCALE;
    canvas.height = picture.height * PNG_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("No PNG was made."))));
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Hand a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download may begin late
}

/** A name for a file: what a key has of letters and digits. */
export function fileName(key: string, ending: string): string {
  const words = key.replace(/[^\p{L}\p{N}.-]+/gu, "_").replace(/^[_.]+|_+$/g, "");
  return `${words.slice(0, 80) || "chart"}.${ending}`;
}
