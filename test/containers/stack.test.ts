import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadConfig } from "../../config/load.ts";
import { settingList } from "../../config/schema.ts";
import { parseStoreUrl } from "../../src/stores/url.ts";

const ROOT = join(import.meta.dirname, "../..");
const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");

const service = z.strictObject({
  image: z.string(),
  profiles: z.array(z.enum(["monitoring", "roles"])).optional(),
  networks: z.strictObject({ default: z.strictObject({ aliases: z.array(z.string()) }) }).optional(),
  user: z.string().optional(),
  ports: z.array(z.string()).optional(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
  secrets: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.record(z.string(), z.unknown()).optional(),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(["service_healthy", "service_completed_successfully", "service_started"]) }))
    .optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
});
const stack = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});
const authorization = z.strictObject({ credentials_file: z.literal("/secrets/token") });
const desks = z.strictObject({
  job_name: z.string(),
  authorization,
  static_configs: z.array(z.strictObject({ targets: z.array(z.string()) })),
});
const engines = z.strictObject({
  job_name: z.string(),
  authorization,
  dns_sd_configs: z.tuple([z.strictObject({ names: z.array(z.string()), type: z.literal("A"), port: z.number() })]),
});
const scraping = z.object({ rule_files: z.array(z.string()), scrape_configs: z.tuple([desks, engines]) });
const compose = stack.parse(parse(textOf("docker-compose.yml"), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** As compose fills in what .env does not say. */
function withDefaults(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, "$1")]));
}

describe("the stack of containers", () => {
  it("runs what is ours without rights, on a root that cannot be written, and lets nobody in from outside", () => {
    expect(ours.map(([name]) => name)).toEqual(["store-setup", "desk", "gateway", "engine"]);
    for (const [, each] of ours) {
      expect(each).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
      expect(each.tmpfs).toContain("/tmp");
    }
  });

  it("names only secrets, volumes and services that are there, and pins every image that is not built", () => {
    for (const [, { secrets = [], volumes = [], depends_on = {}, image, build }] of services) {
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
      for (const volume of volumes.map((text) => text.split(":")[0] ?? "").filter((name) => !name.startsWith("."))) {
        expect(Object.keys(compose.volumes)).toContain(volume);
      }
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services)).toContain(name);
        if (condition === "service_healthy") expect(compose.services[name]?.healthcheck).toBeDefined();
      }
      if (build === undefined) expect(image).toMatch(/:v?\d/);
    }
  });

  it("leaves no volume without a name behind: each that an image asks for is one of the stack's own, or in memory", () => {
    const VOLUMES = { mongo: ["/data/db", "/data/configdb"], redis: ["/data"], scalpstorm: ["/data"], "prom/prometheus": ["/prometheus"] };
    for (const [name, { image, volumes = [], tmpfs = [] }] of services) {
      const asked = new Map(Object.entries(VOLUMES)).get(image.replace(/:.*$/, "")) ?? [];
      const mounted = [...volumes.map((volume) => volume.split(":")[1]), ...tmpfs];
      expect(mounted, name).toEqual(expect.arrayContaining(asked));
    }
  });

  it("sets only settings that there are, each of a value that is taken, and every secret by a file that its service has", () => {
    for (const [, { environment = {}, secrets = [] }] of ours) {
      const config = loadConfig(withDefaults(environment), (path) => {
        expect(secrets.map((name) => `/run/secrets/${name}`)).toContain(path);
        return "a-secret-that-is-long-enough";
      });
      expect(parseStoreUrl(config.storeUrl)).toMatchObject({ scheme: "mongodb" });
      for (const name of Object.keys(environment)) {
        const setting = settingList.find((each) => name === each.name || name === `${each.name}_FILE`);
        expect(setting?.secret ?? false).toBe(name.endsWith("_FILE"));
      }
    }
  });

  it("publishes one page of a profile on this machine, and lets none of its services gain rights", () => {
    expect(services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))).toEqual(["grafana 127.0.0.1:3000:3000"]);
    for (const [name, each] of services.filter(([name]) => name !== "mongo"))
      expect(each, name).toMatchObject({ cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
  });

  it("keeps what is in Redis, evicts nothing of it, and shows its password to no list of processes", () => {
    const { command = [], volumes, secrets, user } = compose.services.redis ?? {};
    // The server is what the shell becomes: it hears the signal to stop.
    expect(command.join(" ")).toMatch(
      /^sh -c exec redis-server - --dir \/data --appendonly yes --maxmemory \d+mb --maxmemory-policy noeviction <<END\nrequirepass \$\$\(cat .*\)\nEND\n$/,
    );
    expect(command.join(" ")).not.toContain("--requirepass");
    // Without rights even root could not write a volume that is another user's.
    expect([user, volumes, secrets]).toEqual(["redis", ["redis:/data"], ["redis_password"]]);
  });

  it("watches itself with the files of docs/monitoring where that is wanted, and only there", () => {
    const watching = services.filter(([, { profiles }]) => profiles?.includes("monitoring"));
    expect(watching.map(([name]) => name)).toEqual(["prometheus", "grafana"]);
    const mounted = watching
      .flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")))
      .filter(([from = ""]) => from.startsWith("./docs/"));
    for (const [from = "", , mode] of mounted) expect([existsSync(join(ROOT, from)), mode]).toEqual([true, "ro"]);
    const inContainer = new Map(mounted.map(([from = "", to = ""]) => [to, from]));
    const { rule_files, scrape_configs } = scraping.parse(parse(textOf("docs/monitoring/prometheus.yml")));
    for (const file of rule_files) expect(inContainer.get(file)).toBe("./docs/monitoring/alerts.yaml");
    const [desk, engine] = scrape_configs;
    // The rules know the jobs by their names.
    for (const { job_name } of scrape_configs) expect(textOf("docs/monitoring/alerts.yaml")).toContain(`job="${job_name}"`);
    const portOf = (name: string) => compose.services[name]?.environment?.HTTP_ADDRESS?.split(":").at(-1);
    expect(desk.static_configs.flatMap(({ targets }) => targets)).toEqual([`desk:${portOf("desk")}`]);
    // Each container of a service is found under the service's name.
    const [{ names, port }] = engine.dns_sd_configs;
    expect([names, String(port)]).toEqual([["engine"], portOf("engine")]);
    expect(textOf("docs/monitoring/grafana/dashboards.yaml")).toContain("path: /var/lib/grafana/dashboards");
    expect(inContainer.get("/var/lib/grafana/dashboards/scalpstorm.json")).toBe("./docs/monitoring/dashboard.json");
  });

  it("takes MongoDB for well when the others can reach it, which they cannot while it makes its root", () => {
    const { command = [], healthcheck } = compose.services.mongo ?? {};
    expect(command.join(" ")).toContain("--bind_ip_all");
    expect(healthcheck?.test).toEqual(["CMD", "bash", "-c", ": > /dev/tcp/$$HOSTNAME/27017"]);
  });

  it("has a desk in two roles for who wants more than one machine's worth, found by the name of the one process", () => {
    const { gateway, engine } = compose.services;
    expect([gateway, engine].map((each) => [each?.environment?.ROLE, each?.profiles])).toEqual([
      ["gateway", ["roles"]],
      ["engine", ["roles"]],
    ]);
    expect(gateway?.networks?.default.aliases).toEqual(["desk"]);
    expect(gateway?.environment?.HTTP_ADDRESS).toBe(compose.services.desk?.environment?.HTTP_ADDRESS);
    // The image's own health check asks each of them.
    for (const each of [gateway, engine]) expect([each?.environment?.HTTP_ADDRESS, each?.healthcheck]).toEqual(["0.0.0.0:8780", undefined]);
  });

  it("has its secrets made by the script of each platform", () => {
    for (const { file } of Object.values(compose.secrets)) {
      const name = file.replace("./secrets/", "");
      for (const script of ["start_scalpstorm.sh", "start_scalpstorm.bat"]) expect(textOf(script)).toContain(name);
    }
    expect(textOf(".gitignore")).toMatch(/^secrets\/$/m);
  });
});

describe("the image", () => {
  const lines = textOf("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const allowed = textOf(".dockerignore").split("\n");

  it("ends as a user without rights, with a health check and the entry that people start", () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
    expect(last).toContain("USER node");
    expect(last.indexOf("USER node")).toBeGreaterThan(last.findLastIndex((line) => line.startsWith("RUN ")));
    for (const script of ["bin/health.js", "bin/scalpstorm.js"]) {
      expect(existsSync(join(ROOT, script))).toBe(true);
      expect(last.join("\n")).toContain(script);
    }
  });

  it("copies only what is there and is sent to the builder, and all that the desk is made of", () => {
    const copied = lines.filter((line) => /^COPY (?!--)/.test(line)).flatMap((line) => line.split(" ").slice(1, -1));
    for (const path of copied) {
      expect(existsSync(join(ROOT, path))).toBe(true);
      expect(allowed).toContain(`!${path}`);
    }
    expect(copied).toEqual(expect.arrayContaining(["bin", "config", "commands", "src", "package.json"]));
  });

  it("sets only settings that there are, and keeps everything that is written in its volume", () => {
    const [line = ""] = lines.filter((each) => each.startsWith("ENV "));
    const { NODE_ENV, ...environment } = Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
    expect(NODE_ENV).toBe("production");
    expect(Object.keys(environment).filter((name) => !settingList.some((each) => each.name === name))).toEqual([]);
    const { storeUrl, panicFile, keyFile, logFile } = loadConfig(environment);
    for (const path of [storeUrl.replace("sqlite:", ""), panicFile, keyFile, logFile]) expect(path).toMatch(/^\/data\//);
  });
});
