import { BlockList, isIP } from "node:net";
import type { ConfigProblem } from "../domain/errors.ts";

/** Where the service may be. Loopback is always allowed, since the address comes from the environment of the process and from nowhere else. */
export interface AddressRules {
  readonly isPrivateAllowed: boolean;
}

/** Never a service: link-local addresses, where clouds answer with credentials, and what is no single host. */
const NEVER = listOf([
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["192.0.0.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::", 32],
]);
const LOOPBACK = listOf([
  ["127.0.0.0", 8],
  ["::1", 128],
]);
const PRIVATE = listOf([
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["fc00::", 7],
  ["fec0::", 10],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
]);
/** `[::ffff:127.0.0.1]` as Node writes it. */
const MAPPED = /^::ffff:(?:(\d{1,3}(?:\.\d{1,3}){3})|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** What an address is. One that cannot be read is `never`. */
export function kindOf(address: string): "public" | "loopback" | "private" | "never" {
  const plain = unmapped(address);
  const version = isIP(plain);
  if (version === 0) return "never";
  const family = version === 4 ? "ipv4" : "ipv6";
  if (NEVER.check(plain, family)) return "never";
  if (LOOPBACK.check(plain, family)) return "loopback";
  return PRIVATE.check(plain, family) ? "private" : "public";
}

/** Why nothing is sent to an address; undefined when it may be. Asked with each connection, about the very address that is connected to. */
export function refusalOf(address: string, { isPrivateAllowed }: AddressRules, wasNamedLoopback: boolean): string | undefined {
  const kind = kindOf(address);
  if (kind === "never") return "its name leads to an address where no service may be";
  if (kind === "private" && !isPrivateAllowed) return "its name leads into a private network, and SHENRON_PRIVATE is not yes";
  // A public name that suddenly means this machine is how a stranger reaches what listens only here.
  if (kind === "loopback" && !wasNamedLoopback) return "its name leads to this machine";
  return undefined;
}

/** Whether an address names this machine by itself. */
export function isNamedLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || kindOf(host) === "loopback";
}

/** What is wrong with the settings of SHENRON taken together, before anything is sent. */
export function addressProblem(url: URL, rules: AddressRules): ConfigProblem | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 0) return undefined;
  const problem = refusalOf(host, rules, true);
  if (problem === undefined) return undefined;
  const remedy = kindOf(host) === "private" ? "Set SHENRON_PRIVATE=yes if that is meant." : "Name the host of the service.";
  return { setting: "SHENRON_URL", problem: problem.replace("its name leads", "it leads"), remedy };
}

function unmapped(address: string): string {
  const [, dotted, high, low] = MAPPED.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join(".");
}

function listOf(subnets: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, isIP(address) === 4 ? "ipv4" : "ipv6");
  return list;
}
