// Asks the process in this container whether it works, or waits well for the desk: exit code 0 then. For the health check of an image, which has no curl.
const TIMEOUT_MS = 4_000;
const address = process.env.HTTP_ADDRESS ?? "127.0.0.1:8780";
const colon = address.lastIndexOf(":");
const [host, port] = [address.slice(0, Math.max(colon, 0)), address.slice(colon + 1)];
// Who listens on every address listens here, too; whoever named one listens there only.
const place = ["", "0.0.0.0", "[::]"].includes(host) ? "127.0.0.1" : host;

try {
  const answer = await fetch(`http://${place}:${port}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { status } = await answer.json();
  process.exitCode = answer.ok || status === "waiting" ? 0 : 1;
} catch {
  process.exitCode = 1;
}
