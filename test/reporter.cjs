/** mocha's own spec reporter; also leaves its totals and failures where the runner of all phases adds them up. */
const { appendFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.LABWRIGHT_TEST_TOTALS;
    const failed = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      const [words] = String(error?.message ?? error).split("\n");
      failed.push(`${test.fullTitle()}: ${words}`);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      if (file) appendFileSync(file, JSON.stringify({ ...runner.stats, failed }) + "\n");
    });
  }
};
