// Build what the widgets and the reports run: `node build.js` writes the bundles, `node build.js --check` compares them
// with what is there. Each begins with a digest of its sources, which tests/test_javascript.py checks without Node.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
/** @type {[string, string, import("esbuild").BuildOptions][]} entry, where it goes, how */
const BUNDLES = [
  ["src/cockpit.js", "bundles/cockpit.js", { format: "esm" }],
  ["src/cockpit.css", "bundles/cockpit.css", {}],
  ["src/figure.js", "bundles/figure.js", { format: "esm" }],
  ["src/figure.css", "bundles/figure.css", {}],
  ["src/explorer.js", "bundles/explorer.js", { format: "esm" }],
  ["src/explorer.css", "bundles/explorer.css", {}],
  ["src/replay.js", "bundles/replay.js", { format: "iife" }],
  ["src/replay.css", "bundles/replay.css", {}],
  ["src/report.js", "../../reports/templates/report.js", { format: "iife" }],
  ["src/report.css", "../../reports/templates/report.css", {}],
];

// Of every file that decides what a bundle holds, by name.
function digest() {
  const sources = readdirSync(join(here, "src")).map((name) => `src/${name}`);
  const sum = createHash("sha256");
  for (const name of [...sources, "build.js", "package-lock.json"].sort()) sum.update(`${name}\n`).update(readFileSync(join(here, name)));
  return sum.digest("hex");
}

const head = `Built by ame_explore/widgets/js/build.js; sources: sha256 ${digest()}`;
const stale = [];
for (const [entry, target, how] of BUNDLES) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    write: false,
    minify: true,
    lineLimit: 120,
    charset: "utf8",
    target: "es2022",
    banner: entry.endsWith(".css") ? { css: `/* ${head} */` } : { js: `// ${head}` },
    logLevel: "warning",
    ...how,
  });
  const path = join(here, target);
  const text = outputFiles?.[0].text ?? "";
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) stale.push(target);
}
if (stale.length) {
  console.error(`not built from the sources as they are: ${stale.join(", ")}; run "npm run build"`);
  process.exit(1);
}
