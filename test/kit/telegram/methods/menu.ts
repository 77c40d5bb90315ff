import { checkCommands } from "../rules.ts";
import type { World } from "../world.ts";
import type { MethodTable } from "./table.ts";

/** Menus are kept by (scope, language); descriptions and names by language. */
export function menuMethods(world: World): MethodTable {
  const put = (kind: string, language: string | undefined, text: string | undefined): true => {
    world.texts.set(`${kind} ${language ?? ""}`, text ?? "");
    return true;
  };
  const get = (kind: string, language: string | undefined) => world.texts.get(`${kind} ${language ?? ""}`) ?? "";
  return {
    setMyCommands: ({ commands, scope, language_code }) => {
      checkCommands(commands);
      if (scope && "chat_id" in scope) world.reachable(scope.chat_id);
      world.menus.set(world.scopeKey(scope, language_code), [...commands]);
      return true;
    },
    getMyCommands: ({ scope, language_code }) => world.menus.get(world.scopeKey(scope, language_code)) ?? [],
    deleteMyCommands: ({ scope, language_code }) => {
      world.menus.delete(world.scopeKey(scope, language_code));
      return true;
    },
    setMyName: (args) => put("name", args.language_code, args.name),
    getMyName: (args) => ({ name: get("name", args.language_code) || world.bot.first_name }),
    setMyDescription: (args) => put("description", args.language_code, args.description),
    getMyDescription: (args) => ({ description: get("description", args.language_code) }),
    setMyShortDescription: (args) => put("short", args.language_code, args.short_description),
    getMyShortDescription: (args) => ({ short_description: get("short", args.language_code) }),
    setChatMenuButton: (args) => put("menu-button", String(args.chat_id ?? ""), JSON.stringify(args.menu_button ?? { type: "default" })),
    getChatMenuButton: (args) => JSON.parse(get("menu-button", String(args.chat_id ?? "")) || '{"type":"commands"}'),
  };
}
