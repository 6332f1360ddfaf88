/** mocha swallows rejections of promises nobody awaits; a failing assertion in one must fail the run. */
process.on("unhandledRejection", (reason) => {
  throw reason;
});
