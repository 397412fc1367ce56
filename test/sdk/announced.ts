const TICK_MS = 5_000;

/** Does work that takes long the first time, and says so on the terminal while it lasts. */
export async function announced<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1000);
  tell(`${what}, once`);
  const ticker = setInterval(() => tell(`${what}: ${seconds()} s`), TICK_MS);
  try {
    const result = await work();
    tell(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
