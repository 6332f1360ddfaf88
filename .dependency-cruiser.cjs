// The layers of the project, top to bottom. A layer may import itself and what stands in its own line; nothing else.
const layers = {
  "index\\.ts": ["stacks", "components"],
  stacks: ["components", "resources", "validation"],
  examples: ["components", "resources", "testing"],
  testing: ["components", "resources", "validation"],
  components: ["resources", "validation"],
  resources: ["provider", "validation"],
  provider: ["validation"],
  cli: ["sandbox", "engine", "validation", "provider"],
  sandbox: ["engine", "validation"],
  engine: ["validation"],
  tools: ["resources", "provider", "engine", "sandbox", "validation"],
  validation: [],
};
const source = Object.keys(layers).join("|");

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "every-module-has-a-layer",
      severity: "error",
      from: { path: "\\.ts$", pathNot: `^(${source})(/|$)` },
      to: {},
    },
    ...Object.entries(layers).map(([layer, below]) => ({
      name: `${layer.replace("\\", "")}-imports-only-down`,
      severity: "error",
      from: { path: `^${layer}` + (layer.includes(".") ? "$" : "/") },
      to: { path: `^(${source})`, pathNot: `^(${[layer, ...below].join("|")})` },
    })),
  ],
  options: {
    exclude: { path: "^(dist|node_modules|template|test|\\.sandbox[^/]*)/" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
