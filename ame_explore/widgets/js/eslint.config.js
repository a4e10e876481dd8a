import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["bundles/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implicit-globals": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: "Text is set as text." })),
      ],
    },
  },
  { files: ["src/**"], languageOptions: { globals: globals.browser } },
  { files: ["test/**", "*.js"], languageOptions: { globals: globals.node } },
];
