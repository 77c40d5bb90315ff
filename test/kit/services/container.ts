import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { DeskProcess } from "../process-desk.ts";

/** As `.ci/image` names them: where the image lies, and where what runs of it is kept. */
const STORAGE = join(process.env.SERVICES_DIR ?? join(homedir(), ".cache/scalpstorm"), "containers");
const ENGINE: readonly string[] = [
  ...["--root", join(STORAGE, "layers"), "--runroot", join(STORAGE, "run"), "--storage-driver", "overlay"],
  ...["--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "file"],
];
const IMAGE = "localhost/scalpstorm";
/** What docker-compose.yml says of the desk, word for word where both engines have the word. */
const CONFINED: readonly string[] = [
  ...["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"],
  // Said, because the engine's own ones are higher than what a machine may let it give.
  ...["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
  // Health checks are run by hand: podman leaves their timer to systemd, which is not everywhere. The end of a test that was killed.
  ...["--no-healthcheck", "--timeout", "240", "--rm", "--interactive"],
];

/** What a program that ended said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the image says of itself. */
export interface ImageFacts {
  readonly sizeBytes: number;
  readonly user: string;
  /** The command of its health check, without the word CMD. */
  readonly health: readonly string[];
}

export interface ContainerOptions {
  /** The folder that is its /data. */
  readonly data: string;
  readonly dataReadOnly?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** In the place of the image's own flags. */
  readonly flags?: readonly string[];
  /** `none`, as if left out: its own loopback and nothing else. `host`: the ports of this machine, for servers that run beside it. */
  readonly network?: "none" | "host";
  /** Files that it can read, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A container of the image that `.ci/image` built, confined as the stack confines the desk. Whoever makes one also ends it. */
export class Container {
  readonly desk: DeskProcess;
  readonly #name = `scalpstorm-${randomUUID()}`;

  constructor({ data, dataReadOnly = false, settings = {}, flags = [], network = "none", files = {} }: ContainerOptions) {
    const environment = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const volumes = [`${data}:/data${dataReadOnly ? ":ro" : ""}`, ...Object.entries(files).map(([to, from]) => `${from}:${to}:ro`)];
    const own = ["--name", this.#name, "--network", network, ...volumes.flatMap((volume) => ["--volume", volume]), ...environment];
    this.desk = new DeskProcess({
      folder: data,
      program: ["podman", ...ENGINE, "run", ...CONFINED, ...own, IMAGE, ...flags],
      keepOpen: true,
    });
  }

  /** Runs a program in it, as its user. */
  exec(...command: readonly string[]): Promise<Ended> {
    return engine("exec", this.#name, ...command);
  }

  /** Ends it for good, whatever it does. */
  async remove(): Promise<void> {
    await engine("rm", "--force", "--ignore", "--time", "0", this.#name);
    await this.desk.kill();
  }
}

/** Lets the image's own user write to a folder, which is another number on this machine. */
export function openToAll(folder: string): void {
  chmodSync(folder, 0o777);
}

/** Throws a sentence that says how to get the image where it is not there. */
export async function imageFacts(): Promise<ImageFacts> {
  const { code, stdout, stderr } = await engine("image", "inspect", IMAGE);
  if (code !== 0) throw new Error(`the image ${IMAGE} is not in ${STORAGE}: run .ci/image, which builds it (${stderr.trim()})`);
  const [found] = JSON.parse(stdout) as { Size: number; User: string; Healthcheck: { Test: string[] } }[];
  if (found === undefined) throw new Error(`podman says nothing of the image ${IMAGE}`);
  return { sizeBytes: found.Size, user: found.User, health: found.Healthcheck.Test.slice(1) };
}

/** Resolves also when it ended with another code than 0. */
function engine(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile("podman", [...ENGINE, ...args], (error, stdout, stderr) => {
      if (error?.code === "ENOENT") reject(new Error("podman is not installed: run .ci/image, which installs it"));
      else resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}
