import type { Message } from "@grammyjs/types";
import { badRequest } from "../api-failure.ts";
import { formatted } from "../formatted-text.ts";
import { checkText } from "../rules.ts";
import type { World } from "../world.ts";
import { documentFrom, photoFrom } from "./media.ts";
import { captionOf, outgoing, sent } from "./outgoing.ts";
import type { Args, Call, MethodTable } from "./table.ts";

export function sendMethods(world: World): MethodTable {
  return {
    sendMessage: (args) => {
      const out = outgoing(world, args);
      const { text, entities } = formatted(args.text, args, (id) => world.users.get(id));
      checkText(text);
      const preview = args.link_preview_options ? { link_preview_options: args.link_preview_options } : {};
      return sent<Message.TextMessage>(world, out, { text, ...(entities.length ? { entities } : {}), ...preview });
    },
    sendPhoto: (args, call) => {
      const out = outgoing(world, args);
      return sent<Message.PhotoMessage>(world, out, {
        photo: photoFrom(world, args.photo, call.files),
        ...captionOf(world, args),
        ...(args.has_spoiler ? { has_media_spoiler: true } : {}),
        ...(args.show_caption_above_media ? { show_caption_above_media: true } : {}),
      });
    },
    sendDocument: (args, call) => {
      const out = outgoing(world, args);
      const document = documentFrom(world, args.document, call.files);
      return sent<Message.DocumentMessage>(world, out, { document, ...captionOf(world, args) });
    },
    sendMediaGroup: (args, call) => sendGroup(world, args, call),
    sendChatAction: (args) => {
      const record = world.reachable(args.chat_id);
      record.actions.push(args.action);
      world.events.emit("action", record);
      return true;
    },
  };
}

function sendGroup(world: World, args: Args<"sendMediaGroup">, call: Call): ReturnType<NonNullable<MethodTable["sendMediaGroup"]>> {
  const out = outgoing(world, args);
  if (args.media.length < 2 || args.media.length > 10) throw badRequest("group send failed: wrong number of media");
  const group = { media_group_id: String(out.record.lastMessageId + 1) };
  const contents = args.media.map((item) => {
    if (item.type === "photo") return { ...group, photo: photoFrom(world, item.media, call.files), ...captionOf(world, item) };
    if (item.type === "document") return { ...group, document: documentFrom(world, item.media, call.files), ...captionOf(world, item) };
    throw badRequest(`the counterpart does not keep media of type ${item.type}`);
  });
  return contents.map((content) => sent(world, out, content));
}
