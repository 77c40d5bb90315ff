import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import { parseStoreUrl } from "../../src/stores/url.ts";

describe("the store URL", () => {
  it.each([
    ["sqlite:data/scalpstorm.sqlite", "data/scalpstorm.sqlite"],
    [" SQLite:./a b.sqlite ", "./a b.sqlite"],
    ["sqlite:/srv/desk.sqlite", "/srv/desk.sqlite"],
    ["sqlite:///srv/desk.sqlite", "/srv/desk.sqlite"],
    ["sqlite:C:\\desk\\a.sqlite", "C:\\desk\\a.sqlite"],
    ["sqlite:///C:/desk/a.sqlite", "C:/desk/a.sqlite"],
  ])("%s names the file %s", (text, file) => {
    expect(parseStoreUrl(text)).toEqual({ scheme: "sqlite", file });
  });

  it.each([
    "mongodb://host/desk",
    "mongodb://desk@a:27017,b:27017,c:27017/desk?replicaSet=rs0&authSource=admin",
    "mongodb+srv://desk@cluster.example/desk",
  ])("%s is a MongoDB database", (url) => {
    expect(parseStoreUrl(url)).toEqual({ scheme: "mongodb", url });
  });

  it.each(["memory:", "memory://", "MEMORY:"])("%s is the store in memory", (text) => {
    expect(parseStoreUrl(text)).toEqual({ scheme: "memory" });
  });

  it.each([
    ["mongodb://user:hunter2@host/desk", /holds a password/],
    ["mongodb+srv://user:hunter2@host/desk", /holds a password/],
    ["mongodb://user@host", /name of a database/],
    ["mongodb://host/a.b", /name of a database/],
    ["mongodb:///desk", /needs a host/],
    ["mongodb:hunter2", /needs a host/],
    ["postgres://user:hunter2@host/desk", /found "postgres"/],
    ["hunter2", /without a scheme/],
    ["", /without a scheme/],
    ["sqlite:", /needs the path of a file/],
    ["sqlite:data/", /needs the path of a file/],
    ["sqlite://hunter2/a.sqlite", /after "sqlite:\/\/" a host/],
    ["sqlite::memory:", /its own scheme/],
    ["sqlite:a.sqlite?mode=ro", /without options/],
    ["memory:hunter2", /takes no path/],
  ])("%s is refused with a remedy that repeats no password", (text, problem) => {
    const parsing = () => parseStoreUrl(text);
    expect(parsing).toThrow(ConfigError);
    expect(parsing).toThrow(problem);
    expect(parsing).toThrow(/^STORE_URL: .*\. Write "/);
    expect(parsing).not.toThrow(/hunter2/);
  });
});
