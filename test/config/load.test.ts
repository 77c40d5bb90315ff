import { describe, expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { settingList } from "../../config/schema.ts";
import { ConfigError, type ConfigProblem } from "../../src/domain/errors.ts";
import { plain } from "../../src/domain/money.ts";
import { canariesIn, canary, telegramCanary } from "../kit/canary/canary.ts";

type Environment = Record<string, string | undefined>;

function problemsOf(environment: Environment, readFile?: (path: string) => string): ConfigProblem[] {
  try {
    loadConfig(environment, readFile);
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
}
const faulty = (environment: Environment) => problemsOf(environment).map(({ setting }) => setting);

describe("the configuration", () => {
  test("of an empty environment is a desk that trades on paper without any service", () => {
    const { paperBalance, ...config } = loadConfig({ PATH: "/bin", HOME: "/root", STORE_URL: "", TIMEZONE: "  " });
    expect(paperBalance.map(({ amount, currency }) => `${plain(amount)} ${currency}`)).toEqual(["10000 USDT"]);
    expect(config).toEqual({
      storeUrl: "sqlite:data/scalpstorm.sqlite",
      market: { kind: "simulated", seed: undefined },
      marketSpeed: 60,
      reportCurrency: "USDT",
      discordToken: undefined,
      discordApiUrl: "https://discord.com/api",
      telegramToken: undefined,
      telegramApiUrl: "https://api.telegram.org",
      ownerIds: undefined,
      timezone: "UTC",
      heartbeatUrl: undefined,
      logLevel: "info",
      logFile: "data/scalpstorm.log",
      dailyLossLimitPct: 10,
      positionCapPct: 50,
      safeAfterCrashes: 3,
      shenronUrl: undefined,
      shenronKey: undefined,
      role: "all",
      egress: "one-address",
      standby: false,
      shenronPrivate: false,
      panicFile: "data/PANIC",
      exchangeApiUrl: undefined,
      liveCeiling: undefined,
      keyEncryptionKey: undefined,
      keyEncryptionKeyPrevious: undefined,
      keyPassphrase: undefined,
      keyFile: "data/keys/desk.key",
      keyPagePort: 0,
      binanceApiUrl: undefined,
      binanceusApiUrl: undefined,
      blofinApiUrl: undefined,
    });
  });

  test("lists all faults at once, each with a remedy", () => {
    const environment = {
      MARKET: "moon",
      MARKET_SPEED: "0",
      TIMEZONE: "Mars/Base",
      OWNER_IDS: "ann",
      LOG_LEVEL: "loud",
      DAILY_LOSS_LIMIT: "101%",
    };
    const problems = problemsOf(environment);
    expect(problems.map(({ setting }) => setting).sort()).toEqual(Object.keys(environment).sort());
    for (const { problem, remedy } of problems) {
      expect(problem).toMatch(/^expected .+, found ".+"$/);
      expect(remedy).toMatch(/^[A-Z].+\.$/);
    }
  });

  test.each([
    ["simulated:7", { kind: "simulated", seed: 7 }],
    ["replay:../candles/BTC.csv.gz", { kind: "replay", source: "../candles/BTC.csv.gz" }],
    ["exchange:binance", { kind: "exchange", id: "binance" }],
  ])("reads MARKET=%s", (text, market) => {
    expect(loadConfig({ MARKET: text }).market).toEqual(market);
  });

  test.each(["simulated:", "simulated:x", "simulated:4294967296", "replay", "replay:", "exchange:", "exchange:Bin ance", "binance"])(
    "refuses MARKET=%s",
    (text) => {
      expect(faulty({ MARKET: text })).toEqual(["MARKET"]);
    },
  );

  test("takes an address and a long key for SHENRON, plain http on this machine only, and never shows the key", () => {
    const key = canary("SHENRON key", 32);
    const config = loadConfig({ SHENRON_URL: "http://127.0.0.1:8791/", SHENRON_KEY: key, SHENRON_PRIVATE: "yes" });
    expect(config).toMatchObject({ shenronUrl: "http://127.0.0.1:8791", shenronPrivate: true });
    expect(config.shenronKey?.reveal()).toBe(key);
    for (const url of ["http://10.0.0.5", "ftp://127.0.0.1", "https://user:pass@host", "https://host/?a=1"])
      expect(faulty({ SHENRON_URL: url, SHENRON_KEY: key }), url).toEqual(["SHENRON_URL"]);
    const [problem] = problemsOf({ SHENRON_KEY: key.slice(0, 31) });
    expect(problem?.problem).toBe("expected at least 32 characters without a space, found something else (not shown)");
    expect(faulty({ SHENRON_PRIVATE: "maybe" })).toEqual(["SHENRON_PRIVATE"]);
  });

  test("knows a name whose underscore was forgotten, and a file that is named where no secret is", () => {
    expect(problemsOf({ LIVECEILING: "100 USDT" })).toMatchObject([
      { setting: "LIVECEILING", remedy: expect.stringMatching(/Did you mean LIVE_CEILING\?/) },
    ]);
    expect(problemsOf({ STORE_URL_FILE: "/run/secrets/store" })).toMatchObject([
      { setting: "STORE_URL_FILE", remedy: expect.stringMatching(/write the value into STORE_URL/) },
    ]);
    expect(faulty({ MARKET_FILE: "candles.csv", STOREFRONT_URL: "https://shop.example" })).toEqual([]);
  });

  test("reads speeds from 1 to 3600, max and script, and nothing else", () => {
    for (const [text, speed] of [
      ["1", 1],
      ["3600", 3600],
      ["1.5", 1.5],
      ["max", "max"],
      ["script", "script"],
    ] as const) {
      expect(loadConfig({ MARKET_SPEED: text }).marketSpeed).toBe(speed);
    }
    for (const text of ["0.5", "3601", "-1", "1e3", "fast", "0x10"]) expect(faulty({ MARKET_SPEED: text }), text).toEqual(["MARKET_SPEED"]);
  });

  test("reads one currency to report in, and refuses what is none", () => {
    expect(loadConfig({ REPORT_CURRENCY: "EUR" }).reportCurrency).toBe("EUR");
    for (const text of ["eur", "EUR,USD", "E", "US DOLLAR", "€"])
      expect(faulty({ REPORT_CURRENCY: text }), text).toEqual(["REPORT_CURRENCY"]);
  });

  test("reads balances of several currencies exactly and refuses a doubled one", () => {
    const { paperBalance } = loadConfig({ PAPER_BALANCE: "10000.10 USDT, 0.000000000000000001 BTC" });
    expect(paperBalance.map(({ amount, currency }) => [plain(amount), currency])).toEqual([
      ["10000.1", "USDT"],
      ["0.000000000000000001", "BTC"],
    ]);
    for (const text of ["10 USDT, 5 USDT", "0 USDT", "-1 USDT", "10", "USDT", "1 USDT,", "1e3 USDT"]) {
      expect(faulty({ PAPER_BALANCE: text }), text).toEqual(["PAPER_BALANCE"]);
    }
  });

  test("sends tokens in the clear to this machine only", () => {
    expect(loadConfig({ DISCORD_API_URL: "http://127.0.0.1:99/api/" }).discordApiUrl).toBe("http://127.0.0.1:99/api");
    for (const url of ["http://discord.com/api", "http://127.0.0.1.evil.test", "ftp://localhost", "https://u:p@discord.com", "x"]) {
      expect(faulty({ DISCORD_API_URL: url, TELEGRAM_API_URL: url }), url).toEqual(["DISCORD_API_URL", "TELEGRAM_API_URL"]);
    }
    expect(loadConfig({ EXCHANGE_API_URL: "http://localhost:1" }).exchangeApiUrl).toBe("http://localhost:1");
    expect(faulty({ EXCHANGE_API_URL: "https://api.binance.com" })).toEqual(["EXCHANGE_API_URL"]);
  });

  test("sends keys of an exchange to that exchange or to this machine, and says so", () => {
    const counterparts = loadConfig({
      BINANCE_API_URL: "http://127.0.0.1:9/",
      BINANCEUS_API_URL: "http://[::1]:8",
      BLOFIN_API_URL: "http://localhost:7",
    });
    expect([counterparts.binanceApiUrl, counterparts.binanceusApiUrl, counterparts.blofinApiUrl]).toEqual([
      "http://127.0.0.1:9",
      "http://[::1]:8",
      "http://localhost:7",
    ]);
    const [problem] = problemsOf({ BINANCE_API_URL: "https://api.binance.com" });
    expect(problem?.problem).toContain("sees every signed request");
    for (const url of [
      "https://localhost:1",
      "http://10.0.0.1",
      "http://127.0.0.1.evil.test",
      "http://u:p@localhost",
      "http://localhost/?a=b",
      "x",
    ]) {
      const environment = { BINANCE_API_URL: url, BINANCEUS_API_URL: url, BLOFIN_API_URL: url };
      expect(faulty(environment), url).toEqual(Object.keys(environment));
    }
  });

  test("reads a ceiling for live trading with its currency, and has none unless it is set", () => {
    const { liveCeiling } = loadConfig({ LIVE_CEILING: "100.50 USDT" });
    expect(liveCeiling && `${plain(liveCeiling.amount)} ${liveCeiling.currency}`).toBe("100.5 USDT");
    for (const text of ["100", "0 USDT", "-5 USDT", "100 USDT, 5 BTC", "USDT", "1e3 USDT"]) {
      expect(faulty({ LIVE_CEILING: text }), text).toEqual(["LIVE_CEILING"]);
    }
  });

  test("reads owners by platform and id", () => {
    expect(loadConfig({ OWNER_IDS: "discord:1, telegram:2" }).ownerIds).toEqual([
      { platform: "discord", id: "1" },
      { platform: "telegram", id: "2" },
    ]);
  });
});

describe("a secret setting", () => {
  const token = telegramCanary();

  test("is opened by reveal alone and comes from the environment or a file", () => {
    const files = (path: string) => (path === "/run/t" ? `${token}\n` : "");
    const config = loadConfig({ TELEGRAM_TOKEN_FILE: "/run/t", DISCORD_TOKEN: canary("Discord token") }, files);
    expect(config.telegramToken?.reveal()).toBe(token);
    expect(config.discordToken?.reveal()).toBe(canary("Discord token"));
    expect(canariesIn(Buffer.from(JSON.stringify(config)))).toEqual([]);
  });

  test("that encrypts is 32 bytes in base64 or hex, alike in both, or enough words", () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
    const [hex, base64, urlSafe] = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
    for (const text of [hex, hex.toUpperCase(), base64, urlSafe]) {
      expect(loadConfig({ KEY_ENCRYPTION_KEY: text }).keyEncryptionKey?.reveal()).toBe(base64);
    }
    for (const text of [hex.slice(2), `${hex}00`, base64.slice(4), `${base64}AAAA`, "x".repeat(64)]) {
      expect(faulty({ KEY_ENCRYPTION_KEY_PREVIOUS: text }), text).toEqual(["KEY_ENCRYPTION_KEY_PREVIOUS"]);
    }
    const words = `${canary("key-encryption passphrase", 32)} and five more`;
    expect(loadConfig({ KEY_PASSPHRASE: words }).keyPassphrase?.reveal()).toBe(words);
    expect(faulty({ KEY_PASSPHRASE: "too short" })).toEqual(["KEY_PASSPHRASE"]);
    const file = () => `${hex}\n`;
    const [kept] = problemsOf({ KEY_ENCRYPTION_KEY_FILE: "/run/key" }, file);
    expect(kept).toBeUndefined();
  });

  test("is never quoted by its fault", () => {
    const environment = {
      KEY_ENCRYPTION_KEY: canary("key-encryption key"),
      KEY_PASSPHRASE: canary("key-encryption passphrase", 11),
      TELEGRAM_TOKEN: canary("Telegram token"),
      DISCORD_TOKEN: `${canary("Discord token")} 2`,
      HEARTBEAT_URL: `http://monitor.test/${canary("heartbeat address")}`,
      DISCORD_API_URL: `http://u:${canary("other secret")}@h/?k=${canary("other key")}`,
    };
    const problems = problemsOf(environment);
    expect(problems.map(({ setting }) => setting).sort()).toEqual(Object.keys(environment).sort());
    expect(canariesIn(Buffer.from(JSON.stringify(problems)))).toEqual([]);
  });

  test("says what is wrong with its file", () => {
    const failing = (path: string) => {
      if (path === "/empty") return "\n";
      throw new Error("ENOENT");
    };
    const problems = problemsOf({ TELEGRAM_TOKEN_FILE: "/empty", DISCORD_TOKEN_FILE: "/gone" }, failing);
    expect(problems.map(({ setting, problem }) => [setting, problem])).toEqual([
      ["DISCORD_TOKEN_FILE", "the file /gone cannot be read (ENOENT)"],
      ["TELEGRAM_TOKEN_FILE", "the file /empty is empty"],
    ]);
    expect(faulty({ TELEGRAM_TOKEN: token, TELEGRAM_TOKEN_FILE: "/run/t" })).toEqual(["TELEGRAM_TOKEN_FILE"]);
  });
});

describe("a misspelt setting", () => {
  test("is named with the nearest one", () => {
    const [problem] = problemsOf({ TELEGRAM_TOKN: "x" });
    expect(problem).toMatchObject({ setting: "TELEGRAM_TOKN", remedy: expect.stringContaining("TELEGRAM_TOKEN") });
    expect(faulty({ MARKET_SPED: "1", DISCORD_TOKEN_FIL: "x" })).toEqual(["DISCORD_TOKEN_FIL", "MARKET_SPED"]);
  });

  test("is not suspected in the variables of other programs", () => {
    expect(
      faulty({ PATH: "/bin", LOGNAME: "ann", TZ: "UTC", TELEGRAM_CHAT_ID: "1", LOG_FORMAT: "json", STORE: "x", MARKET_SPED: "" }),
    ).toEqual([]);
  });
});

describe("every setting", () => {
  test.each(settingList.map((setting) => [setting.name, setting] as const))(
    "%s documents itself with values that its parser takes",
    (_name, setting) => {
      expect(setting.parser.safeParse(setting.example).success).toBe(true);
      if (setting.default !== undefined) expect(setting.parser.safeParse(setting.default).success).toBe(true);
      expect(setting.name).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
      expect(setting.description).toMatch(/[^.]$/);
      expect(setting.remedy).toMatch(/\.$/);
    },
  );
});
