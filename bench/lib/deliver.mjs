/** What a contestant still does after its last call: outcomes, commits. */
const SETTLE_MS = 400;
const SAMPLE_MS = 25;

/**
 * Has `start()` deliver a backlog, and measures it: from the first to the last call at the destination, by the destination's clock; CPU and memory of the
 * process alone, as the kernel counts them.
 *
 * @returns {{callsPerSecond, cpuMs, cpuMsDelivering, peakMb, calls, seconds, summary}} `cpuMs` from the start of the process, `cpuMsDelivering` from the
 * first call on; stopped by the caller
 */
export async function deliver({ destination, start, isEnough, limitMs }) {
  await destination.reset();
  const by = await start();
  // Samples tell how much CPU had gone into starting when the first call was made.
  const samples = [];
  const sampler = setInterval(() => samples.push({ at: Date.now(), cpuMs: by.cpuMs }), SAMPLE_MS);
  try {
    const summary = await destination.until(isEnough, { by, ...(limitMs !== undefined && { limitMs }) });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const atFirst = samples.findLast(({ at }) => at <= summary.firstMs)?.cpuMs ?? 0;
    const seconds = (summary.lastMs - summary.firstMs) / 1_000;
    return {
      by,
      summary,
      calls: summary.calls,
      seconds,
      callsPerSecond: summary.calls / seconds,
      cpuMs: by.cpuMs,
      cpuMsDelivering: by.cpuMs - atFirst,
      peakMb: by.memory.peakMb,
    };
  } catch (error) {
    await by.stop();
    throw error;
  } finally {
    clearInterval(sampler);
  }
}
