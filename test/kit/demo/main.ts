import { startDemo } from "./demo.ts";
import { type DemoKey, ExchangeSide } from "./exchange-side.ts";

const PORT_DEFAULT = 8787;
const PORT_MAX = 65_535;

await main();

/** Runs the demo until Ctrl+C, or until the desk ends by itself; `npm run demo -- exchange` runs the simulated exchange alone, for a desk of one's own. */
async function main(): Promise<void> {
  if (process.argv[2] === "exchange") return exchangeAlone();
  const port = portOf(process.env.PORT);
  if (port === undefined) return fail(`PORT: expected 0 to ${PORT_MAX}, found ${process.env.PORT}. Leave it out for ${PORT_DEFAULT}.`);
  const quit = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => quit.abort());
  process.stdout.write("Starting the desk between a local Discord and a local Telegram…\n");
  const demo = await startDemo({ port, environment: process.env, signal: quit.signal }).catch((error: Error) => error);
  if (demo instanceof Error) return quit.signal.aborted ? process.exit(0) : fail(demo.message);
  process.stdout.write(`Open ${demo.address} in a browser. Ctrl+C ends it.\n`);
  const ended = await Promise.race([
    demo.ended,
    new Promise<undefined>((resolve) => quit.signal.addEventListener("abort", () => resolve(undefined))),
  ]);
  if (ended !== undefined) process.stderr.write(`${ended}\n`);
  await demo.stop();
  process.exit(ended === undefined ? 0 : 1);
}

async function exchangeAlone(): Promise<void> {
  const exchange = await ExchangeSide.start();
  const settings = Object.entries(exchange.settings).map(([name, value]) => `${name}="${value}"`);
  process.stdout.write(`A simulated Binance runs in real time, on invented prices. Ctrl+C ends it. Start a desk beside it with\n\n`);
  process.stdout.write(`  ${settings.join(" ")} MARKET=exchange:binance STORE_URL=memory: npm start\n\n${keysText(exchange.keys)}`);
}

function keysText(keys: readonly DemoKey[]): string {
  const lines = keys.map(({ environment, apiKey, secret }) => {
    const acknowledge = environment === "demo" ? " acknowledge:yes" : "";
    return `  account connect name:${environment === "demo" ? "play" : "main"} exchange:binance environment:${environment}${acknowledge}\n    API key ${apiKey}, secret key ${secret}\n`;
  });
  return `Accounts at the simulated Binance, nowhere else:\n${lines.join("")}`;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return PORT_DEFAULT;
  return /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX ? Number(text) : undefined;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
