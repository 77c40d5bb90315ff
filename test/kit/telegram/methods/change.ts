import { isDeepStrictEqual } from "node:util";
import type { Message, Update } from "@grammyjs/types";
import { badRequest } from "../api-failure.ts";
import { formatted } from "../formatted-text.ts";
import { checkedKeyboard, checkText, type ReplyMarkup } from "../rules.ts";
import { type ChatRecord, plainBot, type World } from "../world.ts";
import { documentFrom, photoFrom } from "./media.ts";
import { captionOf } from "./outgoing.ts";
import { richMessage } from "./rich.ts";
import type { Args, Call, MethodTable } from "./table.ts";

const DELETABLE_SECONDS = 48 * 3600;
const NOT_MODIFIED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

type Target = { chat_id?: number | string; message_id?: number };
type Place = { record: ChatRecord; message: Message };

export function changeMethods(world: World): MethodTable {
  return {
    editMessageText: (args, call) => editText(world, args, call),
    editMessageCaption: (args) => {
      const place = ownMessage(world, args);
      if (place.message.text !== undefined) throw badRequest("there is no caption in the message to edit");
      return changed(world, place, { caption: undefined, caption_entities: undefined, ...captionOf(world, args) }, args.reply_markup);
    },
    editMessageReplyMarkup: (args) => changed(world, ownMessage(world, args), {}, args.reply_markup),
    editMessageMedia: (args, call) => editMedia(world, args, call),
    deleteMessage: (args) => deleteOne(world, args),
    deleteMessages: (args) => {
      for (const message_id of args.message_ids) {
        if (world.reachable(args.chat_id).messages.has(message_id)) deleteOne(world, { chat_id: args.chat_id, message_id });
      }
      return true;
    },
    pinChatMessage: (args) => pin(world, args),
    unpinChatMessage: (args) => {
      const record = world.reachable(args.chat_id);
      const messageId = args.message_id ?? record.pinned.at(-1);
      if (messageId === undefined || !record.pinned.includes(messageId)) throw badRequest("message to unpin not found");
      record.pinned = record.pinned.filter((id) => id !== messageId);
      return true;
    },
    setMessageReaction: (args) => {
      const { record, message } = find(world, args, "message to react not found");
      const reactions = args.reaction ?? [];
      if (reactions.length > 1) throw badRequest("REACTIONS_TOO_MANY");
      record.botReactions.set(message.message_id, reactions);
      world.events.emit("reaction", record);
      return true;
    },
  };
}

function editText(world: World, args: Args<"editMessageText">, call: Call): Message.TextMessage & Update.Edited {
  const place = ownMessage(world, args);
  if (args.rich_message) {
    const rich_message = richMessage(world, args.rich_message, call);
    return changed(world, place, { text: undefined, entities: undefined, rich_message }, args.reply_markup);
  }
  if (place.message.text === undefined && !place.message.rich_message) throw badRequest("there is no text in the message to edit");
  const { text, entities } = formatted(args.text ?? "", args, (id) => world.users.get(id));
  checkText(text);
  return changed(world, place, { text, entities: entities.length ? entities : undefined, rich_message: undefined }, args.reply_markup);
}

function editMedia(world: World, args: Args<"editMessageMedia">, call: Call): Message & Update.Edited {
  const place = ownMessage(world, args);
  const { media } = args;
  const cleared = {
    text: undefined,
    entities: undefined,
    photo: undefined,
    document: undefined,
    caption: undefined,
    caption_entities: undefined,
  };
  if (media.type === "photo") {
    const photo = photoFrom(world, media.media, call.files);
    return changed(world, place, { ...cleared, photo, ...captionOf(world, media) }, args.reply_markup);
  }
  if (media.type !== "document") throw badRequest(`the counterpart does not keep media of type ${media.type}`);
  const document = documentFrom(world, media.media, call.files);
  return changed(world, place, { ...cleared, document, ...captionOf(world, media) }, args.reply_markup);
}

/** A markup that is not repeated is removed: the keyboard belongs to the new version or to none. */
function changed<M extends Message>(
  world: World,
  { record, message }: Place,
  content: { [K in keyof Message]?: Message[K] | undefined },
  markup: ReplyMarkup,
): M & Update.Edited {
  const wanted = { ...message, ...content, reply_markup: checkedKeyboard(markup) };
  const next: Message = Object.assign({}, message, wanted);
  for (const [name, value] of Object.entries(next)) if (value === undefined) Reflect.deleteProperty(next, name);
  if (isDeepStrictEqual(next, message)) throw badRequest(NOT_MODIFIED);
  return world.replace(record, { ...next, edit_date: world.nowSeconds() }) as M & Update.Edited;
}

function find(world: World, target: Target, missing: string): Place {
  if (target.chat_id === undefined) throw badRequest("the counterpart has no inline messages");
  const record = world.reachable(target.chat_id);
  const message = record.messages.get(target.message_id ?? 0);
  if (!message) throw badRequest(missing);
  return { record, message };
}

function ownMessage(world: World, target: Target): Place {
  const place = find(world, target, "message to edit not found");
  if (place.message.from?.id !== world.bot.id) throw badRequest("message can't be edited");
  return place;
}

function deleteOne(world: World, target: Target): true {
  const { record, message } = find(world, target, "message to delete not found");
  const own = message.from?.id === world.bot.id;
  const tooOld = world.nowSeconds() - message.date >= DELETABLE_SECONDS;
  const allowed = own || record.chat.type === "private" || record.botStatus === "administrator";
  if (tooOld || !allowed) throw badRequest("message can't be deleted");
  world.remove(record, message);
  return true;
}

function pin(world: World, args: Args<"pinChatMessage">): true {
  const { record, message } = find(world, args, "message to pin not found");
  if (record.pinned.includes(message.message_id)) return true;
  record.pinned.push(message.message_id);
  world.add(record, { from: plainBot(world.bot), pinned_message: message });
  return true;
}
