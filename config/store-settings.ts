import * as parse from "./parsers.ts";
import { setting } from "./setting.ts";

/** Where the desk keeps what it knows. */
export const storeSettings = {
  storeUrl: setting({
    name: "STORE_URL",
    default: "sqlite:data/scalpstorm.sqlite",
    description: "Where everything is kept: `sqlite:FILE`, `mongodb://USER@HOST/DATABASE`, or `memory:` to forget it at exit",
    example: "sqlite:/var/lib/scalpstorm/desk.sqlite",
    parser: parse.storeUrl,
    remedy: "Write sqlite: and a file, such as sqlite:data/scalpstorm.sqlite, or mongodb://, hosts and a database.",
  }),
  storePassword: setting({
    name: "STORE_PASSWORD",
    default: undefined,
    description: "Password of the user that `STORE_URL` names, for a MongoDB store",
    example: "the-password-of-that-user",
    parser: parse.secret,
    remedy: "Write the whole password, or leave it out for a database without users.",
    secret: true,
  }),
  storeAdminPassword: setting({
    name: "STORE_ADMIN_PASSWORD",
    default: undefined,
    description: "Password of the user root of a MongoDB server, for `npm run store -- setup` alone; the desk itself needs none",
    example: "the-password-of-root",
    parser: parse.secret,
    remedy: "Write the whole password, or leave it out.",
    secret: true,
  }),
  standby: setting({
    name: "STANDBY",
    default: "no",
    description:
      "Whether a process that finds its MongoDB store in use waits instead of ending: it takes over when the other one is gone, by its end or by a crash",
    example: "yes",
    parser: parse.yesNo,
    remedy: "Write yes or no.",
  }),
  role: setting({
    name: "ROLE",
    default: "all",
    description:
      "What this process is there for: `all`; `gateway` for chat, the API and the desk itself; or `engine` for accounts. The last two share a desk with others, through MongoDB and Redis",
    example: "engine",
    parser: parse.oneOf(["all", "gateway", "engine"]),
    remedy: "Write all, gateway or engine.",
  }),
  egress: setting({
    name: "EGRESS",
    default: "one-address",
    description:
      "Name of the address from which exchanges see this process, where several share a desk: those behind one address give one name and count its requests together",
    example: "office",
    parser: parse.text,
    remedy: "Write a short name, the same for all processes behind one address.",
  }),
  redisUrl: setting({
    name: "REDIS_URL",
    default: undefined,
    description:
      "Redis in which candles of exchanges are kept for restarts and for other desks, and through which several processes of one desk spread its accounts and backtests; all of it may vanish",
    example: "redis://127.0.0.1:6379",
    parser: parse.redisUrl,
    remedy: "Write redis:// or rediss://, a host and a port, and the password into REDIS_PASSWORD, or leave it out.",
  }),
  redisPassword: setting({
    name: "REDIS_PASSWORD",
    default: undefined,
    description: "Password of that Redis",
    example: "the-password-of-that-redis",
    parser: parse.secret,
    remedy: "Write the whole password, or leave it out for a Redis without one.",
    secret: true,
  }),
} as const;
