/**
 * The lint rules: typescript-eslint's strictest set with types, all rules for RxJS, and the house rules that a machine
 * can hold (CONTRIBUTING.md names the others). Warnings do not exist: a rule is an error or it is off.
 */
import eslint from "@eslint/js";
import rxjs from "eslint-plugin-rxjs-x";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { house } from "./tools/eslint/house-rules.js";

/** Syntax that type stripping cannot erase, or that hides what a file exports. */
const FORBIDDEN_SYNTAX = [
  {
    selector: "ExportDefaultDeclaration",
    message: "Export by name: a default export has another name in every file.",
  },
  { selector: "ExportAllDeclaration", message: "Name what you export." },
  { selector: "TSEnumDeclaration", message: "Use a union of literals: enums are not erasable." },
  { selector: "TSModuleDeclaration[global!=true]", message: "Use a module: namespaces are not erasable." },
  {
    selector: "TSParameterProperty",
    message: "Assign the field by hand: parameter properties are not erasable.",
  },
];

/** `await import("yaml")` has names in Node, but in the bundle, where the library stays CommonJS, only a default. */
const NO_LAZY_LIBRARY = {
  selector: "ImportExpression > Literal[value=/^[^.]/]",
  message:
    "Import the library in a file of its own, and that file lazily: bundled CommonJS has no named exports.",
};

/** Waiting for time makes a test slow on a fast machine and flaky on a slow one. */
const NO_SLEEPS = [
  {
    selector: "CallExpression[callee.name='setTimeout']",
    message: "No sleeps in tests: wait for an event, or inject clock and timers (CONTRIBUTING.md).",
  },
  {
    selector: "ImportDeclaration[source.value='node:timers/promises']",
    message: "No sleeps in tests: wait for an event, or inject clock and timers (CONTRIBUTING.md).",
  },
];

export default defineConfig(
  globalIgnores([
    "dist/",
    "coverage/",
    "src/client/generated/",
    // They need types that are built first; test/clients/ builds them and lints all three.
    "examples/clients/node/",
    "examples/clients/typescript/",
    "examples/rotation/node/",
    "test/kube/kubernetes/",
    "test/kube/etcd/",
  ]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, rxjs.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
    },
  },
  {
    plugins: { house },
    rules: {
      "house/kebab-case": "error",
      eqeqeq: "error",
      "max-lines": ["error", 350],
      "no-restricted-syntax": ["error", ...FORBIDDEN_SYNTAX],
    },
  },
  {
    files: ["src/**", "tools/**", "bench/**", "test/support/**", "test/*.ts"],
    rules: {
      "house/header": "error",
      "house/documented-export": "error",
      "max-lines-per-function": ["error", { max: 60 }],
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", ...FORBIDDEN_SYNTAX, NO_LAZY_LIBRARY],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai asserts by reading a property.
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-empty-function": "off",
      // What a test file exports serves other tests; its types may be inferred.
      "@typescript-eslint/explicit-module-boundary-types": "off",
      // An error that nobody handles, or a stream that ends empty, fails the test: just what it should do.
      "rxjs-x/no-ignored-error": "off",
      "rxjs-x/no-ignored-default-value": "off",
    },
  },
  {
    files: ["test/**/*.test.ts"],
    rules: { "no-restricted-syntax": ["error", ...FORBIDDEN_SYNTAX, ...NO_SLEEPS] },
  },
  {
    files: ["**/*.js", "**/*.cjs", "**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
      },
    },
  },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: { __dirname: "readonly" } } },
  // A tool reads its configuration from the default export.
  { files: ["*.config.*", ".*.cjs"], rules: { "no-restricted-syntax": "off" } },
);
