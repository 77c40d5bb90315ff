import type { DeskState } from "../../domain/desk.ts";
import { TransientError } from "../../domain/errors.ts";
import { isKnownEvent } from "../../domain/event-codec.ts";
import type { DeskEvent } from "../../domain/events.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Store, StoreUnavailable } from "../../ports/store.ts";
import { type AskedNumber, Desk, deskFold } from "../desk.ts";
import { NumberTaken, nameTaken } from "../names.ts";
import { DESK_STREAM, type StreamBook } from "../streams.ts";
import { type Asker, NobodyAnswers } from "./asker.ts";
import { FollowedStream } from "./followed-stream.ts";

/** What an engine may write into the desk's stream; everything else there is the gateway's own. */
const FROM_ENGINES: ReadonlySet<DeskEvent["type"]> = new Set([
  "bot-registered",
  "bot-unregistered",
  "account-unregistered",
  "venue-banned",
  "drill-done",
  "watch-blind",
  "watch-sees",
]);

export interface FollowedDeskOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly streams: StreamBook;
  readonly asker: Asker;
  /** A name that nothing else on the desk will ever have. */
  readonly newId: () => string;
}

/** What the process that has the desk says to an append that was asked of it. */
type Appended = { readonly sequence: number; readonly botId?: string } | { readonly taken: true };

/** How often a bot asks for its number where whoever has the desk is of the version before and gives none itself. */
const NUMBER_TRIES_MAX = 20;

/** The desk of a process that only follows it: its fold is read on, and what it appends is asked of the process that has it. */
export async function followDesk(options: FollowedDeskOptions): Promise<{ desk: Desk; stream: FollowedStream<DeskState, DeskEvent> }> {
  const { store, clock, streams, asker, newId } = options;
  const { state, names, apply, keptSequence } = await deskFold(store);
  const asked = async (...args: readonly unknown[]): Promise<Appended> => {
    const wish = { id: newId(), stream: DESK_STREAM, call: "append", args, stands: false, of: "the desk" };
    return (await asker.ask(wish).catch(unkept)).result as Appended;
  };
  const stream: FollowedStream<DeskState, DeskEvent> = new FollowedStream({
    ...{ name: DESK_STREAM, state, store, clock, apply, onAppend: streams.appended },
    async append(events, marketMs, requestId) {
      const answer = await asked(events, marketMs, requestId);
      if ("sequence" in answer) return answer.sequence;
      throw new NumberTaken("this number was given to another bot meanwhile");
    },
  });
  const register: AskedNumber = async (bot, marketMs, requestId) => {
    for (let tries = 1; tries <= NUMBER_TRIES_MAX; tries += 1) {
      const botId = `b${state.botsEver + 1}`;
      const answer = await asked([{ type: "bot-registered", botId, ...bot }], marketMs, requestId, true);
      if ("sequence" in answer) {
        await stream.shows(answer.sequence);
        return answer.botId ?? botId;
      }
      await stream.look();
    }
    throw new TransientError(`${NUMBER_TRIES_MAX} numbers in a row were given to other bots meanwhile. Try again.`);
  };
  streams.add(DESK_STREAM, () => stream.end);
  await stream.look();
  return { desk: new Desk({ stream, names, clock, keptSequence, isHeld: false, register }), stream };
}

/** What the process that has the desk did not keep is for whoever appends what a store does not keep: a gateway that is away ends no engine. */
function unkept(failure: unknown): never {
  if (failure instanceof NobodyAnswers || failure instanceof TransientError)
    throw new StoreUnavailable(`the desk's stream was not written: ${failure.message}`, { cause: failure });
  throw failure;
}

/** Appends for another process, and says how far the desk's stream has come. A bot is given its number here; to processes of the version before, which bring one, it is told when that is taken. */
export async function appendFor(desk: Desk, [events, , requestId, givesNumber]: readonly unknown[]): Promise<Appended> {
  const asked = events as readonly DeskEvent[];
  const strange = asked.find(({ type }) => !FROM_ENGINES.has(type));
  // An engine of a newer build is told what it is told while nobody has the desk: it says it again until a gateway knows the event.
  if (strange && !isKnownEvent(strange.type))
    throw new TransientError(`the gateway's version knows no event "${strange.type.slice(0, 40)}" yet`);
  if (strange) throw new Error(`an engine may not write "${strange.type}" into the desk's stream`);
  const [first] = asked;
  if (givesNumber === true && first?.type === "bot-registered" && typeof requestId === "string") {
    const { name, group, owner, account } = first;
    const botId = await desk.register({ name, group, owner, account }, requestId);
    return { sequence: desk.state.sequence, botId };
  }
  try {
    await desk.append(() => asked.filter((event) => isNew(desk, event)), requestId as string | undefined);
  } catch (failure) {
    if (failure instanceof NumberTaken) return { taken: true };
    throw failure;
  }
  return { sequence: desk.state.sequence };
}

/** Whether an event says something yet. Throws where a name or a number was given to another bot meanwhile. */
function isNew({ names, state }: Desk, event: DeskEvent): boolean {
  if (event.type !== "bot-registered") return true;
  const named = names.named(event.name);
  if (named?.botId === event.botId && named.account === event.account) return false;
  if (named) throw nameTaken(event.name);
  if (Number(event.botId.slice(1)) <= state.botsEver) throw new NumberTaken(event.botId);
  return true;
}
