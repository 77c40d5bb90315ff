import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { settingList } from "../../config/schema.ts";
import { parseStoreUrl } from "../../src/stores/url.ts";

const ROOT = join(import.meta.dirname, "../..");
const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");
const CLONE = "/opt/scalpstorm";
const STATE = "/var/lib/scalpstorm";

/** The lines of a unit as [section, name, value], comments left out. */
function linesOf(text: string): readonly (readonly [string, string, string])[] {
  let section = "";
  return text.split("\n").flatMap((line): (readonly [string, string, string])[] => {
    if (line === "" || line.startsWith("#")) return [];
    const [, begun] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (begun !== undefined) section = begun;
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (begun === undefined && name === undefined) throw new Error(`${line} is no line of a unit`);
    return name === undefined || value === undefined ? [] : [[section, name, value]];
  });
}

const lines = linesOf(textOf("docs/scalpstorm.service"));
const valuesOf = (wanted: string) => lines.filter(([, name]) => name === wanted).map(([, , value]) => value);

test("the unit starts the desk of the clone as a user of its own, again after every end, and waits for its stop", () => {
  expect(lines.filter(([section]) => section === "Unit").map(([, name, value]) => `${name}=${value}`)).toContain("StartLimitIntervalSec=0");
  expect([valuesOf("User"), valuesOf("WorkingDirectory"), valuesOf("Restart")]).toEqual([["scalpstorm"], [CLONE], ["always"]]);
  const [start = ""] = valuesOf("ExecStart");
  const [node, ...rest] = start.split(" ");
  expect(node).toBe(`${CLONE}/node_modules/.bin/node`);
  expect(existsSync(join(ROOT, rest.at(-1) ?? "no such file"))).toBe(true);
  expect(valuesOf("KillSignal")).toEqual(["SIGTERM"]);
  expect(Number(valuesOf("TimeoutStopSec"))).toBeGreaterThan(5);
  expect(lines.at(-1)).toEqual(["Install", "WantedBy", "multi-user.target"]);
});

test("the unit takes every right away that a desk does not need, and not the one to compile", () => {
  const hardening = {
    ...{ NoNewPrivileges: "yes", CapabilityBoundingSet: "", AmbientCapabilities: "", ProtectSystem: "strict", ProtectHome: "yes" },
    ...{ PrivateTmp: "yes", PrivateDevices: "yes", PrivateUsers: "yes", ProtectProc: "invisible", ProtectClock: "yes" },
    ...{ ProtectHostname: "yes", ProtectKernelLogs: "yes", ProtectKernelModules: "yes", ProtectKernelTunables: "yes" },
    ...{ ProtectControlGroups: "yes", RestrictNamespaces: "yes", RestrictRealtime: "yes", RestrictSUIDSGID: "yes", LockPersonality: "yes" },
    ...{ RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX", SystemCallArchitectures: "native", UMask: "0077" },
    ...{ StateDirectory: "scalpstorm", StateDirectoryMode: "0700" },
  };
  for (const [name, value] of Object.entries(hardening)) expect(valuesOf(name), name).toEqual([value]);
  expect(valuesOf("SystemCallFilter")).toEqual(["@system-service", "~@privileged"]);
  for (const name of ["MemoryDenyWriteExecute", "ReadWritePaths"]) expect(valuesOf(name)).toEqual([]);
});

test("the unit sets only settings that there are, and everything that is written lies where it may write", () => {
  const environment = Object.fromEntries(valuesOf("Environment").map((line) => line.split("=") as [string, string]));
  const { NODE_ENV, ...settings } = environment;
  expect(NODE_ENV).toBe("production");
  for (const name of Object.keys(settings)) expect(settingList.map((each) => each.name)).toContain(name);
  const { storeUrl, panicFile, keyFile, logFile } = loadConfig(settings);
  const store = parseStoreUrl(storeUrl);
  for (const path of [store.scheme === "sqlite" ? store.file : "", panicFile, keyFile, logFile])
    expect(path.startsWith(`${STATE}/`)).toBe(true);
});

test("the unit holds no secret, and the operating page leads to it", () => {
  for (const { name, secret } of settingList)
    if (secret) expect(valuesOf("Environment").join("\n")).not.toMatch(new RegExp(`^${name}=`, "m"));
  expect(textOf("docs/operating.md")).toContain("](scalpstorm.service)");
});
