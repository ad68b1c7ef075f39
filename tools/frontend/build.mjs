// Builds static/src into static/dist under stable names; collectstatic's manifest adds the hashes.
//   node tools/frontend/build.mjs           once, minified
//   node tools/frontend/build.mjs --watch   again on each change, with source maps
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const source = join(root, "static/src");
const target = join(root, "static/dist");
const watch = process.argv.includes("--watch");

/** One SVG file of symbols, so that a page asks for its icons once. */
async function writeIconSprite() {
  const icons = JSON.parse(await readFile(join(source, "icons.json"), "utf8"));
  const symbols = Object.entries(icons).map(
    ([name, path]) => `<symbol id="${name}" viewBox="0 0 24 24"><path d="${path}"/></symbol>`,
  );
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(join(target, "icons.svg"), sprite);
}

const options = {
  absWorkingDir: root,
  entryPoints: {
    app: "static/src/js/app.js",
    charts: "static/src/js/charts.js",
    theme: "static/src/js/theme.js",
    site: "static/src/css/site.css",
    pdf: "static/src/pdf.css",
  },
  outdir: target,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  format: "iife",
  target: ["chrome120", "firefox121", "safari17"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  legalComments: "linked",
  logLevel: "warning",
};

/** Names and sizes of what was written, with a digest that shows whether two builds are the same. */
async function report() {
  const names = (await readdir(target)).filter((name) => /\.(js|css|svg)$/.test(name)).sort();
  for (const name of names) {
    const bytes = await readFile(join(target, name));
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
    console.log(`${name.padEnd(12)} ${String(Math.round(bytes.length / 1024)).padStart(5)} kB  ${digest}`);
  }
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await writeIconSprite();
if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
  console.log("Watching static/src; stop with Ctrl-C.");
} else {
  await esbuild.build(options);
  await report();
}
