import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { canary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

const SCRIPT = join(import.meta.dirname, "../../start_scalpstorm.sh");
const SECRETS = ["grafana-password", "mongo-key", "mongo-root-password", "redis-password", "store-password"];

let folder: string;
let docker: string;
beforeEach(() => {
  folder = temporaryFolder("start");
  copyFileSync(SCRIPT, join(folder, "start_scalpstorm.sh"));
  docker = join(folder, "bin");
  mkdirSync(docker);
  // A docker that writes down what it was asked.
  writeFileSync(join(docker, "docker"), `#!/bin/sh\necho "$@" >> "${folder}/asked"\n`, { mode: 0o755 });
});
afterEach(() => discard(folder));

const start = (args: string[] = [], path = `${docker}:/usr/bin:/bin`) =>
  spawnSync("sh", [join(folder, "start_scalpstorm.sh"), ...args], { env: { PATH: path }, encoding: "utf8" });
const secret = (name: string) => readFileSync(join(folder, "secrets", name), "utf8");
const modeOf = (...path: string[]) => (statSync(join(folder, "secrets", ...path)).mode & 0o777).toString(8);

it("makes each secret once, for this machine's user alone, and starts the stack", () => {
  expect(start().status).toBe(0);
  const made = SECRETS.map(secret);
  for (const each of made) expect(each).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(made).size).toBe(SECRETS.length);
  expect(readdirSync(join(folder, "secrets"))).toEqual(["desk", "prometheus", ...SECRETS].sort());
  expect(modeOf()).toBe("700");
  rmSync(join(folder, "secrets", "mongo-key"));
  expect(start(["logs", "-f", "desk"]).status).toBe(0);
  expect(SECRETS.map(secret).map((each, at) => each === made[at])).toEqual(SECRETS.map((name) => name !== "mongo-key"));
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  expect(asked).toEqual(["compose version", "compose up --build --detach", "compose version", "compose logs -f desk"]);
});

it("stops what runs of a profile with the rest", () => {
  for (const verb of ["down", "stop", "kill"]) expect(start([verb, "-v"]).status).toBe(0);
  const asked = readFileSync(join(folder, "asked"), "utf8").split("\n");
  expect(asked.filter((line) => line.includes("--profile"))).toEqual(
    ["down", "stop", "kill"].map((verb) => `compose --profile * ${verb} -v`),
  );
  for (const verb of ["down", "stop", "kill"])
    expect(readFileSync(`${SCRIPT.slice(0, -3)}.bat`, "utf8")).toMatch(
      new RegExp(`for %%v in \\(.*\\b${verb}\\b.*\\) do .*--profile "\\*"`),
    );
});

it("closes the folder of secrets that somebody made before it, and lets the desk in its container read the tokens there", () => {
  mkdirSync(join(folder, "secrets/desk"), { recursive: true });
  chmodSync(join(folder, "secrets"), 0o755);
  writeFileSync(join(folder, "secrets/desk/discord-token"), canary("Discord token"), { mode: 0o600 });
  expect(start().status).toBe(0);
  expect(modeOf()).toBe("700");
  expect([modeOf("desk"), modeOf("desk", "discord-token"), modeOf("store-password")]).toEqual(["755", "644", "644"]);
  rmSync(join(folder, "secrets/desk/discord-token"));
});

it("says what is missing where there is no Docker, and how to do without", () => {
  rmSync(join(docker, "docker"));
  const { status, stderr } = spawnSync("/bin/sh", [join(folder, "start_scalpstorm.sh")], {
    env: { PATH: tools(folder) },
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("Docker is not installed");
  expect(stderr).toContain("npm ci && npm start");
});

/** A path with what the script needs and surely no docker. */
function tools(below: string): string {
  const path = join(below, "tools");
  mkdirSync(path);
  writeFileSync(join(path, "dirname"), '#!/bin/sh\nexec /usr/bin/dirname "$@"\n', { mode: 0o755 });
  return path;
}
