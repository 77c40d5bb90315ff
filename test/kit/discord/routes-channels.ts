import type { APIReaction } from "discord-api-types/v10";
import type { Call, Route } from "./http.ts";
import { EPHEMERAL, type MessageBody } from "./message-rules.ts";
import type { MessageBoard } from "./messages.ts";
import { channelPayload } from "./payloads.ts";
import { ApiRefusal, invalidForm, unknownUser } from "./refusal.ts";
import type { Channel, StoredMessage, World } from "./world.ts";

type Dispatch = (event: string, data: unknown) => void;

export function channelRoutes(world: World, board: MessageBoard, dispatch: Dispatch): Route[] {
  const channel = (call: Call): Channel => board.channel(call.param("channel_id"));
  const thread = (parent: Channel, call: Call, id?: string) => {
    const payload = channelPayload(world.addThread(parent, (call.body as { name: string }).name, id), world);
    dispatch("THREAD_CREATE", { ...payload, newly_created: true });
    return { status: 201, body: payload };
  };
  return [
    { template: "GET /channels/{channel_id}", handle: (call) => ({ status: 200, body: channelPayload(channel(call), world) }) },
    { template: "GET /channels/{channel_id}/messages", handle: (call) => ({ status: 200, body: history(channel(call), call.query) }) },
    { template: "POST /channels/{channel_id}/typing", handle: (call) => ({ status: channel(call) ? 204 : 404 }) },
    { template: "POST /channels/{channel_id}/threads", handle: (call) => thread(channel(call), call) },
    {
      template: "POST /channels/{channel_id}/messages/{message_id}/threads",
      handle: (call) => thread(board.inChannel(call.param("channel_id"), call.param("message_id")).channel, call, call.param("message_id")),
    },
    {
      template: "POST /users/@me/channels",
      handle: (call) => {
        const user = world.users.get((call.body as { recipient_id: string }).recipient_id);
        if (!user) throw unknownUser();
        return { status: 200, body: channelPayload(world.directChannel(user), world) };
      },
    },
    ...pinRoutes(world, board, channel),
    ...messageRoutes(world, board, channel),
  ];
}

function messageRoutes(world: World, board: MessageBoard, channel: (call: Call) => Channel): Route[] {
  const one = "/channels/{channel_id}/messages/{message_id}";
  const message = (call: Call): StoredMessage => board.inChannel(call.param("channel_id"), call.param("message_id"));
  const own = (call: Call): StoredMessage => {
    const found = message(call);
    if (found.wire.author.id !== world.bot.id) throw new ApiRefusal(403, 50_005, "Cannot edit a message authored by another user");
    return found;
  };
  return [
    {
      template: "POST /channels/{channel_id}/messages",
      handle: (call) => {
        const body = (call.body ?? {}) as MessageBody;
        if ((body.flags ?? 0) & EPHEMERAL) throw invalidForm("flags", "only answers to interactions can be ephemeral");
        return { status: 200, body: board.post(channel(call), body, call.uploads).wire };
      },
    },
    {
      template: "POST /channels/{channel_id}/messages/bulk-delete",
      handle: (call) => {
        for (const id of (call.body as { messages: string[] }).messages) board.remove(board.inChannel(call.param("channel_id"), id));
        return { status: 204 };
      },
    },
    { template: `GET ${one}`, handle: (call) => ({ status: 200, body: message(call).wire }) },
    {
      template: `PATCH ${one}`,
      handle: (call) => ({ status: 200, body: board.edit(own(call), (call.body ?? {}) as MessageBody, call.uploads).wire }),
    },
    {
      template: `DELETE ${one}`,
      handle: (call) => {
        board.remove(message(call));
        return { status: 204 };
      },
    },
    { template: `PUT ${one}/reactions/{emoji_name}/@me`, handle: (call) => react(board, message(call), call.param("emoji_name"), true) },
    {
      template: `DELETE ${one}/reactions/{emoji_name}/@me`,
      handle: (call) => react(board, message(call), call.param("emoji_name"), false),
    },
  ];
}

function pinRoutes(world: World, board: MessageBoard, channel: (call: Call) => Channel): Route[] {
  const pins = "/channels/{channel_id}/messages/pins";
  const pin = (call: Call, pinned: boolean) => {
    board.touch(board.inChannel(call.param("channel_id"), call.param("message_id")), { pinned });
    return { status: 204 };
  };
  return [
    {
      template: `GET ${pins}`,
      handle: (call) => {
        const pinned = [...channel(call).messages.values()].filter((each) => each.wire.pinned).reverse();
        return { status: 200, body: { items: pinned.map((each) => ({ pinned_at: world.nowIso(), message: each.wire })), has_more: false } };
      },
    },
    { template: `PUT ${pins}/{message_id}`, handle: (call) => pin(call, true) },
    { template: `DELETE ${pins}/{message_id}`, handle: (call) => pin(call, false) },
  ];
}

function history(channel: Channel, query: URLSearchParams) {
  const before = BigInt(query.get("before") ?? 1n << 63n);
  const after = BigInt(query.get("after") ?? 0n);
  const open = [...channel.messages.values()].filter(({ onlyFor }) => !onlyFor).map((message) => message.wire);
  const within = open.filter((wire) => BigInt(wire.id) < before && BigInt(wire.id) > after);
  return within.reverse().slice(0, Number(query.get("limit") ?? 50));
}

function react(board: MessageBoard, message: StoredMessage, name: string, on: boolean) {
  const others = (message.wire.reactions ?? []).filter((reaction) => reaction.emoji.name !== name);
  const mine = {
    emoji: { id: null, name },
    count: 1,
    count_details: { burst: 0, normal: 1 },
    me: true,
    me_burst: false,
    burst_colors: [],
  } satisfies APIReaction;
  board.touch(message, { reactions: on ? [...others, mine] : others });
  return { status: 204 };
}
