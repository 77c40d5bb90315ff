import { z } from "zod";
import { messageOf } from "../domain/errors.ts";
import type { Platform, Request } from "../ports/platform.ts";
import type { InboxRow } from "../ports/store.ts";
import type { View } from "../ports/view.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { earlierResult } from "./repeats.ts";
import { badView, card } from "./view.ts";

const storedRequest = z.object({
  request: z.object({
    id: z.string(),
    path: z.string(),
    args: z.record(z.string(), z.string()),
    user: z.object({ id: z.string(), name: z.string() }),
    place: z.object({ platform: z.string(), id: z.string(), direct: z.boolean() }),
    answerHandle: z.string().optional(),
  }),
});

/**
 * Ends what the last run of the process began: commands that lower risk are run again, the others are only looked up; then each person is told.
 * Every row is settled in the end, told or not.
 */
export async function recoverInterrupted(door: Dispatcher, platforms: readonly Platform[]): Promise<void> {
  const { store, logger } = door.options;
  const rows = (await store.unsettled()).filter(({ requestId }) => !door.isUnderWay(requestId));
  const ended: { row: InboxRow; request: Request; view: View }[] = [];
  for (const row of rows) {
    const request = requestOf(row);
    if (!request) {
      logger.error({ requestId: row.requestId }, "an unsettled request could not be read and is dropped");
      await store.settle(row.requestId);
      continue;
    }
    const lowersRisk = door.options.commands.get(request.path)?.rerun === true;
    ended.push({ row, request, view: lowersRisk ? await door.run(request, { again: true }) : interruptedView(door, request) });
  }
  for (const { row, request, view } of ended) {
    try {
      await platforms.find(({ name }) => name === request.place.platform)?.settleInterrupted(request, view);
    } catch (thrown) {
      logger.warn({ requestId: request.id, error: messageOf(thrown) }, "a person could not be told what became of an interrupted request");
    }
    await store.settle(row.requestId);
  }
}

function interruptedView(door: Dispatcher, request: Request): View {
  const done = earlierResult(request.id, door.options.desk.state, door.options.engine.accounts());
  if (done !== undefined) return card(`Done: ${done}`).good().view();
  return badView("Interrupted by a restart, nothing was done. Send it again if you still want it.");
}

function requestOf(row: InboxRow): Request | undefined {
  try {
    const { answerHandle, ...request } = storedRequest.parse(JSON.parse(row.body)).request;
    return { ...request, ...(answerHandle === undefined ? {} : { answerHandle }) };
  } catch {
    return undefined;
  }
}
