import type { InputRichBlock, InputRichMessage, Message, RichBlock, RichMessage } from "@grammyjs/types";
import { badRequest } from "../api-failure.ts";
import { richTextOf } from "../text.ts";
import type { World } from "../world.ts";
import { documentFrom, photoFrom } from "./media.ts";
import { outgoing, sent } from "./outgoing.ts";
import type { Call, MethodTable } from "./table.ts";

const CHARACTERS_MAX = 32_768;
const BLOCKS_MAX = 500;
const DEPTH_MAX = 16;
const COLUMNS_MAX = 20;

export function richMethods(world: World): MethodTable {
  return {
    sendRichMessage: (args, call) => {
      const out = outgoing(world, args);
      return sent<Message.RichMessageMessage>(world, out, { rich_message: richMessage(world, args.rich_message, call) });
    },
  };
}

/** Blocks only. The limits are documented; how the service words their refusal is not known. */
export function richMessage(world: World, input: InputRichMessage<string>, call: Call): RichMessage {
  if (!input.blocks) throw badRequest("the counterpart keeps rich messages that are made of blocks");
  const keeper = new BlockKeeper(world, call);
  const message = { blocks: keeper.keepAll(input.blocks, 1), ...(input.is_rtl ? { is_rtl: true } : {}) };
  if (input.blocks.length === 0) throw badRequest("message text is empty");
  if (richTextOf(message).length > CHARACTERS_MAX) throw badRequest("message is too long");
  return message;
}

class BlockKeeper {
  private count = 0;
  private readonly world: World;
  private readonly call: Call;

  constructor(world: World, call: Call) {
    this.world = world;
    this.call = call;
  }

  keepAll(blocks: InputRichBlock<string>[], depth: number): RichBlock[] {
    this.count += blocks.length;
    if (this.count > BLOCKS_MAX || depth > DEPTH_MAX) throw badRequest("RICH_MESSAGE_TOO_COMPLEX");
    return blocks.map((block) => this.keep(block, depth));
  }

  private keep(block: InputRichBlock<string>, depth: number): RichBlock {
    if (block.type === "photo") return { ...block, photo: photoFrom(this.world, block.photo.media, this.call.files) };
    if (block.type === "document") return { ...block, document: documentFrom(this.world, block.document.media, this.call.files) };
    if (block.type === "table" && block.cells.some((row) => row.length > COLUMNS_MAX)) throw badRequest("RICH_MESSAGE_TOO_COMPLEX");
    if (block.type === "list") return { ...block, items: block.items.map((item) => this.keepItem(item, depth)) };
    if ("blocks" in block) return { ...block, blocks: this.keepAll(block.blocks, depth + 1) } as RichBlock;
    if (["animation", "audio", "video", "voice_note"].includes(block.type)) {
      throw badRequest(`the counterpart does not keep media of type ${block.type}`);
    }
    // What is left has the same shape on both ways; the judge of the answer would object otherwise.
    return block as RichBlock;
  }

  private keepItem<I extends { blocks: InputRichBlock<string>[]; value?: number }>(item: I, depth: number) {
    return { ...item, label: item.value === undefined ? "•" : `${item.value}.`, blocks: this.keepAll(item.blocks, depth + 1) };
  }
}
