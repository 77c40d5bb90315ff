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
} as const;
