// Asks the desk in this container whether it works: exit code 0 when it says up. For the health check of an image, which has no curl.
const TIMEOUT_MS = 4_000;
const address = process.env.HTTP_ADDRESS ?? "127.0.0.1:8780";
const port = address.split(":").at(-1);

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
