// The style sheets of the lab and of the explorer, which share a page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("no element of the explorer is dissolved by a rule that is meant for the lab", () => {
  const explorer = ["explorer", "explorer_map", "explorer_pair", "explorer_table", "explorer_filters"].map((name) => readFileSync(new URL(`../src/${name}.js`, import.meta.url), "utf8")).join("");
  const lab = ["lab", "views", "probe"].map((name) => readFileSync(new URL(`../src/${name}.css`, import.meta.url), "utf8")).join("");
  const rules = [...lab.matchAll(/^([^\s@}][^{]*)\{([^}]*)\}/gm)].filter(([, , body]) => /display: (contents|none)/.test(body));
  assert.ok(rules.length > 2);
  for (const [, selectors] of rules)
    for (const [, name] of selectors.matchAll(/(?:^|,\s*)\.(ame-[a-z-]+)(?=[\s,]*(?:,|$))/gm)) assert.ok(!explorer.includes(name), `${name} of the lab's style sheet is a class of the explorer too: write .ame-lab .${name}`);
});
